import Domain
import Magento
import MagentoSandbox
import Synchronization

/// A stand-in shop without a connection: calls are answered by the sandbox's core in this process, and go wrong as told.
final class DirectShop: ShopTransport, Sendable {
    enum Mishap: CaseIterable, Sendable {
        /// Done, and the answer is lost.
        case commitThenDrop
        /// The connection is cut before anything happened.
        case dropBefore
        /// Done, and the gateway has given up.
        case commitThenGatewayTimeout
        /// Done, and something after it failed inside.
        case commitThenInternalError
        /// An earlier sending of the same call is done, and this one is refused because of it.
        case commitThenRefuse

        static let lostAnswers: [Mishap] = [.commitThenDrop, .dropBefore, .commitThenGatewayTimeout, .commitThenInternalError]
    }

    private struct State {
        var shop: ShopState
        var now: Int64 = 1_795_224_000
        var committed: [JournalItem] = []
    }

    private let state: Mutex<State>
    /// What happens to a call that changes something.
    private let mishap: @Sendable (ShopCall) -> Mishap?

    init(_ shop: ShopState, mishap: @escaping @Sendable (ShopCall) -> Mishap? = { _ in nil }) {
        var shop = shop
        shop.access.adminTokens["t"] = AdminToken(username: "admin", expires: .max)
        state = Mutex(State(shop: shop))
        self.mishap = mishap
    }

    func withShop<Result: Sendable>(_ body: (inout ShopState) throws -> Result) rethrows -> Result {
        try state.withLock { try body(&$0.shop) }
    }

    var committed: [JournalItem] { state.withLock(\.committed) }

    func send(_ call: ShopCall) async -> Answer {
        let mishap = call.effect == .read ? nil : mishap(call)
        if mishap == .dropBefore { return AnswerClassifier.lost(.lost("cut"), to: call) }
        let target = RequestTarget.of(call, scope: "default", basePath: "")
        let request = ShopRequest(
            method: call.method.rawValue, target: target, host: "shop",
            headers: ["authorization": "Bearer t", "content-type": "application/json", "accept": "application/json"], body: call.body ?? [])
        let answer = state.withLock { state in
            state.now += 1
            let handled = state.shop.handle(request, now: state.now)
            state.committed += handled.committed
            return handled.answer
        }
        let reply: ShopReply
        switch mishap {
        case nil, .dropBefore: reply = ShopReply(status: answer.status, contentType: answer.contentType, body: answer.body)
        case .commitThenDrop: return AnswerClassifier.lost(.lost("cut"), to: call)
        case .commitThenGatewayTimeout:
            reply = ShopReply(status: 504, contentType: "text/html", body: ShopAnswer.gatewayTimeout.body)
        case .commitThenRefuse:
            reply = ShopReply(
                status: 400, contentType: "application/json",
                body: Array(
                    #"{"message":"Invoice Document Validation Error(s):\nThe invoice can't be created without products. Add products and try again."}"#
                        .utf8))
        case .commitThenInternalError:
            reply = ShopReply(
                status: 500, contentType: "application/json",
                body: Array(#"{"message":"Internal Error. Details are available in Magento log file. Report ID: webapi-1"}"#.utf8))
        }
        return AnswerClassifier.classify(reply, to: call, now: UTCInstant(seconds: 1_795_224_000))
    }
}
