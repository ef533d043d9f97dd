import Domain
import Entities
import Magento
import MagentoSandbox
import Synchronization
import Testing

struct SalesEventApplierTests {
    private static func once(_ mishap: DirectShop.Mishap, at path: String) -> @Sendable (ShopCall) -> DirectShop.Mishap? {
        let isSpent = Mutex(false)
        return { call in
            guard call.path.contains(path) else { return nil }
            return isSpent.withLock { spent in
                defer { spent = true }
                return spent ? nil : mishap
            }
        }
    }

    @Test func `a despatch becomes one shipment with its rows, its tracks, its source and one letter`() async throws {
        let shop = try SalesShop()
        let event = SalesShop.despatch("D1", [("A", 2), ("B", 1)], tracks: ["1550", "1551"])

        let answers = try await shop.applier(.despatches) { $0.carriers = ["DPD": "dpd"] }.apply([SalesShop.change(event)])

        #expect(answers.areAllApplied)
        let shipment = try #require(shop.shipments.first)
        #expect(shop.shipments.count == 1)
        #expect(shipment.lines.map(\.sku) == ["A", "B"])
        #expect(shipment.lines.map(\.quantity) == [Quantity(2), Quantity(1)])
        #expect(shipment.tracks.map(\.number) == ["1550", "1551"])
        #expect(shipment.tracks.map(\.carrier) == ["dpd", "dpd"])
        #expect(shipment.comments.map(\.text) == ["Despatch D1"])
        #expect(shipment.comments.allSatisfy { !$0.isCustomerNotified && !$0.isVisibleOnFront })
        #expect(shop.notifications.count == 1)
    }

    @Test func `the same despatch again finds its shipment and does nothing`() async throws {
        let shop = try SalesShop()
        let change = SalesShop.change(SalesShop.despatch("D1", [("A", 2)]))

        _ = try await shop.applier().apply([change])
        let again = try await shop.applier().apply([change])

        #expect(again[0].evidence == "found shipment 000000001")
        #expect(shop.shipments.count == 1)
        #expect(shop.notifications.count == 1)
    }

    @Test(arguments: [DirectShop.Mishap.commitThenDrop, .commitThenGatewayTimeout, .commitThenInternalError])
    func `F51 F53 E1 an answer that was lost after the shipment is settled by looking`(mishap: DirectShop.Mishap) async throws {
        let shop = try SalesShop(mishap: Self.once(mishap, at: "ship"))

        let answers = try await shop.applier().apply([SalesShop.change(SalesShop.despatch("D1", [("A", 2)]))])

        #expect(answers[0].evidence == "shipment 000000001, found after an answer was lost")
        #expect(shop.shipments.count == 1)
        #expect(shop.notifications.count == 1)
    }

    @Test func `F50 F52 a request that may still be under way is not sent again at once`() async throws {
        let shop = try SalesShop(mishap: Self.once(.dropBefore, at: "ship"))
        let change = SalesShop.change(SalesShop.despatch("D1", [("A", 2)]))

        let first = try await shop.applier().apply([change])
        let calls = shop.shipments.count
        let second = try await shop.applier().apply([change])

        #expect(first[0].deferral?.kind == .ambiguous)
        #expect(calls == 0)
        #expect(second.areAllApplied)
        #expect(shop.shipments.count == 1)
    }

    @Test func `two despatches of one order in a batch are two shipments, and what is over is refused before the shop cuts it`() async throws {
        let shop = try SalesShop()
        let events = [("D1", 3), ("D2", 2), ("D3", 1)].map { SalesShop.despatch($0.0, [("A", ExactDecimal($0.1))]) }

        let answers = try await shop.applier().apply(events.enumerated().map { SalesShop.change($0.element, id: Int64($0.offset)) })

        #expect(answers[0].isApplied && answers[1].isApplied)
        #expect(answers[2].rejection?.code == "QTY-OVER")
        #expect(answers[2].rejection?.text.contains("0 of 5 ordered, 5 shipped") == true)
        #expect(shop.shipments.map(\.quantity) == [Quantity(3), Quantity(2)])
    }

