import Foundation
import Testing

/// A ledger that is not the one which belongs to a used state folder is an error with the way back, never a new beginning.
struct LedgerPlaceTests {
    private static let parts = ["ledger.db", "ledger.db-wal", "ledger.db-shm"]

    private static func remove(_ installation: Installation) {
        for name in parts { try? FileManager.default.removeItem(atPath: "\(installation.folder)/state/\(name)") }
    }

    private static func used(_ installation: Installation) async throws {
        try installation.drop("one.csv", [Installation.line("A", "7")], minute: 1)
        #expect(try await installation.tallyman("run", "stock").exit == 0)
        #expect(try await installation.tallyman("backup", "good.db").exit == 0)
        try installation.drop("two.csv", [Installation.line("A", "3")], minute: 2)
    }

    @Test(arguments: ["missing", "empty", "new", "missing without its mark"])
    func `F83 F103 a ledger that is gone beside a used state folder stops everything until a backup is restored`(_ what: String) async throws {
        try await Installation.with { installation in
            try await Self.used(installation)
            Self.remove(installation)
            switch what {
            case "empty": try installation.write("", to: "state/ledger.db")
            case "new":
                try await Installation.with { other in
                    #expect(try await other.tallyman("runs").exit == 0)
                    for name in Self.parts where FileManager.default.fileExists(atPath: "\(other.folder)/state/\(name)") {
                        try FileManager.default.copyItem(
                            atPath: "\(other.folder)/state/\(name)", toPath: "\(installation.folder)/state/\(name)")
                    }
                }
            case "missing without its mark": try FileManager.default.removeItem(atPath: "\(installation.folder)/state/ledger.id")
            default: break
            }

            let run = try await installation.tallyman("run", "stock")
            let status = try await installation.tallyman("status")
            let untouched = installation.quantity("A")
            let restore = try await installation.tallyman("restore", "good.db")
            let after = try await installation.tallyman("run", "stock")

            let code = what == "new" ? "LEDGER-FOREIGN" : "LEDGER-MISSING"
            #expect(run.exit == 1 && run.errors.contains(code) && run.errors.contains("tallyman restore"), "\(run.all)")
            #expect(status.exit != 0 && status.all.contains(code), "\(status.all)")
            #expect(untouched == "7" && installation.names(in: "erp/out") == [])
            #expect(restore.exit == 0 && after.exit == 0 && installation.quantity("A") == "3", "\(restore.all) \(after.all)")
        }
    }

    @Test func `F103 where there is no backup a person may say that it begins anew`() async throws {
        try await Installation.with { installation in
            try await Self.used(installation)
            Self.remove(installation)

            let both = try await installation.tallyman("restore", "good.db", "--begin-anew")
            let anew = try await installation.tallyman("restore", "--begin-anew")
            let run = try await installation.tallyman("run", "stock")

            #expect(both.exit != 0)
            #expect(anew.exit == 0 && run.exit == 0 && installation.quantity("A") == "3", "\(anew.all) \(run.all)")
            #expect(try await installation.query("SELECT action FROM audit") == ["('begin anew',)"])
        }
    }

    @Test func `F83 the log of the ledger before is never taken for a part of the restored one`() async throws {
        try await Installation.with { installation in
            try await Self.used(installation)
            #expect(try await installation.tallyman("run", "stock").exit == 0)
            // As a process that was killed leaves it: a log beside the ledger that is not yet part of it.
            let path = "\(installation.folder)/state/ledger.db"
            let script = """
                import sqlite3, sys, os
                db = sqlite3.connect(sys.argv[1])
                db.execute("PRAGMA wal_autocheckpoint = 0")
                db.execute("INSERT INTO memory VALUES ('', 'after the backup', 'x')")
                db.commit()
                os._exit(0)
                """
            _ = try await Python.run(script, [path])
            #expect(FileManager.default.fileExists(atPath: path + "-wal"))

            let restore = try await installation.tallyman("restore", "good.db")
            let known = try await installation.query("SELECT count(*) FROM memory WHERE name = 'after the backup'")
            let runs = try await installation.query("SELECT count(*) FROM run")

            #expect(restore.exit == 0, "\(restore.all)")
            #expect(known == ["(0,)"] && runs == ["(1,)"])
            #expect(try await installation.query(LedgerDump.integrity) == ["('ok',)"])
        }
    }

    @Test func `F83 a backup of another installation is not put in place`() async throws {
        try await Installation.with { installation in
            try await Self.used(installation)
            try await Installation.with { other in
                try await Self.used(other)
                let restore = try await installation.tallyman("restore", "\(other.folder)/good.db")
                #expect(restore.exit == 1 && restore.errors.contains("RESTORE-FOREIGN"), "\(restore.all)")
            }
            #expect(try await installation.tallyman("run", "stock").exit == 0)
            #expect(installation.quantity("A") == "3")
        }
    }
}
