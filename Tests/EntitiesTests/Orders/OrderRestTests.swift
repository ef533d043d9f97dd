import Domain
import Foundation
import Magento
import MagentoSandbox
import TestKit
import Testing

@testable import Entities

/// Orders of which something was refunded or cancelled before they leave.
struct OrderRestTests {
    @discardableResult
    private static func post(_ path: String, _ body: String, _ state: inout ShopState) -> Int {
        state.access.adminUsers.append(AdminUser(username: "admin", password: "x"))
        state.access.adminTokens["t"] = AdminToken(username: "admin", expires: .max)
        return state.handle(
            ShopRequest(
                method: "POST", target: "/rest/V1/\(path)", host: "shop",
                headers: ["authorization": "Bearer t", "content-type": "application/json"], body: Array(body.utf8)),
            now: 1_795_230_100
        ).answer.status
    }

    private static func lines(_ made: MadeDocument) -> [DocumentRecord] { made.record.groups["lines"] ?? [] }

    @Test func `a row that was refunded in part before the order leaves goes out with what is left of it, and says so`() async throws {
        let draft = OrderDraft([.init("P-001", Quantity(3), price: Money(10)), .init("P-002", Quantity(2), price: Money(20))])
        let read = try await OrderWorld.orders(
            [draft],
            meanwhile: { state in
                Self.post("order/1/invoice", #"{"capture":false}"#, &state)
                let status = Self.post(
                    "order/1/refund",
                    #"{"items":[{"order_item_id":1,"qty":2},{"order_item_id":2,"qty":2}],"arguments":{"shipping_amount":0}}"#, &state)
                #expect(status == 200)
            })

        let made = try OrderMaker(try OrderWorld.settings()).make(try #require(read.first).document)

        #expect(Self.lines(made).map { OrderWorld.text($0, "line.sku") } == ["P-001"], "the two tables are gone")
        #expect(Self.lines(made).map { OrderWorld.number($0, "line.quantity") } == [1])
        #expect(made.notes.contains("line P-001: 1 of 3, 2 refunded") && made.notes.contains("line P-002: 0 of 2, 2 refunded"), "\(made.notes)")
        let sum = Self.lines(made).map { OrderWorld.number($0, "line.gross") }.reduce(OrderWorld.number(made.record, "shipping.gross")) {
            $0.adding($1) ?? $0
        }
        #expect(sum == OrderWorld.number(made.record, "total.payable"))
    }

    @Test func `partial-24: what was cancelled beside an invoice does not leave, and an order with nothing left does not either`() async throws {
        let drafts = [
            OrderDraft([.init("P-001", Quantity(4), price: Money(pence: 359)), .init("P-002", Quantity(3), price: Money(pence: 322))]),
            OrderDraft([.init("P-003", Quantity(2), price: Money(7))]),
        ]
        let read = try await OrderWorld.orders(
            drafts, select: ["states": ["*": "processing"]],
            meanwhile: { state in
                Self.post("order/1/invoice", #"{"capture":false,"items":[{"order_item_id":1,"qty":1}]}"#, &state)
                #expect(Self.post("orders/1/cancel", "{}", &state) == 200)
                Self.post("order/2/invoice", "{}", &state)
                // The carriage is not given back, so the shop keeps the order open.
                #expect(Self.post("order/2/refund", #"{"items":[{"order_item_id":3,"qty":2}],"arguments":{"shipping_amount":0}}"#, &state) == 200)
            })
        let maker = OrderMaker(try OrderWorld.settings())

        let made = try maker.make(read[0].document)

        #expect(Self.lines(made).map { "\(OrderWorld.text($0, "line.sku") ?? "") \(OrderWorld.number($0, "line.quantity"))" } == ["P-001 1"])
        #expect(throws: DocumentWithdrawal.self) { try maker.make(read[1].document) }
    }

    @Test func `D8 the sums of random orders close to the penny whatever was invoiced, refunded and cancelled of them before`() async throws {
        var random = SeededRandom(seed: 15)
        let drafts = (0..<200).map { _ -> OrderDraft in
            let lines = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                OrderDraft.Line(
                    ApplierShop.sku(Int.random(in: 0..<10, using: &random)), Quantity(Int64.random(in: 1...7, using: &random)),
                    price: Money(pence: Int64.random(in: 1...9999, using: &random)),
                    discountPercent: Money(Int64([0, 0, 5, 33].randomElement(using: &random) ?? 0)))
            }
            var draft = OrderDraft(lines)
            draft.taxPercent = [Money(20), Money(5), nil].randomElement(using: &random) ?? nil
            draft.shippingAmount = Money(pence: Int64.random(in: 0...1500, using: &random))
            return draft
        }
        let seed = UInt64.random(in: 0...1_000_000, using: &random)
        let read = try await OrderWorld.orders(
            drafts,
            meanwhile: { state in
                var random = SeededRandom(seed: seed)
                for order in state.sales.orders {
                    func rows(_ most: (SalesLine) -> Quantity) -> String {
                        order.lines.compactMap { line -> String? in
                            let most = Int64(most(line).number) ?? 0
                            let count = most > 0 ? Int64.random(in: 0...most, using: &random) : 0
                            return count > 0 ? #"{"order_item_id":\#(line.id),"qty":\#(count)}"# : nil
                        }.joined(separator: ",")
                    }
                    let invoiced = rows(\.openToInvoice)
                    if !invoiced.isEmpty { Self.post("order/\(order.id)/invoice", "{\"items\":[\(invoiced)]}", &state) }
                    if let present = state.sales[order.id] {
                        let refunded = present.lines.filter { $0.openToRefund > .zero && Bool.random(using: &random) }.map {
                            #"{"order_item_id":\#($0.id),"qty":1}"#
                        }.joined(separator: ",")
                        if !refunded.isEmpty {
                            Self.post("order/\(order.id)/refund", "{\"items\":[\(refunded)],\"arguments\":{\"shipping_amount\":0}}", &state)
                        }
                    }
                    if Bool.random(using: &random) { Self.post("orders/\(order.id)/cancel", "{}", &state) }
                }
            })
        let maker = OrderMaker(try OrderWorld.settings())
        var reduced = 0

        for one in read {
            let made: MadeDocument
            do { made = try maker.make(one.document) } catch is DocumentWithdrawal { continue }
            if !made.notes.isEmpty { reduced += 1 }
            let sum = Self.lines(made).map { OrderWorld.number($0, "line.gross") }.reduce(OrderWorld.number(made.record, "shipping.gross")) {
                $0.adding($1) ?? $0
            }
            #expect(sum == OrderWorld.number(made.record, "total.payable"), "\(made.notes)")
            #expect(Self.lines(made).allSatisfy { OrderWorld.number($0, "line.quantity").isPositive })
        }
        #expect(reduced > 60, "\(reduced) of \(read.count)")
    }

    @Test(arguments: [
        ("created_at", JSON.string("2026-02-31 25:61:00"), "created_at"), ("updated_at", .string("never"), "updated_at"),
        ("billing_address", .null, "billing_address"), ("increment_id", .null, "increment_id"), ("items", .null, "items"),
    ])
    func `one bad order is named with what it lacks and stops nobody`(_ member: String, _ value: JSON, _ named: String) async throws {
        let read = try await OrderWorld.orders([OrderDraft([.init("P-001", price: Money(10))])])
        guard case .object(var members) = try #require(read.first).order else { return }
        members[member] = value
        let source = OrderSource(
            client: MagentoClient(transport: OneOrder(.object(members))),
            trigger: OrderTrigger(moments: ["*": try #require(OrderTrigger.Moment("new"))], start: UTCInstant(seconds: 0)),
            settings: try OrderWorld.settings(select: ["states": ["*": "new"]]))
        let seen = Locked<[DocumentSighting]>([])

        _ = try await source.sweep(since: nil) { page in seen.with { $0 += page } }
        let document = try #require(try await source.fetch([1]).first)
        let refusal = #expect(throws: DocumentRefusal.self) { try OrderMaker(try OrderWorld.settings()).make(document) }

        #expect(seen.with { $0 }.map(\.readiness) == [.ready], "it is due, so that it is looked at and named")
        #expect(refusal?.reason.code == "ORDER-INCOMPLETE" && refusal?.reason.column == named, "\(String(describing: refusal))")
    }
}

/// A shop with one order.
private struct OneOrder: ShopTransport {
    let order: JSON

    init(_ order: JSON) { self.order = order }

    func send(_ call: ShopCall) async -> Answer {
        .done(.init(json: .object(["items": .array([order]), "total_count": .number("1")])))
    }
}
