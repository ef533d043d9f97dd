import Foundation
import MagentoSandbox
import Testing

/// The commands of the people who look after the flows, as they print.
struct OperatorCommandTests {
    private static func withRejects<Result>(_ body: (Installation, Program.Ending) async throws -> Result) async throws -> Result {
        try await Installation.with { installation in
            try installation.drop(
                "one.csv",
                [
                    Installation.line("A", "10", allocated: "2"), Installation.line("B", "x1"), Installation.line("GHOST", "3"),
                    Installation.line("C", "5"),
                ],
                minute: 1
            )
            return try await body(installation, try await installation.tallyman("run", "stock"))
        }
    }

    @Test func `a run with rejects says what happened to every record and ends with 3`() async throws {
        try await Self.withRejects { installation, run in
            #expect(run.exit == 3)
            #expect(run.errors == "")
            #expect(
                run.stable(in: installation.folder) == """
                    run 1 · stock · one.csv · finished
                      done
                      stock: 4 read = 1 applied + 1 unchanged + 2 rejected
                      plan: 0 new, 1 changed, 1 unchanged of 4 products (full file, as at <time>)
                      rejected records: <folder>/state/rejects/stock-run1_rejects.csv
                      errors waiting: 1, 2 → tallyman errors show 1

                    """
            )
        }
    }

    @Test func `I2 status never says that all is well while something is undone, wherever a run was killed`() async throws {
        let count = try await Installation.with { installation in
            try installation.dropTen()
            try installation.write("", to: "crossings")
            let run = try await installation.tallyman("run", "stock", adding: ["TALLYMAN_CROSSINGS": "\(installation.folder)/crossings"])
            #expect(run.exit == 0, "\(run.all)")
            #expect(try await installation.tallyman("status").output.contains("all is well"))
            return try String(contentsOfFile: "\(installation.folder)/crossings", encoding: .utf8).split(separator: "\n").count
        }
        var undone = 0
        for point in stride(from: 1, through: count, by: 3) {
            try await Installation.with { installation in
                try installation.dropTen()
                _ = try await installation.tallyman("run", "stock", adding: ["TALLYMAN_STOP_AT": "\(point)"])
                let status = try await installation.tallyman("status")
                let seen = try await installation.query("SELECT state FROM file_drop")
                let isDone = seen.allSatisfy { $0 == "('done',)" || $0 == "('removed',)" } && (seen.isEmpty || installation.quantity("J") == "8")

                #expect(status.exit == 0, "at \(point): \(status.all)")
                #expect(isDone || !status.output.contains("all is well"), "at \(point), \(seen): \(status.all)")
                undone += isDone ? 0 : 1
                let rest = try await installation.runToRest()
                #expect(rest.exit == 0, "at \(point): \(rest.all)")
                #expect(try await installation.tallyman("status").output.contains("all is well"), "at \(point)")
            }
        }
        #expect(undone > 5)
    }

    @Test func `I3 reconcile names what differs from the shop, which way, and takes it over when told to`() async throws {
        try await Self.withRejects { installation, _ in
            installation.shop.withState { $0.sourceItems.upsert(sku: "A", source: "main", quantity: Quantity(3), isInStock: true) }

            let found = try await installation.tallyman("reconcile", "stock")
            let json = try await installation.tallyman("reconcile", "--adopt", "--json").json()

            #expect(found.exit == 3)
            #expect(
                found.output.contains("1 differ + 0 missing in the shop") && found.output.contains("main: 0 higher, 1 lower, -5 in all"),
                "\(found.all)")
            #expect(json.elements?.first?["differing"]?.whole == 1 && json.elements?.first?["adopted"] == .bool(true), "\(json)")
            #expect(try await installation.tallyman("reconcile").exit == 0)
            let why = try await installation.tallyman("why", "A")
            #expect(why.output.contains("main 3") && why.output.contains("found in the shop by reconciliation 2 at"), "\(why.all)")
        }
    }

    @Test func `I3 a lean too small for one comparison is told as a creep once it has leaned often`() async throws {
        try await Installation.with { installation in
            try installation.drop("one.csv", "ABCDEFGHI".map { Installation.line(String($0), "10") }, minute: 1)
            _ = try await installation.tallyman("run", "stock")
            installation.shop.withState { state in
                for (index, sku) in "ABCDEFGHI".enumerated() {
                    state.sourceItems.upsert(sku: String(sku), source: "main", quantity: Quantity(index < 7 ? 11 : 9), isInStock: true)
                }
            }

            var outputs: [String] = []
            for _ in 0..<5 { outputs.append(try await installation.tallyman("reconcile", "stock").output) }

            #expect(outputs[0].contains("main: 7 higher, 2 lower") && !outputs[0].contains("creeps"), "\(outputs[0])")
            #expect(outputs[4].contains("main: over the last comparisons the shop creeps higher"), "\(outputs[4])")
        }
    }

    @Test func `reconcile compares the values of what comes in, and the orders of what goes out`() async throws {
        var settings = SettingsText()
        settings.lines = [
            "  orders:", "    push: {endpoint: erp, folder: out, name: \"ORD_{batch}.csv\"}", "    profile: generic/orders",
            "    select: {states: {\"*\": processing}}", "    orders: {accounts: {guest: WEB}}",
        ]
        try await Installation.with(settings: settings) { installation in
            try installation.drop("one.csv", [Installation.line("A", "10")], minute: 1)
            _ = try await installation.tallyman("run", "stock")

            let all = try await installation.tallyman("reconcile")
            let one = try await installation.tallyman("reconcile", "orders", "--day", "2026-11-20", "--json")

            #expect(all.exit == 0 && all.output.contains("stock · stock (all)") && all.output.contains("orders · 20"), "\(all.all)")
            let day = try one.json().elements?.first?["orders"]?["day"]?.text
            #expect(one.exit == 0 && day == "2026-11-20", "\(one.all)")
        }
    }

    @Test func `run without a name runs every flow, and one that cannot go on keeps none from its work`() async throws {
        var settings = SettingsText()
        settings.lines = [
            "  later:", "    pull: {endpoint: erp, folder: nowhere, files: \"*.csv\", settle: 0s}", "    profile: generic/stock",
            "    stock: {warehouses: {LDS: main}}",
        ]
        try await Installation.with(settings: settings) { installation in
            try installation.drop("one.csv", [Installation.line("A", "10")], minute: 1)

            let run = try await installation.tallyman("run")

            #expect(run.output.contains("run 1 · stock · one.csv · finished"), "\(run.all)")
            #expect(run.exit == 1 || run.exit == 75, "\(run.all)")
            #expect(run.errors.contains("nowhere"))
        }
    }

    @Test func `runs, status and show agree with their JSON`() async throws {
        try await Self.withRejects { installation, _ in
            try installation.drop("two.csv", [Installation.line("A", "9")], minute: 2)
            _ = try await installation.tallyman("run", "stock")
            let runs = try await installation.tallyman("runs")
            let runsJSON = try await installation.tallyman("runs", "--json").json()
            let status = try await installation.tallyman("status")
            let statusJSON = try await installation.tallyman("status", "--json").json()
            let show = try await installation.tallyman("show", "1")
            let showJSON = try await installation.tallyman("show", "1", "--json").json()

            // A column is as wide as its widest cell, and days have one figure or two.
            #expect(
                runs.stable(in: installation.folder).replacing(#/started +state/#, with: "started state") == """
                    run  flow   started state     file     tally
                      2  stock  <time>  held      two.csv  1 read = 1 deferred
                      1  stock  <time>  finished  one.csv  4 read = 1 applied + 1 unchanged + 2 rejected

                    """
            )
            #expect(runsJSON.elements?.map { $0["run"]?.whole } == [2, 1])
            #expect(runsJSON.elements?.first?["state"]?.text == "held")
            #expect(runsJSON.elements?.last?["tallies"]?.elements?.first?["outcomes"]?["rejected"]?.whole == 2)
            #expect(status.output.hasPrefix("! amber PLAN-HELD stock: run 2 waits for a decision\n"), "\(status.all)")
            #expect(!status.output.contains("! stock: run 2 is held"))
            #expect(status.output.contains("! stock: 2 rejected records wait: tallyman errors --flow stock"))
            #expect(statusJSON["alarms"]?.elements?.first?["code"]?.text == "PLAN-HELD")
            #expect(statusJSON["flows"]?.elements?.first?["openErrors"]?.whole == 2)
            #expect(statusJSON["flows"]?.elements?.first?["needsAttention"]?.elements?.count == 1)
            #expect(show.output.contains("       1  NUMBER-FORMAT           3  this is not a number"), "\(show.all)")
            #expect(showJSON["tallies"]?.elements?.first?["read"]?.whole == 4)
            #expect(showJSON["tallies"]?.elements?.first?["balanced"] == .bool(true))
        }
    }

    @Test func `the error queue lists, shows, takes an edit, retries and dismisses`() async throws {
        try await Self.withRejects { installation, _ in
            let list = try await installation.tallyman("errors")
            let listJSON = try await installation.tallyman("errors", "--json").json()
            let show = try await installation.tallyman("errors", "show", "1")
            let early = try await installation.tallyman("errors", "retry", "1")
            let edit = try await installation.tallyman("errors", "edit", "3", "--line", Installation.line("B", "11"))
            let retry = try await installation.tallyman("errors", "retry", "3")
            let again = try await installation.tallyman("errors", "retry", "3")
            let dismiss = try await installation.tallyman("errors", "dismiss", "2", "--because", "not sold online")
            let rest = try await installation.tallyman("errors")
            let stranger = try await installation.tallyman("errors", "dismiss", "999", "--because", "a slip")

            #expect(stranger.exit == 1 && stranger.errors.contains("ERROR-UNKNOWN"), "\(stranger.all)")
            #expect(
                list.output == """
                    error  run  line  product  code           reason                                 fix
                        1    1     3  B        NUMBER-FORMAT  this is not a number                   write a plain number such as 1234.50
                        2    1     4  GHOST    SKU-UNKNOWN    product code GHOST is not in the shop  create the product in the shop or correct the code in the ERP, then retry

                    """
            )
            #expect(listJSON.elements?.map { $0["code"]?.text } == ["NUMBER-FORMAT", "SKU-UNKNOWN"])
            #expect(
                show.output == """
                    error: 1 (open)
                    run: 1, flow stock, stock
                    line: 3, record 2
                    product: B
                    code: NUMBER-FORMAT
                    column: on_hand
                    value: x1
                    reason: this is not a number
                    fix: write a plain number such as 1234.50
                    original: B,thing,LDS,x1,0,0,1.00,21/11/2026 06:00\\x0d\\x0a
                    edited: -
                    became: it waits: correct it with `tallyman errors edit 1`, or dismiss it

                    """
            )
            #expect(early.exit == 3, "not mended yet: it comes back as error 3: \(early.all)")
            #expect(edit.output == "error 3 has a new line; retry it with: tallyman errors retry 3\n", "\(edit.all)")
            #expect(retry.exit == 0, "\(retry.all)")
            #expect(installation.quantity("B") == "11")
            let fate = try await installation.tallyman("errors", "show", "3").output
            #expect(fate.contains("became: it was retried by run 3, which is finished: done\n"), "\(fate)")
            let first = try await installation.tallyman("errors", "show", "1").output
            #expect(first.contains("became: it was retried by run 2, which is finished: done\n"), "\(first)")
            #expect(early.output.contains("errors waiting: 3 → tallyman errors show 3"), "\(early.all)")
            #expect(again.exit == 1)
            #expect(again.errors.contains("ERROR-CLOSED: error 3 is retried already"), "\(again.all)")
            #expect(dismiss.output == "1 of 1 dismissed\n")
            #expect(rest.output == "no rejected record is waiting\n")
        }
    }

    @Test func `J3 J4 a held plan ends with 4, is approved once, and the second approval changes nothing`() async throws {
        var settings = SettingsText()
        settings.gates = "{to_zero: 10%}"
        try await Installation.with(settings: settings) { installation in
            try installation.drop("a.csv", ["A", "B", "C"].map { Installation.line($0, "0") }, minute: 1)
            let held = try await installation.tallyman("run", "stock")
            #expect(held.exit == 4, "\(held.all)")
            #expect(held.output.contains("  → tallyman approve 1, or tallyman discard 1\n"), "\(held.all)")
            #expect(installation.commits.isEmpty)
            let waiting = try await installation.tallyman("run", "stock")
            #expect(waiting.exit == 4, "it stays held: \(waiting.all)")

            let approved = try await installation.tallyman("approve", "1")
            let again = try await installation.tallyman("approve", "1")

            #expect(approved.exit == 0, "\(approved.all)")
            #expect(again.exit == 1)
            #expect(again.errors.contains("RUN-NOT-HELD: run 1 is not held but finished"), "\(again.all)")
            #expect(installation.commits.sorted() == ["A@main=0/1", "B@main=0/1", "C@main=0/1"])
        }
    }

    @Test func `a discarded plan never reaches the shop`() async throws {
        var settings = SettingsText()
        settings.approve = "always"
        try await Installation.with(settings: settings) { installation in
            try installation.drop("a.csv", [Installation.line("A", "1")], minute: 1)
            _ = try await installation.tallyman("run", "stock")

            let discarded = try await installation.tallyman("discard", "1")
            let approved = try await installation.tallyman("approve", "1")

            #expect(discarded.exit == 0, "\(discarded.all)")
            #expect(discarded.output.hasPrefix("run 1 · stock · a.csv · discarded\n  discarded by ann\n"), "\(discarded.all)")
            #expect(approved.exit == 1)
            #expect(installation.commits.isEmpty)
        }
    }

    @Test func `why names file, line, text, formula, run and time, in the file's own letters`() async throws {
        var settings = SettingsText()
        settings.profile = "sage50/stock"
        var state = ShopState.small
        state.catalogue.add(sku: "CAFE-1")
        try await Installation.with(state, settings: settings) { installation in
            let text =
                "Stock Code,Description,Warehouse,Qty In Stock,Qty Allocated,Sales Price,As At\r\nCAFE-1,\"Caf\u{E9} table\",LDS,7.00,3.00,1.00,21/11/2026\r\n"
            try installation.drop("a.csv", content: Data(text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }), minute: 1)
            _ = try await installation.tallyman("run", "stock")

            let why = try await installation.tallyman("why", "CAFE-1")
            let json = try await installation.tallyman("why", "CAFE-1", "--json").json()

            #expect(
                why.stable(in: installation.folder) == """
                    CAFE-1 · stock · main 4
                      applied in run 1 at <time>: nothing → main 4
                        main: LDS 7 - 3 = 4 → 4
                        a.csv line 2: CAFE-1,"Café table",LDS,7.00,3.00,1.00,21/11/2026
                        200 [] from source-items

                    """
            )
            let step = json.elements?.first?["steps"]?.elements?.first
            #expect(step?["records"]?.elements?.first?["line"]?.whole == 2)
            #expect(step?["formula"]?.text == "main: LDS 7 - 3 = 4 → 4")
            #expect(step?["at"]?.text?.isEmpty == false)
        }
    }

    @Test func `G6 a backup made while the WAL holds data is a whole ledger to go on with`() async throws {
        try await Self.withRejects { installation, _ in
            let backup = try await installation.tallyman("backup", "copy.db")
            let twice = try await installation.tallyman("backup", "copy.db")
            #expect(backup.exit == 0)
            #expect(twice.exit == 1, "an existing file is never overwritten: \(twice.all)")
            let before = try await installation.tallyman("runs")
            for name in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
                try? FileManager.default.removeItem(atPath: "\(installation.folder)/state/\(name)")
            }
            try FileManager.default.moveItem(atPath: "\(installation.folder)/copy.db", toPath: "\(installation.folder)/state/ledger.db")

            let after = try await installation.tallyman("runs")
            let doctor = try await installation.tallyman("doctor", "--json").json()

            #expect(after.output == before.output)
            #expect(doctor.elements?.first { $0["check"]?.text == "ledger" }?["verdict"]?.text == "good")
        }
    }
}
