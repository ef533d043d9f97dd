import Foundation
import MagentoSandbox
import Testing

/// The program against a shop that fails, until everything is as it should be.
struct ShopFaultProcessTests {
    private static func dropped(_ installation: Installation) throws {
        try installation.drop("one.csv", ["A", "B", "C", "D"].map { Installation.line($0, "8") }, minute: 1)
    }

    private static let applied = ["A@main=8/1", "B@main=8/1", "C@main=8/1", "D@main=8/1"]

    /// What the shop does to the first calls that save, and how the program ends that time.
    private static let saving: [(name: String, fault: Fault, exit: Int32, code: String)] = [
        ("F63 a gateway's 502", .answer(.badGateway), 75, "A web page came"),
        ("F63 a gateway's 504 after which it is done", .commitThenAnswer(.gatewayTimeout), 0, "applied"),
        ("F52 a dropped answer", .commitThenDrop, 0, "applied"),
        ("F50 a dropped request", .closeBeforeCommit, 75, "no usable answer"),
        ("F65 an empty body", .answer(.json("")), 75, "not what Magento sends"),
        ("F65 null", .answer(.json("null")), 75, "not what Magento sends"),
        ("F65 a cut answer after which it is done", .commitThenCut(bytes: 1), 0, "applied"),
        ("F65 a login page", .answer(.loginPage), 75, "A web page came"),
        ("F64 a redirect", .answer(.redirect(to: "/customer/account/login")), 1, "sends us elsewhere"),
        ("F62 maintenance", .answer(.maintenance), 75, "in maintenance"),
        ("F61 a throttle beyond patience", .answer(.tooManyRequests(retryAfter: "1000000000")), 75, "asks for a pause"),
    ]

    @Test(arguments: saving.indices)
    func `F50 F52 F61 F62 F63 F64 F65 whatever a save is answered, the figures end right, the books balance, and nothing is sent twice`(
        index: Int
    ) async throws {
        let (name, fault, exit, word) = Self.saving[index]
        try await Installation.with { installation in
            try Self.dropped(installation)
            installation.shop.add(FaultRule(fault, method: "POST", path: "source-items"))

            let first = try await installation.tallyman("run", "stock")
            installation.shop.removeFaults()
            let rest = try await installation.runToRest()
            let doctor = try await installation.tallyman("doctor", "--json").json()

            #expect(first.exit == exit, "\(name): \(first.all)")
            #expect(first.output.contains(word), "\(name): \(first.all)")
            #expect(rest.exit == 0, "\(name): \(rest.all)")
            #expect(installation.commits.sorted() == Self.applied, "\(name): every figure is written once")
            #expect(doctor.elements?.first { $0["check"]?.text == "ledger" }?["text"]?.text == "intact, all books balance")
        }
    }

    @Test func `F61 a Retry-After of a second is kept and then everything is applied in the same run`() async throws {
        try await Installation.with { installation in
            try Self.dropped(installation)
            installation.shop.add(FaultRule(.answer(.tooManyRequests(retryAfter: "1")), method: "POST", hits: 1...1))
            let began = ContinuousClock.now

            let run = try await installation.tallyman("run", "stock")

            #expect(run.exit == 0, "\(run.all)")
            #expect(ContinuousClock.now - began >= .seconds(1))
            #expect(installation.requests("POST") == 2)
        }
    }

    @Test func `F59 a revoked token stops everything after one refused call, and a person is told`() async throws {
        try await Installation.with { installation in
            try Self.dropped(installation)
            installation.shop.withState { $0.access.integrations[0].token = "anotherone0000000000000000000001" }

            let run = try await installation.tallyman("run", "stock")

            #expect(run.exit == 1, "\(run.all)")
            #expect(installation.statuses == [401], "\(installation.statuses)")
            #expect(run.all.contains("  → "))
            #expect(installation.commits.isEmpty)
            installation.shop.withState { $0.access.integrations[0].token = Integration.demo.token }
            let next = try await installation.runToRest()
            #expect(next.exit == 0, "\(next.all)")
            #expect(installation.commits.sorted() == Self.applied)
        }
    }

