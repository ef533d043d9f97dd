import Foundation
import MagentoSandbox
import Testing

/// Despatches, credit notes and cancellations from the ERP's folder to the sandbox shop, by the program itself.
struct DespatchRunTests {
    private static var state: ShopState {
        var state = ShopState.empty
        for sku in ["A", "B"] {
            state.catalogue.add(sku: sku)
            for source in ["main", "north"] { state.sourceItems.upsert(sku: sku, source: source, quantity: Quantity(50), isInStock: true) }
        }
        return state
    }

    private static func with(
        _ groups: [String] = ["despatches: {warehouses: {LDS: main, BHM: north}, carriers: {DPD: dpd}}"], orders: Int = 2,
        resendAfter: String? = nil, _ body: (Installation) async throws -> Void
    ) async throws {
        try await Installation.with(state) { installation in
            for _ in 0..<orders { place(installation) }
            let wait = resendAfter.map { "magento:\n  resend_after: \($0)\n" } ?? "magento:\n"
            try installation.write(settings(installation, groups).replacing("magento:\n", with: wait), to: "tallyman.yaml")
            try await body(installation)
        }
    }

    /// Five of A and two of B.
    private static func place(_ installation: Installation) {
        installation.shop.withState { state in
            do { try state.place(OrderDraft([.init("A", Quantity(5)), .init("B", Quantity(2))]), now: 1_795_224_000) } catch {
                Issue.record("\(error)")
            }
        }
    }

    private static func settings(_ installation: Installation, _ groups: [String]) -> String {
        """
        \(installation.settingsHead)
        flows:
          despatches:
            pull: {endpoint: erp, folder: out, files: "*.csv", settle: 0s, then: {move: archive}}
            profile: sage50/despatches
        \(groups.map { "    \($0)" }.joined(separator: "\n"))

        """
    }

    private static func drop(_ name: String, _ rows: [String], in installation: Installation, minute: Int) throws {
        let header = "GDN Number,Customer Order No,Product Code,Qty Despatched,Location,Courier,Consignment Number"
        try installation.drop(name, content: Data(([header] + rows).map { $0 + "\r\n" }.joined().utf8), minute: minute)
    }

    private static func shipments(_ installation: Installation) -> [Shipment] { installation.shop.withState { $0.sales.shipments } }