    @Test func `E2 a file's despatches that are too many together are refused together, with the sum`() async throws {
        let shop = try SalesShop()
        let events = [
            SalesShop.despatch("D1", [("A", 3)]), SalesShop.despatch("D2", [("A", 3)]), SalesShop.despatch("D3", [("B", 1)]),
        ]

        let standings = try await shop.standings(events, shop.applier())

        #expect(standings["D1"]??.code == "QTY-OVER")
        #expect(standings["D2"]??.text.contains("D1, D2 together have 6 of A, and 5 of 5 ordered is open") == true, "\(standings)")
        #expect(standings["D3"] == .some(nil))
    }

    @Test func `rows of another order, unknown orders and partial codes are refused with a suggestion`() async throws {
        let shop = try SalesShop([[.init("00472-BLK", Quantity(2))]])
        let events = [
            SalesShop.despatch("D1", [("C", 1)]), SalesShop.despatch("D2", [("A", 1)], order: "000000009"),
            SalesShop.despatch("D3", [("00472", 1)]), SalesShop.despatch("D4", [("00472-blk", 1)]),
            SalesShop.despatch("D5", [("00472-BLK", ExactDecimal(coefficient: 5, scale: 1) ?? 0)]),
        ]

        let standings = try await shop.standings(events, shop.applier())

        #expect(standings["D1"]??.code == "LINE-FOREIGN")
        #expect(standings["D2"]??.code == "ORDER-UNKNOWN")
        #expect(standings["D3"]??.text.contains("did the ERP mean 00472-BLK?") == true)
        #expect(standings["D4"] == .some(nil), "the shop does not tell letter case apart")
        #expect(standings["D5"]??.code == "QTY-FRACTION")
    }

    @Test func `one despatch from two warehouses is a shipment for each source, and a lost answer doubles neither`() async throws {
        let shop = try SalesShop(mishap: Self.once(.commitThenDrop, at: "ship"))
        let event = SalesEvent(
            number: "D1", order: "000000001",
            lines: [.init(sku: "A", source: "main", quantity: 2), .init(sku: "B", source: "north", quantity: 1)],
            tracks: [.init(carrier: "DPD", number: "1")])

        let answers = try await shop.applier().apply([SalesShop.change(event)])

        #expect(answers.areAllApplied)
        #expect(shop.shipments.map(\.source) == ["main", "north"])
        #expect(shop.shipments.map(\.tracks.count) == [1, 0])
        #expect(shop.shipments.flatMap(\.comments).map(\.text) == ["Despatch D1 from main", "Despatch D1 from north"])
    }

    @Test func `a tracking number that comes later is added to the shipment once`() async throws {
        let shop = try SalesShop(mishap: Self.once(.commitThenDrop, at: "track"))
        let applier = shop.applier()
        _ = try await applier.apply([SalesShop.change(SalesShop.despatch("D1", [("A", 2)]))])
        let later = SalesShop.change(SalesShop.despatch("D1", [("A", 2)], tracks: ["1550"]))

        let first = try await applier.apply([later])
        let second = try await applier.apply([later])

        #expect(first.areAllApplied && second.areAllApplied)
        #expect(shop.shipments.map { $0.tracks.map(\.number) } == [["1550"]])
    }

    @Test func `a source that holds too little is named, and raised where the settings say so`() async throws {
        let prepare: (inout ShopState) -> Void = { state in
            state.sourceItems.upsert(sku: "A", source: "main", quantity: Quantity(10), isInStock: true)
        }
        let shop = try SalesShop([[.init("A", Quantity(8))]], prepare: prepare)
        shop.direct.withShop { $0.sourceItems.upsert(sku: "A", source: "main", quantity: Quantity(2), isInStock: true) }
        let change = SalesShop.change(SalesShop.despatch("D1", [("A", 8)]))

        let rejected = try await shop.applier().apply([change])
        let raised = try await shop.applier { $0.shortSource = .raise }.apply([change])

        #expect(rejected[0].rejection?.code == "SOURCE-SHORT")
        #expect(rejected[0].rejection?.text.contains("2 of A, 8 are sent") == true)
        #expect(raised.areAllApplied)
        #expect(shop.shipments.count == 1)
        #expect(shop.direct.withShop { $0.sourceItems.item(sku: "A", source: "main")?.quantity } == Quantity(0))
    }