    @Test func `F59 a permission taken away between planning and sending stops with 1 and the right's name`() async throws {
        try await Installation.with { installation in
            try Self.dropped(installation)
            installation.shop.withState {
                $0.access.integrations[0].resources = .only([
                    "Magento_InventoryApi::source", "Magento_Catalog::products", "Magento_InventoryApi::source_item",
                    "Magento_InventoryApi::inventory",
                ])
            }
            installation.shop.add(
                FaultRule(
                    .answer(
                        .json(
                            #"{"message":"The consumer isn't authorized to access %resources.","parameters":{"resources":"Magento_InventoryApi::source"}}"#,
                            status: 401)), method: "POST"))

            let run = try await installation.tallyman("run", "stock")

            #expect(run.exit == 1, "\(run.all)")
            #expect(run.output.contains("The credential lacks Magento_InventoryApi::source"), "\(run.all)")
            #expect(installation.requests("POST") == 1)
        }
    }

    @Test func `F62 a shop closed for many ticks loses nothing: the file is never taken for poison`() async throws {
        try await Installation.with { installation in
            try Self.dropped(installation)
            installation.shop.withState { $0.isInMaintenance = true }
            for tick in 1...6 {
                let run = try await installation.tallyman("run", "stock")
                #expect(run.exit == 75, "tick \(tick): \(run.all)")
            }
            installation.shop.withState { $0.isInMaintenance = false }

            let run = try await installation.tallyman("run", "stock")

            #expect(run.exit == 0, "\(run.all)")
            #expect(installation.commits.sorted() == Self.applied)
        }
    }

    @Test func `F62 when the shop is back, the newest file wins and what waited is superseded`() async throws {
        try await Installation.with { installation in
            installation.shop.add(FaultRule(.answer(.maintenance), method: "POST"))
            try Self.dropped(installation)
            let waiting = try await installation.tallyman("run", "stock")
            try installation.drop("two.csv", ["A", "B", "C", "D"].map { Installation.line($0, "9") }, minute: 2)
            let still = try await installation.tallyman("run", "stock")
            installation.shop.removeFaults()

            let run = try await installation.runToRest()

            #expect(waiting.exit == 75, "\(waiting.all)")
            #expect(still.exit == 75, "\(still.all)")
            #expect(run.exit == 0, "\(run.all)")
            #expect(installation.commits.sorted() == Self.applied.map { $0.replacing("=8", with: "=9") })
            let older = try await installation.tallyman("show", "1", "--json").json()
            #expect(older["tallies"]?.elements?.first?["outcomes"]?["superseded"]?.whole == 4)
        }
    }

    @Test func `F71 a limit of 20 items is learnt from the first refusal and kept to`() async throws {
        var state = ShopState.small
        for number in 0..<90 { state.catalogue.add(sku: "N\(number)") }
        state.limits.maximumItems = 20
        try await Installation.with(state) { installation in
            try installation.drop("one.csv", (0..<90).map { Installation.line("N\($0)", "3") }, minute: 1)

            let run = try await installation.tallyman("run", "stock")

            #expect(run.exit == 0, "\(run.all)")
            #expect(run.output.contains("90 read = 90 applied"))
            #expect(installation.statuses.count { $0 == 400 } == 1, "one refusal teaches it")
            #expect(installation.commits.count == 90)
        }
    }

    @Test func `F54 a 500 with half the batch done ends with every figure right and written once`() async throws {
        try await Installation.with { installation in
            try Self.dropped(installation)
            installation.shop.add(
                FaultRule(
                    .partialCommit(lines: 2, .json(#"{"message":"Internal Error. Details are available in Magento log file."}"#, status: 500)),
                    method: "POST", hits: 1...1))

            let run = try await installation.runToRest()

            #expect(run.exit == 0, "\(run.all)")
            #expect(installation.commits.sorted() == Self.applied)
        }
    }

    @Test func `F51 a gateway gives up, the request lands later: the figure stays right and the late one changes nothing`() async throws {
        try await Installation.with { installation in
            try Self.dropped(installation)
            installation.shop.add(FaultRule(.delayedCommit(.gatewayTimeout), method: "POST", hits: 1...1))

            let run = try await installation.runToRest()
            installation.shop.commitDelayed()

            #expect(run.exit == 0, "\(run.all)")
            for sku in ["A", "B", "C", "D"] { #expect(installation.quantity(sku) == "8") }
        }
    }
}
