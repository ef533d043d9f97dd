import Domain
import Magento
import MagentoSandbox

/// How a call that changes something goes wrong.
enum ShopMishap: Hashable, Sendable {
    /// Answered properly, after so long.
    case slow(Duration)
    /// The connection is cut before anything happened.
    case cutBefore
    /// Done, and the answer is lost.
    case cutAfter
    /// The gateway gives up; the shop commits so long after that.
    case gatewayTimeout(commitsAfter: Duration)
    /// The connection breaks; the shop commits so long after that.
    case cutThenCommits(after: Duration)
    /// 500, and nothing is done.
    case internalError
    /// The first half of the rows is done, and 500.
    case halfBatch
    /// A deadlock: 400, and nothing is done.
    case deadlock

    /// What it is called where such moves are counted.
    var kind: String {
        switch self {
        case .slow: "slow"
        case .cutBefore: "cut before"
        case .cutAfter: "cut after"
        case .gatewayTimeout: "504, committed later"
        case .cutThenCommits: "cut, committed later"
        case .internalError: "500"
        case .halfBatch: "half a batch"
        case .deadlock: "deadlock"
        }
    }
}

/// What the shop answers to everything for a while.
enum ShopWeather: Hashable, Sendable {
    case maintenance, forbidden, unauthorised, redirect, serverError, badCertificate
}

/// The shop as a process reaches it: the sandbox's core, on virtual time, with calls that commit late.
///
/// As recorded of a live shop: lists show nothing of a document before it is committed; calls for one order are taken one after another,
/// and each is checked afresh when its turn comes. `@unchecked Sendable`: touched by the holder of the baton alone.
final class SimulatedShop: @unchecked Sendable {
    private struct Late {
        var due: Duration
        var request: ShopRequest
        /// Where somebody still waits for the answer.
        var waiting: Waiting?
    }

    private final class Waiting { var answer: ShopAnswer? }

    private(set) var state: ShopState
    private let clock: SimulatedClock
    private var late: [Late] = []
    /// Calls that are being worked on, by order: when the last of them is done.
    private var busy: [Int: Duration] = [:]
    /// For the next calls that change something.
    var mishaps: [ShopMishap] = []
    var weather: (kind: ShopWeather, until: Duration)?

    init(_ state: ShopState, clock: SimulatedClock) {
        self.state = state
        self.clock = clock
        self.state.access.adminTokens["t"] = AdminToken(username: "admin", expires: .max)
        self.state.access.adminTokens["staff"] = AdminToken(username: "admin", expires: .max)
    }

    var hasLateCommits: Bool { !late.isEmpty }
    /// Orders of which a call was taken and carried out later: what people did in between came second.
    private(set) var ordersOfLateCalls: Set<Int> = []

    func calm() {
        mishaps = []
        weather = nil
    }

    /// Everything that was to be committed by now is.
    func commitDue() {
        while let index = late.indices.filter({ late[$0].due <= clock.uptime }).min(by: { late[$0].due < late[$1].due }) {
            let commit = late.remove(at: index)
            let answer = state.handle(commit.request, now: clock.seconds).answer
            commit.waiting?.answer = answer
        }
    }

    /// A member of staff does something in the admin. Answers whether the shop allowed it.
    @discardableResult
    func byHand(_ method: String, _ path: String, _ body: String = "") -> Bool {
        commitDue()
        return state.handle(request(method, "/rest/default/V1/\(path)", Array(body.utf8), token: "staff"), now: clock.seconds).answer.status < 300
    }

    func change<Result>(_ body: (inout ShopState) throws -> Result) rethrows -> Result {
        commitDue()
        return try body(&state)
    }

    fileprivate func request(_ method: String, _ target: String, _ body: [UInt8], token: String = "t") -> ShopRequest {
        ShopRequest(
            method: method, target: target, host: "shop",
            headers: ["authorization": "Bearer \(token)", "content-type": "application/json", "accept": "application/json"], body: body)
    }

    // MARK: One call