    @Test func `a configurable is shipped by its own row, a bundle by its parts or as a whole`() async throws {
        let lines: [OrderDraft.Line] = [
            .init("A", Quantity(2), form: .variant(of: "HOOD")),
            .init("KIT", Quantity(1), form: .bundle([.init("B", each: Quantity(2)), .init("C")], .init())),
        ]
        let shop = try SalesShop([lines])

        let answers = try await shop.applier().apply([SalesShop.change(SalesShop.despatch("D1", [("A", 1), ("B", 2), ("C", 1)]))])

        #expect(answers.areAllApplied, "\(answers)")
        #expect(shop.shipments[0].lines.map(\.sku) == ["A", "KIT", "B", "C"], "the shop adds the bundle's row by itself")
        let standings = try await shop.standings([SalesShop.despatch("D2", [("KIT", 1)])], shop.applier())
        #expect(standings["D2"]??.code == "LINE-FOREIGN")
    }

    @Test(arguments: SalesEventRules.Bundles.allCases)
    func `whether a bundle's parts leave together or apart is its product's own business, whatever the settings say of all`(
        _ setting: SalesEventRules.Bundles
    ) async throws {
        let parts: [OrderDraft.Line.Part] = [.init("B", each: Quantity(2)), .init("C")]
        let lines: [OrderDraft.Line] = [
            .init("KIT", Quantity(1), form: .bundle(parts, .init(shipsSeparately: true))),
            .init("SET", Quantity(1), form: .bundle([.init("A")], .init(shipsSeparately: false, hasFixedPrice: true))),
        ]
        let shop = try SalesShop([lines], prepare: { $0.catalogue.add(sku: "SET", kind: .bundle) })
        let applier = shop.applier { $0.bundles = setting }

        for despatch in [
            SalesShop.despatch("D1", [("B", 2)]), SalesShop.despatch("D2", [("SET", 1)]), SalesShop.despatch("D3", [("C", 1)]),
        ] {
            let answers = try await applier.apply([SalesShop.change(despatch)])
            #expect(answers.areAllApplied, "\(answers)")
        }

        // By then the first bundle's own row says 2 of 1.
        #expect(shop.shipments.map { $0.lines.map(\.sku) } == [["KIT", "B"], ["SET"], ["KIT", "C"]])
        let over = try await shop.standings([SalesShop.despatch("D4", [("B", 1)])], applier)
        #expect(over["D4"]??.code == "QTY-OVER", "never left to the shop to cut: \(over)")
    }

    @Test func `a held order keeps its despatch in the queue and says how to release it`() async throws {
        let shop = try SalesShop()
        shop.direct.withShop { _ = $0.ask("POST", "/rest/V1/orders/1/hold") }

        let standings = try await shop.standings([SalesShop.despatch("D1", [("A", 1)])], shop.applier())

        #expect(standings["D1"]??.code == "ORDER-STATE")
        #expect(standings["D1"]??.fix.contains("release") == true)
    }

    @Test func `a despatch that names no goods is never sent, unless it stands for the whole order, row by row`() async throws {
        let shop = try SalesShop()
        let event = SalesEvent(number: "D1", order: "000000001")

        let answers = try await shop.applier().apply([SalesShop.change(event)])

        #expect(answers.areAllApplied, "the interpreter has refused it where whole orders are not allowed")
        #expect(shop.shipments[0].lines.map(\.quantity) == [Quantity(5), Quantity(2)])
        let bodies = shop.direct.committed.filter { $0.key.hasSuffix("/shipment") }.map(\.value)
        #expect(bodies == ["1: 1×5 2×2"])
    }

    // MARK: Invoices, credit notes, cancellations

    @Test func `an invoice number makes one invoice, and a lost answer none besides`() async throws {
        let shop = try SalesShop(mishap: Self.once(.commitThenDrop, at: "invoice"))
        let event = SalesEvent(number: "SI1", order: "000000001", lines: [.init(sku: "A", quantity: 2)])

        let answers = try await shop.applier(.invoices).apply([SalesShop.change(event)])

        #expect(answers.areAllApplied)
        #expect(shop.direct.withShop { $0.sales.invoices.map { $0.quantity } } == [Quantity(2)])
        #expect(shop.direct.withShop { $0.sales.invoices.flatMap(\.comments).map(\.text) } == ["Invoice SI1"])
        #expect(shop.notifications.isEmpty)
    }

