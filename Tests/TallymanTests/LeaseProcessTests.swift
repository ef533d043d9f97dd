import Foundation
import Glibc
import MagentoSandbox
import TestKit
import Testing

/// Several processes on one ledger, also such as cannot see each other: each in a process namespace of its own, where it is number 1.
///
/// Leases are shorter than in life, unless `TALLYMAN_LONG` is set: then everything lasts as long as it does there, with forty
/// despatches of nine seconds each.
@Suite(.serialized, .enabled(if: Namespaces.arePossible, "this machine makes no process namespaces"))
struct LeaseProcessTests {
    private static let isLong = ProcessInfo.processInfo.environment["TALLYMAN_LONG"] != nil
    private static let lease = isLong ? 30 : 6

    private static var environment: [String: String] {
        isLong ? SettingsText.environment() : SettingsText.environment().merging(["TALLYMAN_LEASE": "\(lease)s"]) { $1 }
    }

    private static let scheduled: SettingsText = {
        var settings = SettingsText()
        settings.flowLines = Installation.hourly
        return settings
    }()

    /// The program as a container runs it.
    private static func apart(_ installation: Installation) -> Program {
        var program = installation.program
        program.launcher = "exec unshare --pid --fork --kill-child --mount-proc"
        return program
    }

    /// The program itself, below what has made its namespace.
    private static func inner(of started: Program.Started) async throws -> pid_t {
        for _ in 0..<1000 {
            let children = try? String(contentsOfFile: "/proc/\(started.id)/task/\(started.id)/children", encoding: .utf8)
            if let child = children?.split(separator: " ").first.flatMap({ pid_t($0) }) { return child }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Installation.NeverSaid(text: "a child", log: "")
    }

    // MARK: A lease lives as long as its holder's work

    @Test func `F100 H1 calls longer than a lease, with others started all the while that cannot see the holder, are one shipment each`() async throws
    {
        let (count, first, rest) = Self.isLong ? (40, 9, 9) : (6, Self.lease + 2, 1)
        try await Self.withDespatches(count) { installation in
            installation.shop.add(FaultRule(.delay(.seconds(first)), method: "POST", path: "/ship", hits: 1...1))
            installation.shop.add(FaultRule(.delay(.seconds(rest)), method: "POST", path: "/ship", hits: 2...Int.max))
            let holder = try Self.apart(installation).start(["run", "despatches"])
            try await installation.firstSave()
            var others: [Program.Ending] = []
            while !holder.end.hasEnded {
                // As cron does, in a container of its own and beside it.
                others.append(try await Self.apart(installation).run(["run", "despatches"]))
                others.append(try await installation.program.run(["run", "despatches"]))
                if Self.isLong { try await Task.sleep(for: .seconds(10)) }
            }
            let ending = await holder.ending()
            let after = try await installation.tallyman("run", "despatches")

            #expect(ending.exit == 0, "\(ending.all)")
            #expect(others.count > 2)
            // The last ones may have met the end of the work.
            for other in others.dropLast(2) { #expect(other.exit == 75 && other.errors.contains("FLOW-BUSY"), "\(other.all)") }
            #expect(after.exit == 0, "\(after.all)")
            #expect(installation.shop.withState { $0.sales.shipments.count } == count)
            #expect(installation.shop.withState { $0.sales.notifications.count } == count)
        }
    }

    @Test func `F100 H1 the work of a process that died out of sight is taken over when its lease has run out, and on its own machine at once`()
        async throws
    {
        for isApart in [true, false] {
            try await Installation.with(environment: Self.environment) { installation in
                try installation.dropTen()
                installation.shop.add(FaultRule(.delay(.seconds(60)), method: "POST", hits: 1...1))
                let died = try (isApart ? Self.apart(installation) : installation.program).start(["run", "stock"])
                try await installation.firstSave()
                died.end.signal(SIGKILL)
                _ = await died.ending()

                let start = ContinuousClock.now
                let next = try await (isApart ? Self.apart(installation) : installation.program).run(["run", "stock"])
                let took = ContinuousClock.now - start

                #expect(next.exit == 0, "\(next.all)")
                #expect(installation.quantity("A") == "8" && installation.quantity("J") == "8")
                #expect(isApart ? took > .seconds(Self.lease / 2) && took < .seconds(Self.lease + 30) : true, "\(took)")
                #expect(try await installation.query("SELECT token FROM lease WHERE flow = 'stock'") == ["(2,)"])
            }
        }
    }

    @Test func `F100 H1 a settings file that says so takes over at once from a process that cannot be seen`() async throws {
        try await Installation.with(environment: Self.environment) { installation in
            var text = try String(contentsOfFile: "\(installation.folder)/tallyman.yaml", encoding: .utf8)
            text = "failover: fenced\n" + text
            try installation.write(text, to: "tallyman.yaml")
            try installation.dropTen()
            installation.shop.add(FaultRule(.delay(.seconds(60)), method: "POST", hits: 1...1))
            let died = try Self.apart(installation).start(["run", "stock"])
            try await installation.firstSave()
            died.end.signal(SIGKILL)
            _ = await died.ending()
            // Its last sign of life is as fresh as can be.
            let touch =
                "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute('UPDATE lease SET renewed = renewed + 1000000'); db.commit()"
            _ = try await Python.run(touch, ["\(installation.folder)/state/ledger.db"])

            let next = try await Self.apart(installation).run(["run", "stock"])
            #expect(next.exit == 0 && installation.quantity("J") == "8", "\(next.all)")
        }
    }

    // MARK: A process that was paused

    @Test func `F90 H1 a run that was paused past its lease does nothing more when it wakes`() async throws {
        try await Installation.with(environment: Self.environment) { installation in
            try installation.dropTen()
            installation.shop.add(FaultRule(.delay(.seconds(1)), method: "POST", hits: 1...1))
            let paused = try Self.apart(installation).start(["run", "stock"])
            let inner = try await Self.inner(of: paused)
            try await installation.firstSave()
            kill(inner, SIGSTOP)

            let next = try await Self.apart(installation).run(["run", "stock"])
            let (commits, requests) = (installation.commits.count, installation.requests("POST"))
            kill(inner, SIGCONT)
            let woken = await paused.ending()

            #expect(next.exit == 0, "\(next.all)")
            #expect(woken.exit == 75, "\(woken.all)")
            #expect(woken.errors.contains("LEASE-LOST"), "\(woken.all)")
            #expect(installation.commits.count == commits && installation.requests("POST") == requests)
            #expect(try await installation.query(LedgerDump.unbalanced) == [])
            #expect(installation.quantity("A") == "8" && installation.quantity("J") == "8")
        }
    }

    @Test func `F90 a service that was paused while another took over goes when it wakes`() async throws {
        try await Installation.with(settings: Self.scheduled, environment: Self.environment) { installation in
            let paused = try Self.apart(installation).start(["serve"])
            let inner = try await Self.inner(of: paused)
            try await installation.wait(for: "serving", from: paused)
            try await installation.pause(inner)
            let second = try Self.apart(installation).start(["serve"])
            try await installation.wait(for: "waiting for the last service", from: second)
            try await installation.wait(for: "serving", from: second)
            kill(inner, SIGCONT)
            let woken = await paused.ending()
            let last = try await Self.inner(of: second)
            kill(last, SIGTERM)
            let ending = await second.ending()

            #expect(woken.exit == 75, "\(woken.all)")
            #expect(woken.errors.contains("LEASE-LOST"), "\(woken.all)")
            #expect(ending.exit == 0, "\(ending.all)")
        }
    }

    @Test func `F100 H1 a service that meets one it cannot see goes when that one shows a sign of life, and serves when it is dead`() async throws {
        try await Installation.with(settings: Self.scheduled, environment: Self.environment) { installation in
            let first = try Self.apart(installation).start(["serve"])
            try await installation.wait(for: "serving", from: first)
            let busy = try await Self.apart(installation).run(["serve"])
            first.end.signal(SIGKILL)
            _ = await first.ending()
            let next = try Self.apart(installation).start(["serve"])
            try await installation.wait(for: "serving", from: next)
            next.end.signal(SIGKILL)
            _ = await next.ending()

            #expect(busy.exit == 75 && busy.errors.contains("SERVE-BUSY"), "\(busy.all)")
            #expect(!busy.output.contains("serving"))
        }
    }

    // MARK: The shop

    private static func withDespatches(_ count: Int, _ body: (Installation) async throws -> Void) async throws {
        var state = ShopState.empty
        state.catalogue.add(sku: "A")
        state.sourceItems.upsert(sku: "A", source: "main", quantity: Quantity(500), isInStock: true)
        try await Installation.with(state, environment: environment) { installation in
            var rows = ["GDN Number,Customer Order No,Product Code,Qty Despatched,Location,Courier,Consignment Number"]
            for number in 1...count {
                installation.shop.withState { state in
                    do { try state.place(OrderDraft([.init("A", Quantity(5))]), now: 1_795_224_000) } catch { Issue.record("\(error)") }
                }
                rows.append("\(1000 + number),\(String(format: "%09d", number)),A,2,LDS,,")
            }
            try installation.write(
                """
                \(installation.settingsHead)
                flows:
                  despatches:
                    pull: {endpoint: erp, folder: out, files: "*.csv", settle: 0s, then: {move: archive}}
                    profile: sage50/despatches
                    despatches: {warehouses: {LDS: main}}

                """, to: "tallyman.yaml")
            try installation.drop("d1.csv", content: Data(rows.map { $0 + "\r\n" }.joined().utf8), minute: 1)
            try await body(installation)
        }
    }
}

private enum Namespaces {
    static let arePossible = system("unshare --pid --fork --mount-proc true 2>/dev/null") == 0
}

extension Installation {
    /// Stops a process where it is, but not within a commit.
    fileprivate func pause(_ process: pid_t) async throws {
        for _ in 0..<100 {
            kill(process, SIGSTOP)
            if isLedgerFree() { return }
            kill(process, SIGCONT)
            try await Task.sleep(for: .milliseconds(20))
        }
        throw NeverSaid(text: "a moment without a commit", log: "")
    }
}
