import Foundation
import MagentoSandbox
import Testing

/// A ledger of an hour ago, and everything around it of now (reliability D6, F83, F103).
struct RestoreDrillTests {
    private static let stock = [
        "  stock:", "    pull: {endpoint: erp, folder: out, files: \"*.csv\", settle: 0s, then: {move: archive}}", "    profile: generic/stock",
        "    stock: {warehouses: {LDS: main}}", "    gates: {rejected: 100%, to_zero: 100%, row_drop: 100%}",
    ]

    private static func drop(_ installation: Installation, _ name: String, _ quantity: String, minute: Int) throws {
        try installation.drop(name, ["BASE-CI", "TABLE-60"].map { Installation.line($0, quantity) }, minute: minute)
    }

    private static func quantity(_ installation: Installation, _ sku: String) -> String? { installation.quantity(sku) }

    /// Every order number in every file of the ERP's folder, with how often it is there.
    private static func exported(_ installation: Installation) -> [String: Int] {
        let files = installation.names(in: "erp/in").compactMap { FileManager.default.contents(atPath: "\(installation.folder)/erp/in/\($0)") }
        let numbers = files.flatMap { file in
            Set(String(decoding: file, as: UTF8.self).split(separator: "\r\n").dropFirst().map { String($0.prefix { $0 != "," }) })
        }
        return numbers.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    @Test func `D6 F83 F103 after a ledger of an hour ago is restored nothing is exported twice, stock converges and the books balance`() async throws
    {
        try await OrderInstallation.with(flows: Self.stock) { installation in
            try FileManager.default.createDirectory(atPath: "\(installation.folder)/erp/out", withIntermediateDirectories: true)
            try Self.drop(installation, "one.csv", "8", minute: 1)
            #expect(try await installation.tallyman("run", "stock").exit == 0)
            #expect(try await installation.tallyman("run", "orders").exit == 0)
            #expect(try await installation.tallyman("backup", "hour-ago.db").exit == 0)

            // The hour that the restored ledger knows nothing of.
            try Self.drop(installation, "two.csv", "5", minute: 30)
            #expect(try await installation.tallyman("run", "stock").exit == 0)
            try OrderInstallation.place(
                "{\"increment_id\": \"000000900\", \"items\": [{\"sku\": \"BASE-CI\"}], \"state\": \"processing\"}", in: installation,
                at: Int64(Date().timeIntervalSince1970))
            let before = Self.exported(installation).count
            #expect(try await installation.tallyman("run", "orders").exit == 0)
            #expect(Self.exported(installation).count == before + 1 && Self.quantity(installation, "TABLE-60") == "5")

            let check = try await installation.tallyman("restore", "--check", "hour-ago.db")
            #expect(check.exit == 0 && check.output.contains("1 file was received") && check.output.contains("--name two.csv"), "\(check.all)")
            #expect(check.output.contains("ORD_000002.csv, 1 document,"), "\(check.all)")
            let restore = try await installation.tallyman("restore", "hour-ago.db")
            #expect(restore.exit == 0 && restore.output.contains("reconcile --adopt"), "\(restore.all)")
            #expect(restore.output.contains("1 file was received") && restore.output.contains("--name two.csv"), "\(restore.all)")
            #expect(restore.output.contains("1 file left for the ERP") && restore.output.contains("ORD_000002.csv, 1 document,"), "\(restore.all)")
            let compared = try await installation.tallyman("reconcile", "stock", "--adopt")
            #expect(compared.exit == 3 && compared.output.contains("2 differ"), "\(compared.all)")
            // The same figures as the restored ledger remembers: without the comparison they would have stayed 5.
            try Self.drop(installation, "three.csv", "8", minute: 60)
            let stock = try await installation.tallyman("run", "stock")
            let orders = try await installation.tallyman("run", "orders")

            #expect(stock.exit == 0 && Self.quantity(installation, "TABLE-60") == "8", "\(stock.all)")
            #expect(Self.exported(installation).values.allSatisfy { $0 == 1 } && Self.exported(installation).count == before + 1, "\(orders.all)")
            #expect(try await installation.query(LedgerDump.unbalanced).isEmpty)
            let audit = try await installation.query("SELECT action, subject FROM audit WHERE action = 'restore'")
            #expect(audit == ["('restore', 'hour-ago.db')"])
            #expect(installation.names(in: "state").contains { $0.hasPrefix("ledger.db.replaced-") })
        }
    }

    @Test func `D6 F83 a file that came after the backup and is gone from the folder is not lost: restore prints the command that gives it again`()
        async throws
    {
        var settings = SettingsText()
        settings.approve = "always"
        try await Installation.with(settings: settings) { installation in
            try installation.drop("one.csv", [Installation.line("A", "7"), Installation.line("B", "8")], minute: 1)
            #expect(try await installation.tallyman("run", "stock").exit == 4)
            #expect(try await installation.tallyman("approve", "1").exit == 0)
            #expect(try await installation.tallyman("backup", "good.db").exit == 0)
            // Nobody has decided about it when the ledger goes.
            try installation.drop("two o'clock $HOME.csv", [Installation.line("A", "0"), Installation.line("B", "0")], minute: 2)
            #expect(try await installation.tallyman("run", "stock").exit == 4)
            for name in installation.names(in: "erp/out") { try? FileManager.default.removeItem(atPath: "\(installation.folder)/erp/out/\(name)") }

            let restore = try await installation.tallyman("restore", "good.db")
            let command = try #require(restore.output.split(separator: "\n").first { $0.hasPrefix("  tallyman run stock --file ") }, "\(restore.all)")
            let variables = installation.program.environment.map { "\($0)=\($1)" }
            let typed =
                "cd \(installation.folder) && "
                + command.trimmingCharacters(in: .whitespaces).replacing("tallyman run", with: "\(Program.file) run", maxReplacements: 1)
            _ = try? await Command.run(["env"] + variables + ["bash", "-c", typed])
            let held = try await installation.query(
                "SELECT r.state, CAST(d.name AS TEXT), d.modified FROM run r JOIN delivery d ON d.id = r.delivery WHERE r.state = 'held'")
            let approved = try await installation.tallyman("approve", "2")

            #expect(held.count == 1 && held[0].contains("two o'clock $HOME.csv"), "\(restore.all) \(held)")
            #expect(approved.exit == 0 && installation.quantity("A") == "0", "\(approved.all)")
        }
    }

    @Test func `D6 E5 a file that the disk has damaged since is not given again: restore says so, and run refuses it`() async throws {
        try await Installation.with { installation in
            try installation.drop("one.csv", [Installation.line("A", "7")], minute: 1)
            #expect(try await installation.tallyman("run", "stock").exit == 0)
            #expect(try await installation.tallyman("backup", "good.db").exit == 0)
            try installation.drop("two.csv", [Installation.line("A", "3")], minute: 2)
            #expect(try await installation.tallyman("run", "stock").exit == 0)
            let hash = try #require(
                try await installation.query("SELECT hash FROM delivery ORDER BY id DESC LIMIT 1").first?.split(separator: "'").dropFirst().first)
            let path = "\(installation.folder)/state/spool/\(hash)"
            var bytes = try #require(FileManager.default.contents(atPath: path))
            // The quantity 3 becomes 7: the file still reads well.
            let place = try #require(bytes.firstRange(of: Data(",3,".utf8))).lowerBound + 1
            bytes[place] = UInt8(ascii: "9")
            try bytes.write(to: URL(fileURLWithPath: path))

            let restore = try await installation.tallyman("restore", "good.db")
            let typed = try await installation.tallyman("run", "stock", "--file", path, "--name", "two.csv", "--written", "2026-11-20T06:02:00Z")

            #expect(restore.exit == 0 && restore.output.contains("two.csv of stock: its bytes were damaged on the disk"), "\(restore.all)")
            #expect(typed.exit != 0 && typed.errors.contains("SPOOL-DAMAGED"), "\(typed.all)")
            #expect(installation.quantity("A") == "3")
        }
    }