    private func settled() throws -> SalesShop {
        let shop = try SalesShop([[.init("A", Quantity(5)), .init("B", Quantity(2))]], mishap: Self.once(.commitThenDrop, at: "refund"))
        shop.direct.withShop { state in
            _ = state.ask("POST", "/rest/V1/order/1/ship", #"{"arguments":{"extension_attributes":{"source_code":"main"}}}"#)
            _ = state.ask("POST", "/rest/V1/order/1/invoice", "{}")
        }
        return shop
    }

    @Test func `a credit note gives back its rows and nothing else, and restocks by the rule`() async throws {
        let shop = try settled()
        let event = SalesEvent(
            number: "CR1", order: "000000001",
            lines: [.init(sku: "A", isRestocked: true, quantity: 1), .init(sku: "B", isRestocked: false, quantity: 1)])

        let answers = try await shop.applier(.credits).apply([SalesShop.change(event)])

        #expect(answers.areAllApplied)
        let memo = try #require(shop.direct.withShop { $0.sales.creditMemos.first })
        #expect(memo.grandTotal == Money(20))
        #expect(memo.shipping == .zero)
        #expect(memo.lines.map(\.isReturnedToStock) == [true, false])
        #expect(shop.direct.withShop { $0.sourceItems.item(sku: "A", source: "main")?.quantity } == Quantity(96))
        #expect(shop.direct.withShop { $0.sourceItems.item(sku: "B", source: "main")?.quantity } == Quantity(98))
        #expect(shop.direct.withShop { $0.sales.creditMemos.count } == 1)
    }

    @Test func `a credit note of money alone leaves the goods alone`() async throws {
        let shop = try settled()
        let event = SalesEvent(number: "CR2", order: "000000001", adjustment: ExactDecimal(coefficient: 750, scale: 2))

        let answers = try await shop.applier(.credits).apply([SalesShop.change(event)])

        #expect(answers.areAllApplied, "\(answers)")
        let memo = try #require(shop.direct.withShop { $0.sales.creditMemos.first })
        #expect(memo.lines.isEmpty)
        #expect(memo.grandTotal == Money(pence: 750))
    }

    @Test func `more than was invoiced is not given back`() async throws {
        let shop = try SalesShop()
        let event = SalesEvent(number: "CR3", order: "000000001", lines: [.init(sku: "A", quantity: 1)])

        let answers = try await shop.applier(.credits).apply([SalesShop.change(event)])

        #expect(answers[0].rejection?.code == "QTY-OVER")
    }

    @Test func `an order that the ERP cancelled is cancelled once, with the reason for the staff`() async throws {
        let shop = try SalesShop()
        let event = SalesEvent(number: "000000001", order: "000000001", reason: "Out of stock")
        let applier = shop.applier(.cancellations)

        let first = try await applier.apply([SalesShop.change(event)])
        let again = try await applier.apply([SalesShop.change(event)])

        #expect(first.areAllApplied && again.areAllApplied)
        let order = try #require(shop.direct.withShop { $0.sales[1] })
        #expect(order.state == .canceled)
        #expect(order.comments.map(\.text) == ["Cancelled in the ERP: Out of stock"])
        #expect(shop.direct.withShop { $0.salableQuantity(sku: "A", stockID: 2) } == Quantity(200))
    }

    @Test func `an order that cannot be cancelled any more is refused, although the shop says 200`() async throws {
        let shop = try settled()

        let answers = try await shop.applier(.cancellations).apply([SalesShop.change(SalesEvent(number: "000000001", order: "000000001"))])

        #expect(answers[0].rejection?.code == "ORDER-STATE")
    }
}

extension ShopState {
    /// One call with every permission.
    @discardableResult
    mutating func ask(_ method: String, _ target: String, _ body: String = "{}") -> ShopAnswer {
        access.adminTokens["t"] = AdminToken(username: "admin", expires: .max)
        let request = ShopRequest(
            method: method, target: target, host: "shop", headers: ["authorization": "Bearer t", "content-type": "application/json"],
            body: Array(body.utf8))
        return handle(request, now: 1_795_223_500).answer
    }
}