    @Test func `C247 E1 two despatch notes of one order are two shipments with their tracking, and a second delivery is none`() async throws {
        try await Self.with { installation in
            let rows = [
                "1001,000000001,A,2,LDS,DPD,1550", "1001,000000001,B,1,LDS,DPD,1550", "1002,000000001,A,3,BHM,Royal Mail,RM1",
            ]
            try Self.drop("d1.csv", rows, in: installation, minute: 1)
            let first = try await installation.tallyman("run", "despatches")
            #expect(first.exit == 0 && first.output.contains("despatches: 3 read = 3 applied"), "\(first.all)")

            try Self.drop("d2.csv", Array(rows.reversed()), in: installation, minute: 2)
            let again = try await installation.tallyman("run", "despatches")

            #expect(again.exit == 0 && again.output.contains("3 unchanged"), "\(again.all)")
            let compared = try await installation.tallyman("reconcile")
            #expect(compared.exit == 0 && compared.output == "", "an event is no value that could drift: \(compared.all)")
            let shipments = Self.shipments(installation)
            #expect(shipments.map(\.source) == ["main", "north"])
            #expect(shipments.map { $0.tracks.map(\.carrier) } == [["dpd"], ["custom"]])
            #expect(installation.shop.withState { $0.sales.notifications.count } == 2)
            #expect(
                installation.shop.withState { $0.salableQuantity(sku: "A", stockID: 2) } == Quantity(90), "a shipment changes nothing for shoppers")
        }
    }

    @Test func `a file that comes late is not overtaken by a newer one`() async throws {
        try await Self.with { installation in
            try Self.drop("newer.csv", ["1002,000000001,A,3,LDS,,"], in: installation, minute: 5)
            _ = try await installation.tallyman("run", "despatches")
            try Self.drop("older.csv", ["1001,000000001,A,2,LDS,,"], in: installation, minute: 1)

            let late = try await installation.tallyman("run", "despatches")

            #expect(late.exit == 0 && late.output.contains("1 read = 1 applied"), "\(late.all)")
            #expect(Self.shipments(installation).count == 2)
        }
    }

    @Test func `F51 E3 a shipment whose answer is lost is found by looking, with one letter`() async throws {
        try await Self.with { installation in
            installation.shop.add(FaultRule(.commitThenDrop, method: "POST", path: "/ship", hits: 1...1))
            try Self.drop("d1.csv", ["1001,000000001,A,2,LDS,,", "1002,000000001,A,1,LDS,,"], in: installation, minute: 1)

            let run = try await installation.tallyman("run", "despatches")

            #expect(run.exit == 0 && run.output.contains("2 read = 2 applied"), "\(run.all)")
            #expect(Self.shipments(installation).map(\.quantity) == [Quantity(2), Quantity(1)])
            #expect(installation.shop.withState { $0.sales.notifications.count } == 2)
        }
    }

    @Test func `F52 a shipment without an answer is not sent again by the next run, which says why, and nothing else leaves for its order`()
        async throws
    {
        try await Self.with { installation in
            installation.shop.add(FaultRule(.delayedCommit(.gatewayTimeout), method: "POST", path: "/ship", hits: 1...1))
            try Self.drop(
                "d1.csv", ["1001,000000001,A,2,LDS,,", "1002,000000001,A,1,LDS,,", "1003,000000002,A,1,LDS,,"], in: installation, minute: 1)

            let first = try await installation.tallyman("run", "despatches")
            let second = try await installation.tallyman("run", "despatches")

            #expect(first.exit == 75, "\(first.all)")
            #expect(second.exit == 75, "\(second.all)")
            #expect(second.all.contains("Despatch 1001 of order 000000001 was sent at"), "\(second.all)")
            #expect(Self.shipments(installation).map { $0.comments.map(\.text) } == [["Despatch 1003"]])

            // It takes effect after all; the rest of the order follows.
            installation.shop.commitDelayed()
            let third = try await installation.tallyman("run", "despatches")

            #expect(third.exit == 0, "\(third.all)")
            #expect(Self.shipments(installation).flatMap { $0.comments.map(\.text) }.sorted() == ["Despatch 1001", "Despatch 1002", "Despatch 1003"])
            #expect(installation.shop.withState { $0.sales.notifications.count } == 3)
        }
    }

    @Test func `F52 I1 a document that is there twice in the end is named with both numbers until a person has dealt with it`() async throws {
        try await Self.with(resendAfter: "0s") { installation in
            installation.shop.add(FaultRule(.delayedCommit(.gatewayTimeout), method: "POST", path: "/ship", hits: 1...1))
            try Self.drop("d1.csv", ["1001,000000001,A,2,LDS,,"], in: installation, minute: 1)
            _ = try await installation.tallyman("run", "despatches")
            _ = try await installation.tallyman("run", "despatches")
            installation.shop.commitDelayed()
            #expect(Self.shipments(installation).count == 2)

            _ = try await installation.tallyman("run", "despatches")
            let alarms = try await installation.tallyman("alarms")
            let doubles = try await installation.tallyman("doubles")

            #expect(alarms.output.contains("DOCUMENT-DOUBLE"), "\(alarms.all)")
            #expect(doubles.output.contains("shipment 000000001, shipment 000000002"), "\(doubles.all)")
            let number = try #require(doubles.output.split(separator: "\n").last?.split(separator: " ").first.map(String.init))
            let dealt = try await installation.tallyman("doubles", "--dealt", number)
            #expect(dealt.exit == 0, "\(dealt.all)")
            _ = try await installation.tallyman("run", "despatches")
            let over = try await installation.tallyman("alarms")
            #expect(!over.output.contains("DOCUMENT-DOUBLE"), "\(over.all)")
        }
    }

    @Test func `F50 a shipment that never got there is sent by the next run after the wait, once`() async throws {
        try await Self.with(resendAfter: "0s") { installation in
            installation.shop.add(FaultRule(.closeBeforeCommit, method: "POST", path: "/ship", hits: 1...1))
            try Self.drop("d1.csv", ["1001,000000001,A,2,LDS,,"], in: installation, minute: 1)

            let first = try await installation.tallyman("run", "despatches")
            let second = try await installation.tallyman("run", "despatches")

            #expect(first.exit == 75, "\(first.all)")
            #expect(second.exit == 0, "\(second.all)")
            #expect(Self.shipments(installation).count == 1)
        }
    }

    @Test func `E4 C258 unknown orders and partial codes wait in the queue and are retried, all rows of a number together`() async throws {
        try await Self.with(orders: 1) { installation in
            installation.shop.withState { _ = $0.catalogue.add(sku: "A-LONG") }
            try Self.drop(
                "d1.csv", ["1001,000000002,A,2,LDS,,", "1001,000000002,B,1,LDS,,", "1002,000000001,A,1,LDS,,"], in: installation, minute: 1)
            let first = try await installation.tallyman("run", "despatches")
            #expect(first.exit == 3 && first.output.contains("3 read = 1 applied + 2 rejected"), "\(first.all)")
            let queue = try await installation.tallyman("errors")
            #expect(queue.output.contains("ORDER-UNKNOWN"), "\(queue.all)")
            #expect(queue.output.contains("  despatch  ") && !queue.output.contains("product"), "\(queue.all)")

            Self.place(installation)
            let retry = try await installation.tallyman("errors", "retry", "1")

            #expect(retry.exit == 0 && retry.output.contains("2 read = 2 applied"), "\(retry.all)")
            #expect(Self.shipments(installation).map { $0.lines.map(\.quantity) } == [[Quantity(1)], [Quantity(2), Quantity(1)]])
        }
    }

    @Test func `a preview tells what would be shipped and ships nothing`() async throws {
        try await Self.with { installation in
            try Self.drop("d1.csv", ["1001,000000001,A,2,LDS,DPD,1550", "1002,000000001,A,9,LDS,,"], in: installation, minute: 1)

            let plan = try await installation.tallyman("plan", "despatches")

            #expect(plan.output.contains("order 000000001: 2 × A from main, DPD 1550"), "\(plan.all)")
            #expect(plan.output.contains("1 rejected"), "\(plan.all)")
            #expect(plan.output.contains("despatch  now") && plan.output.contains("of 2 despatches ("), "\(plan.all)")
            #expect(Self.shipments(installation).isEmpty)
        }
    }

    @Test func `events share no flow with values, and are never a full list`() async throws {
        try await Self.with(["despatches: {}", "stock: {warehouses: {LDS: main}}"]) { installation in
            let mixed = try await installation.tallyman("lint")
            try installation.write(Self.settings(installation, ["despatches: {}", "mode: full"]), to: "tallyman.yaml")
            let full = try await installation.tallyman("lint")

            #expect(mixed.exit == 2 && mixed.all.contains("shares its flow with stock"), "\(mixed.all)")
            #expect(full.exit == 2 && full.all.contains("is no mode for despatches"), "\(full.all)")
        }
    }

    @Test func `a warehouse that the shop has no source for stops the flow before anything is sent`() async throws {
        try await Self.with(["despatches: {warehouses: {LDS: moon}}"]) { installation in
            try Self.drop("d1.csv", ["1001,000000001,A,2,LDS,,"], in: installation, minute: 1)

            let run = try await installation.tallyman("run", "despatches")

            #expect(run.exit == 1 || run.exit == 2, "\(run.all)")
            #expect(run.all.contains("names the source moon"), "\(run.all)")
            #expect(Self.shipments(installation).isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(20))) func `E1 E3 F76 kill -9 at any crossing makes no second shipment and loses none`() async throws {
        let crossings = try await Self.crossings()
        #expect(crossings > 20)

        let problems = try await withThrowingTaskGroup(of: String?.self) { group in
            var next = 1
            var found: [String] = []
            func add() {
                guard next <= crossings else { return }
                let point = next
                next += 1
                group.addTask { try await Self.killed(at: point) }
            }
            for _ in 0..<4 { add() }
            while let result = try await group.next() {
                if let result { found.append(result) }
                add()
            }
            return found
        }

        #expect(problems.isEmpty, "\(problems)")
    }

    private static let rows = [
        "1001,000000001,A,2,LDS,DPD,1550", "1001,000000001,B,1,BHM,DPD,", "1002,000000001,A,3,LDS,,", "1003,000000002,B,2,LDS,,",
    ]

    private static func crossings() async throws -> Int {
        var count = 0
        try await with { installation in
            try drop("d1.csv", rows, in: installation, minute: 1)
            try installation.write("", to: "crossings")
            let listing = "\(installation.folder)/crossings"
            let run = try await installation.tallyman("run", "despatches", adding: ["TALLYMAN_CROSSINGS": listing])
            #expect(run.exit == 0, "\(run.all)")
            count = (FileManager.default.contents(atPath: listing) ?? Data()).count { $0 == 0x0A }
        }
        return count
    }

    /// What is wrong in the end, if anything.
    private static func killed(at point: Int) async throws -> String? {
        var problem: String?
        // Nothing comes late here, so nothing has to be waited for.
        try await with(resendAfter: "0s") { installation in
            try drop("d1.csv", rows, in: installation, minute: 1)
            _ = try await installation.tallyman("run", "despatches", adding: ["TALLYMAN_STOP_AT": "\(point)"])
            var end = try await installation.tallyman("run", "despatches")
            for _ in 0..<4 where end.exit == 75 { end = try await installation.tallyman("run", "despatches") }
            let shipped = shipments(installation).map { shipment in
                "\(shipment.comments.map(\.text)) \(shipment.source) \(shipment.lines.map { "\($0.sku)×\($0.quantity.number)" })"
            }
            let wanted = [
                #"["Despatch 1001 from main"] main ["A×2"]"#, #"["Despatch 1001 from north"] north ["B×1"]"#,
                #"["Despatch 1002"] main ["A×3"]"#, #"["Despatch 1003"] main ["B×2"]"#,
            ]
            let letters = installation.shop.withState { $0.sales.notifications.count }
            if shipped.sorted() != wanted || letters != 4 || end.exit != 0 {
                problem = "killed at \(point): \(shipped), \(letters) letters, \(end.all)"
            }
        }
        return problem
    }
}