    @Test func `F83 a restore can be tried without changing anything, and says what the backup holds`() async throws {
        try await Installation.with { installation in
            try installation.drop("one.csv", [Installation.line("A", "7")], minute: 1)
            _ = try await installation.tallyman("run", "stock")
            #expect(try await installation.tallyman("backup", "good.db").exit == 0)
            try installation.drop("two.csv", [Installation.line("A", "3")], minute: 2)
            _ = try await installation.tallyman("run", "stock")
            try installation.write(String(repeating: "no ledger at all ", count: 20), to: "broken.db")

            let good = try await installation.tallyman("restore", "--check", "good.db")
            let broken = try await installation.tallyman("restore", "--check", "broken.db")
            let runs = try await installation.tallyman("runs", "--json").json()

            #expect(good.exit == 0 && good.output.contains("its newest run is 1 of stock"), "\(good.all)")
            #expect(broken.exit == 1 && broken.errors.contains("LEDGER-DAMAGED"), "\(broken.all)")
            #expect(runs.elements?.count == 2)
            #expect(!installation.names(in: "state").contains { $0.contains(".new") || $0.contains("replaced") })
        }
    }

    @Test func `backup without a file writes into the folder of the settings, or says what to add`() async throws {
        try await Installation.with { installation in
            let nowhere = try await installation.tallyman("backup")
            #expect(nowhere.exit == 1 && nowhere.errors.contains("BACKUP-NOWHERE"), "\(nowhere.all)")
            let settings = try String(contentsOfFile: "\(installation.folder)/tallyman.yaml", encoding: .utf8)
            try installation.write(settings + "\nbackup: {at: \"02:15\", keep: 2, folder: copies}\n", to: "tallyman.yaml")

            let first = try await installation.tallyman("backup")
            let second = try await installation.tallyman("backup")

            #expect(first.exit == 0 && second.exit == 0, "\(first.all) \(second.all)")
            #expect(installation.names(in: "copies").count == 2)
        }
    }

