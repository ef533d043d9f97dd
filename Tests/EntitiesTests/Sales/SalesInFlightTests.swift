import Domain
import Magento
import MagentoSandbox
import Synchronization
import TestKit
import Testing

@testable import Entities

/// Documents of different orders under way at one time, and shipments one at a time (decision 0161).
struct SalesInFlightTests {
    /// Counts how many calls that write are under way together, and refuses some of them as a deadlock's victim would be.
    private final class Crowd: ShopTransport, Sendable {
        private let next: any ShopTransport
        private let state = Mutex((now: 0, most: 0, orders: [String: Int](), twice: false, refusals: 0))

        init(_ next: any ShopTransport, refusals: Int = 0) {
            self.next = next
            state.withLock { $0.refusals = refusals }
        }

        var most: Int { state.withLock { $0.most } }
        /// Two calls for one order were under way together.
        var metItself: Bool { state.withLock { $0.twice } }

        func send(_ call: ShopCall) async -> Answer {
            guard call.effect != .read else { return await next.send(call) }
            let order = call.path.dropFirst().first ?? ""
            let isRefused = state.withLock { state in
                state.now += 1
                state.most = max(state.most, state.now)
                state.orders[order, default: 0] += 1
                state.twice = state.twice || state.orders[order] == 2
                defer { state.refusals = max(0, state.refusals - 1) }
                return state.refusals > 0
            }
            for _ in 0..<50 { await Task.yield() }
            defer {
                state.withLock { state in
                    state.now -= 1
                    state.orders[order, default: 1] -= 1
                }
            }
            guard isRefused else { return await next.send(call) }
            let body = #"{"message":"Could not save a shipment, see error log for details"}"#
            let reply = ShopReply(status: 400, contentType: "application/json", body: Array(body.utf8))
            return AnswerClassifier.classify(reply, to: call, now: UTCInstant(seconds: 1_795_224_000))
        }
    }

    private static func number(_ order: Int) -> String { "00000000\(order)" }

    /// Eight orders of five A and two B, all paid where `invoiced` says so.
    private static func shop(invoiced: Bool = false) throws -> DirectShop {
        var state = SalesShop.empty
        for _ in 1...8 { try state.place(OrderDraft([.init("A", Quantity(5)), .init("B", Quantity(2))]), now: 1_795_223_000) }
        let direct = DirectShop(state)
        if invoiced {
            direct.withShop { state in for order in 1...8 { _ = state.ask("POST", "/rest/V1/order/\(order)/invoice", "{}") } }
        }
        return direct
    }

    private static func applier(_ kind: SalesEventKind, _ crowd: Crowd, calls: Int = 4) -> SalesEventApplier {
        var rules = SalesEventRules(kind: kind)
        rules.source = kind == .despatches ? "main" : nil
        rules.letters = .none
        let client = MagentoClient(transport: crowd, pace: ShopPace(concurrency: calls) { calls })
        return SalesEventApplier(client: client, rules: rules, timeline: ManualTimeline().timeline)
    }

    /// Two documents for each order, those of one order apart from each other.
    private static func changes(_ prefix: String) -> [Change] {
        let events = (0..<2).flatMap { round in
            (1...8).map { SalesEvent(number: "\(prefix)\(round)\($0)", order: number($0), lines: [.init(sku: "A", quantity: 1)]) }
        }
        return events.enumerated().map { SalesShop.change($1, id: Int64($0 + 1)) }
    }

    @Test(arguments: [SalesEventKind.invoices, .credits])
    func `documents of different orders are under way together, those of one order one after the other, and each is made once`(
        _ kind: SalesEventKind
    ) async throws {
        let direct = try Self.shop(invoiced: kind == .credits)
        let crowd = Crowd(direct)
        let changes = Self.changes("D")

        let answers = try await Self.applier(kind, crowd).apply(changes)
        let again = try await Self.applier(kind, crowd).apply(changes)

        #expect(answers.areAllApplied && again.areAllApplied && answers.count == 16)
        #expect((2...4).contains(crowd.most) && !crowd.metItself, "\(crowd.most) together")
        let made = direct.withShop { state in (kind == .credits ? state.sales.creditMemos : state.sales.invoices).flatMap(\.comments).map(\.text) }
        #expect(made.count == 16 && Set(made).count == 16)
    }

    @Test func `where one call at a time is allowed, invoices go one at a time, in the order of their file's orders`() async throws {
        let direct = try Self.shop()
        let crowd = Crowd(direct)

        let answers = try await Self.applier(.invoices, crowd, calls: 1).apply(Self.changes("I"))

        #expect(answers.areAllApplied && crowd.most == 1)
    }

    @Test func `shipments of different orders never meet, whatever is allowed, and keep the order of their file`() async throws {
        let direct = try Self.shop()
        let crowd = Crowd(direct)
        let changes = (1...8).reversed().map { order in
            SalesShop.change(SalesShop.despatch("D\(order)", [("A", 1)], order: Self.number(order)), id: Int64(order))
        }

        let answers = try await Self.applier(.despatches, crowd).apply(changes)

        #expect(answers.areAllApplied && crowd.most == 1)
        #expect(direct.withShop { $0.sales.shipments.map(\.orderID) } == Array((1...8).reversed()))
    }

    @Test(arguments: [(1, true), (2, true), (3, false)])
    func `a shipment that a deadlock refused is sent again alone before it is a rejection, and is never there twice`(_ refusals: Int, _ passes: Bool)
        async throws
    {
        let direct = try Self.shop()
        let crowd = Crowd(direct, refusals: refusals)

        let answers = try await Self.applier(.despatches, crowd).apply([SalesShop.change(SalesShop.despatch("D1", [("A", 2)]))])

        #expect(answers.areAllApplied == passes, "\(answers)")
        #expect(direct.withShop { $0.sales.shipments.map(\.quantity) } == (passes ? [Quantity(2)] : []))
        #expect(direct.withShop { $0.sourceItems.item(sku: "A", source: "main")?.quantity } == Quantity(passes ? 98 : 100))
        guard !passes else { return }
        // The next file with it is tried afresh.
        let later = try await Self.applier(.despatches, crowd).apply([SalesShop.change(SalesShop.despatch("D1", [("A", 2)]))])
        #expect(later.areAllApplied && direct.withShop { $0.sales.shipments.count } == 1)
    }
}