    func answer(_ call: ShopCall, _ process: SimulatedProcess) async -> Answer {
        if let weather, weather.until > clock.uptime { return weather.kind.answer(to: call, at: process.timeline.now()) }
        let request = request(call.method.rawValue, RequestTarget.of(call, scope: "default", basePath: ""), call.body ?? [])
        guard call.effect != .read else { return classify(handled(request), call, process) }
        let order = Self.order(in: request)
        let mishap = mishaps.isEmpty ? nil : mishaps.removeFirst()
        if case .cutBefore = mishap { return lost(call) }
        // Whoever comes for the same order waits for those before it; the gateway waits for no one longer than a minute.
        let free = max(clock.uptime, order.flatMap { busy[$0] } ?? .zero)
        let patience: Duration = .seconds(60)
        switch mishap {
        case .gatewayTimeout(let wait), .cutThenCommits(let wait):
            if let order { ordersOfLateCalls.insert(order) }
            commit(request, order, at: max(free, clock.uptime + wait))
            if case .cutThenCommits = mishap { return lost(call) }
            try? await process.sleep(patience)
            return classify(.gatewayTimeout, call, process)
        case nil, .slow, .cutBefore, .cutAfter, .internalError, .halfBatch, .deadlock: break
        }
        if free - clock.uptime > patience {
            commit(request, order, at: free)
            try? await process.sleep(patience)
            return classify(.gatewayTimeout, call, process)
        }
        if free > clock.uptime { try? await process.sleep(free - clock.uptime) }
        if case .slow(let duration) = mishap {
            // The shop works on whether anyone waits for it or not.
            if let order { ordersOfLateCalls.insert(order) }
            let waiting = Waiting()
            commit(request, order, at: clock.uptime + duration, for: waiting)
            do { try await process.sleep(duration) } catch { return lost(call) }
            commitDue()
            return waiting.answer.map { classify($0, call, process) } ?? lost(call)
        }
        switch mishap {
        case .internalError: return classify(Self.internalError, call, process)
        case .deadlock:
            return classify(
                ShopAnswer(status: 400, body: Array(#"{"message":"Could not save Source Item"}"#.utf8)), call, process)
        case .halfBatch:
            // Without rows a document is made of everything that is open.
            if order == nil { _ = handled(halved(request)) }
            return classify(Self.internalError, call, process)
        case .cutAfter:
            _ = handled(request)
            return lost(call)
        default: return classify(handled(request), call, process)
        }
    }

    private func commit(_ request: ShopRequest, _ order: Int?, at due: Duration, for waiting: Waiting? = nil) {
        late.append(Late(due: due, request: request, waiting: waiting))
        if let order { busy[order] = max(busy[order] ?? .zero, due) }
    }

    private func handled(_ request: ShopRequest) -> ShopAnswer {
        commitDue()
        return state.handle(request, now: clock.seconds).answer
    }

    private func classify(_ answer: ShopAnswer, _ call: ShopCall, _ process: SimulatedProcess) -> Answer {
        let reply = ShopReply(
            status: answer.status, contentType: answer.contentType, serverTime: UTCInstant(seconds: clock.seconds), body: answer.body)
        return AnswerClassifier.classify(reply, to: call, now: process.timeline.now())
    }

    private func lost(_ call: ShopCall) -> Answer { AnswerClassifier.lost(.lost("the connection was cut"), to: call) }

    private static let internalError = ShopAnswer(
        status: 500, body: Array(#"{"message":"Internal Error. Details are available in Magento log file. Report ID: webapi-1"}"#.utf8))

    /// `order/12/ship`
    private static func order(in request: ShopRequest) -> Int? {
        let parts = request.path.split(separator: "/")
        guard let index = parts.firstIndex(where: { $0 == "order" || $0 == "orders" }), index + 1 < parts.count else { return nil }
        return Int(parts[index + 1])
    }

    private func halved(_ request: ShopRequest) -> ShopRequest {
        guard case .object(let members)? = try? JSONParser.parse(request.body) else { return request }
        var half = request
        half.body = JSONWriter.bytes(
            .object(
                members.map { member in
                    guard case .array(let rows) = member.value else { return member }
                    return JSONValue.Member(member.name, .array(Array(rows.prefix(rows.count / 2))))
                }))
        return half
    }
}

extension ShopWeather {
    fileprivate func answer(to call: ShopCall, at now: UTCInstant) -> Answer {
        let reply: ShopReply
        switch self {
        case .maintenance: reply = ShopReply(status: 503, contentType: "text/html", body: ShopAnswer.maintenance.body)
        case .forbidden: reply = ShopReply(status: 403, contentType: "text/html", body: Array("<h1>Forbidden</h1>".utf8))
        case .unauthorised:
            let body = #"{"message":"The consumer isn't authorized to access %resources.","parameters":{"resources":"Magento_Sales::ship"}}"#
            reply = ShopReply(status: 401, contentType: "application/json", body: Array(body.utf8))
        case .redirect: reply = ShopReply(status: 302, contentType: "text/html", location: "https://shop.example/login", body: [])
        case .serverError: reply = ShopReply(status: 502, contentType: "text/html", body: Array("<h1>Bad gateway</h1>".utf8))
        case .badCertificate: return AnswerClassifier.lost(.certificate("certificate has expired"), to: call)
        }
        return AnswerClassifier.classify(reply, to: call, now: now)
    }
}

/// A process's connection to the shop.
struct ShopLine: ShopTransport {
    let shop: SimulatedShop
    let process: SimulatedProcess

    func send(_ call: ShopCall) async -> Answer {
        let dead = AnswerClassifier.lost(.lost("this process is dead"), to: call)
        do { try process.cross("shop.send \(call.label)", .before) } catch { return dead }
        let (shop, process) = (shop, process)
        let answer = await call.guarded { await shop.answer(call, process) }
        do { try process.cross("shop.send \(call.label)", .afterEffect) } catch { return dead }
        return answer
    }
}