    @Test func `F83 a backup that is damaged, or is none, is not put in place`() async throws {
        try await Installation.with { installation in
            try installation.drop("one.csv", [Installation.line("A", "7")], minute: 1)
            _ = try await installation.tallyman("run", "stock")
            try installation.write(
                "this is no ledger at all, and it is longer than a header of one hundred bytes would have to be to count as such", to: "broken.db")

            let broken = try await installation.tallyman("restore", "broken.db")
            let missing = try await installation.tallyman("restore", "nowhere.db")
            let runs = try await installation.tallyman("runs", "--json").json()

            #expect(broken.exit == 1 && broken.errors.contains("LEDGER-DAMAGED"), "\(broken.all)")
            #expect(missing.exit == 1 && missing.errors.contains("RESTORE-MISSING"))
            #expect(runs.elements?.count == 1)
            #expect(!installation.names(in: "state").contains { $0.contains(".new") || $0.contains("replaced") })
        }
    }

    @Test func `F83 a ledger that is smashed is refused, and nothing is sent, until the backup is restored`() async throws {
        try await Installation.with { installation in
            try installation.drop("one.csv", [Installation.line("A", "7")], minute: 1)
            _ = try await installation.tallyman("run", "stock")
            _ = try await installation.tallyman("backup", "good.db")
            let path = "\(installation.folder)/state/ledger.db"
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
            let file = try #require(FileHandle(forWritingAtPath: path))
            try file.write(contentsOf: Data(repeating: 0x5A, count: 4096))
            try file.close()
            try installation.drop("two.csv", [Installation.line("A", "3")], minute: 2)

            let run = try await installation.tallyman("run", "stock")
            let untouched = installation.quantity("A")
            let restore = try await installation.tallyman("restore", "good.db")
            let after = try await installation.tallyman("run", "stock")

            #expect(run.exit == 1 && run.errors.contains("LEDGER-DAMAGED") && untouched == "7", "\(run.all)")
            #expect(restore.exit == 0 && after.exit == 0 && installation.quantity("A") == "3", "\(restore.all) \(after.all)")
        }
    }
}
