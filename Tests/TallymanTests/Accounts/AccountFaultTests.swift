import Foundation
import Glibc
import MagentoSandbox
import TestKit
import Testing

/// What goes wrong on the way, and where people's data must not turn up.
struct AccountFaultTests {
    private static let world: AccountWorld = {
        var world = AccountWorld()
        world.settings.append("new: create")
        return world
    }()

    @Test(arguments: [
        Fault.commitThenDrop, .commitThenAnswer(.gatewayTimeout), .commitThenAnswer(.errorReport), .closeBeforeCommit, .answer(.maintenance),
    ])
    func `F50 F51 F53 a new customer whose answer is lost is one customer with one letter`(_ fault: Fault) async throws {
        try await Self.world.with { installation in
            installation.shop.add(FaultRule(fault, method: "POST", path: "/customers", hits: 1...1))
            try Self.world.drop("c1.csv", ["N1,New Ltd,new@n.example,TRADE,30 days,500,No"], in: installation, minute: 1)

            var run = try await installation.tallyman("run", "accounts")
            for _ in 0..<3 where run.exit == 75 { run = try await installation.tallyman("run", "accounts") }

            #expect(run.exit == 0, "\(run.all)")
            #expect(installation.customers(with: "N1") == 1)
            #expect(installation.shop.withState { $0.customers.count } == 4)
            #expect(installation.shop.withState { $0.sales.notifications.count } == 1)
            #expect(installation.customer("new@n.example")?.groupID == 4)
        }
    }

    @Test func `F52 C2 a save that lands after a newer one is found by reconcile and put right by the next list`() async throws {
        let row = { (terms: String) in "C3,Cy Ltd,cy@c.example,TRADE,\(terms) days,1000,No" }
        try await Self.world.with { installation in
            installation.shop.add(FaultRule(.delayedCommit(.gatewayTimeout), method: "PUT", path: "/customers", hits: 1...1))
            try Self.world.drop("c1.csv", [row("60")], in: installation, minute: 1)
            let first = try await installation.tallyman("run", "accounts")
            let second = try await installation.tallyman("run", "accounts")
            try Self.world.drop("c2.csv", [row("90")], in: installation, minute: 2)
            let third = try await installation.tallyman("run", "accounts")
            #expect([first.exit, second.exit, third.exit] == [75, 0, 0], "\(first.all)\(second.all)\(third.all)")

            installation.shop.commitDelayed()
            #expect(installation.customer("cy@c.example")?.attributes["erp_terms"] == "60 days")
            let found = try await installation.tallyman("reconcile", "accounts", "--adopt")
            #expect(found.output.contains("1 differ"), "\(found.all)")
            try Self.world.drop("c3.csv", [row("90")], in: installation, minute: 3)
            let mended = try await installation.tallyman("run", "accounts")

            #expect(mended.exit == 0 && installation.customer("cy@c.example")?.attributes["erp_terms"] == "90 days", "\(mended.all)")
        }
    }

    private struct EndState: Equatable {
        var customers: [String]
        var letters: Int
        var ledger: [[String]]
    }

    @Test(.enabled(if: Python.isPresent, "python3 reads the ledger"), .timeLimit(.minutes(20)))
    func `G1 G2 a kill at any crossing changes nothing in the end: the same customers, letters and books`() async throws {
        func play(killedAt point: Int?) async throws -> (EndState, crossings: Int) {
            var end: EndState?
            var count = 0
            try await Self.world.with { installation in
                let rows = [
                    "N1,New Ltd,new@n.example,TRADE,30 days,500,No", "B2,Bob Ltd,bob@b.example,SILVER,30 days,,",
                    "C3,Cy Ltd,cy@c.example,TRADE,60 days,,Yes",
                    "X1,Odd Ltd,odd@x.example,GOLD,,,",
                ]
                try Self.world.drop("c1.csv", rows, in: installation, minute: 1)
                try installation.write("", to: "crossings")
                let extra = point.map { ["TALLYMAN_STOP_AT": "\($0)"] } ?? ["TALLYMAN_CROSSINGS": "\(installation.folder)/crossings"]
                let run = try await installation.tallyman("run", "accounts", adding: extra)
                if let point { #expect(run.status == .signal(SIGKILL), "crossing \(point): \(run.all)") }
                for _ in 0..<3 { _ = try await installation.tallyman("run", "accounts") }
                count =
                    String(decoding: FileManager.default.contents(atPath: "\(installation.folder)/crossings") ?? Data(), as: UTF8.self)
                    .split(separator: "\n").count
                let ledger = try await LedgerDump.rows(
                    of: [LedgerDump.unbalanced, LedgerDump.integrity], in: "\(installation.folder)/state/ledger.db")
                let customers = installation.shop.withState { $0.customers }
                end = EndState(
                    customers: customers.map { "\($0.email) \($0.groupID) \($0.attributes.sorted { $0.key < $1.key })" },
                    letters: installation.shop.withState { $0.sales.notifications.count }, ledger: ledger)
            }
            return (try #require(end), count)
        }
        let (expected, crossings) = try await play(killedAt: nil)
        #expect(
            crossings > 40 && expected.letters == 1 && expected.customers.count == 4 && expected.ledger.first?.isEmpty == true,
            "\(expected), \(crossings)")

        try await withThrowingTaskGroup(of: (Int, EndState).self) { group in
            var next = 1
            func add() {
                guard next <= crossings else { return }
                let point = next
                next += 1
                group.addTask { (point, try await play(killedAt: point).0) }
            }
            for _ in 0..<4 { add() }
            while let (point, end) = try await group.next() {
                #expect(end == expected, "killed at \(point)")
                add()
            }
        }
    }

    @Test func `S13 what a customer list tells of people is in the ledger and the spool, and in no log, mail or reject file of a mail`() async throws
    {
        let person = "Wilhelmina Quarterstaff"
        let address = "wilhelmina.quarterstaff@example.test"
        try await Self.world.with { installation in
            // The machine's mail program, as far as this one sees of it.
            try installation.write("#!/bin/sh\ncat >> \(installation.folder)/mails\n", to: "sendmail", mode: 0o755)
            let settings = try String(contentsOfFile: "\(installation.folder)/tallyman.yaml", encoding: .utf8)
            try installation.write(
                settings.replacing(
                    "endpoints:",
                    with: "owner: ops@test.example\nmail: {sendmail: \(installation.folder)/sendmail, from: tally@test.example}\nendpoints:"),
                to: "tallyman.yaml")
            try Self.world.drop(
                "c1.csv", ["N1,\(person),\(address),TRADE,,,", "N2,\(person),\(address) x,TRADE,,,", "N3,\(person),twin-\(address),GOLD,,,"],
                in: installation, minute: 1)

            var outputs: [String] = []
            for command in [["run", "accounts"], ["status"], ["runs"], ["status", "--json"], ["mail"]] {
                outputs.append(try await installation.program.run(command).all)
            }
            let mails = String(decoding: FileManager.default.contents(atPath: "\(installation.folder)/mails") ?? Data(), as: UTF8.self)

            #expect(mails.contains("ACCOUNT-EMAIL") && mails.contains("3 rows"), "\(mails)")
            for text in outputs + [mails, "\(installation.shop.journal.entries)"] {
                #expect(!text.contains(person) && !text.contains("quarterstaff"), "\(text.prefix(2000))")
            }
            #expect(installation.customer(address) != nil)
        }
    }
}
