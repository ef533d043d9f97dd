import Foundation
import MagentoSandbox
import TestKit
import Testing

/// A person is forgotten: no byte of hers is left below the state folder, and the books balance as before (S29).
struct EraseTests {
    private static let person = "Wilhelmina Quarterstaff"
    private static let street = "17 Canary Wharf Mews"
    private static let email = "Wilhelmina.Quarterstaff@example.test"
    private static let canaries = ["Wilhelmina", "Quarterstaff", street, "wilhelmina.quarterstaff@example.test", email, "020 7946 0199"]

    private static func order(_ number: String, _ postcode: String = "E14 5AB") -> String {
        """
        {"increment_id": "\(number)", "items": [{"sku": "BASE-CI", "qty": 1, "price": 54.5}], "tax_percent": 20, "state": "processing",
         "billing": {"firstname": "Wilhelmina", "lastname": "Quarterstaff", "street": ["\(street)"], "city": "London", "region": "London",
          "postcode": "\(postcode)", "email": "\(email)", "telephone": "020 7946 0199"},
         "shipping": {"firstname": "Wilhelmina", "lastname": "Quarterstaff", "street": ["\(street)"], "city": "London", "region": "London",
          "postcode": "\(postcode)", "email": "\(email)", "telephone": "020 7946 0199"}}
        """
    }

    /// The files below the state folder that hold one of the canaries, in whatever case.
    private static func hits(_ installation: Installation) throws -> [String] {
        let root = "\(installation.folder)/state"
        let found = FileManager.default.enumerator(atPath: root)
        var hits: [String] = []
        while let name = found?.nextObject() as? String {
            guard let content = FileManager.default.contents(atPath: "\(root)/\(name)") else { continue }
            let lowered = Data(content.map { (0x41...0x5A).contains($0) ? $0 + 32 : $0 })
            hits += canaries.filter { lowered.range(of: Data($0.lowercased().utf8)) != nil }.map { "\(name): \($0)" }
        }
        return hits
    }

    private static func acknowledge(_ installation: Installation, _ numbers: [String]) throws {
        try installation.write(numbers.map { "\($0),SO-\($0)\n" }.joined(), to: "erp/acks/ORD_000001.csv.ack")
    }

    @Test func `S29 while another process reads in the ledger erase does not say that it is done, and a later run ends it`() async throws {
        try await OrderInstallation.with { installation in
            try OrderInstallation.place(Self.order("000000777"), in: installation)
            _ = try await installation.tallyman("run", "orders")
            try Self.acknowledge(installation, ["000000101", "000000102", "000000103", "000000777"])
            _ = try await installation.tallyman("run", "orders")
            let plant =
                "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute('UPDATE change SET evidence = evidence || ?', (' for ' + sys.argv[2],)); db.commit()"
            _ = try await Python.run(plant, ["\(installation.folder)/state/ledger.db", Self.email])
            // As a backup tool or a database browser does.
            let reader = try ChildProcess([
                "/usr/bin/python3", "-u", "-c",
                "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute('BEGIN'); print(db.execute('SELECT count(*) FROM change').fetchone()); sys.stdin.read()",
                "\(installation.folder)/state/ledger.db",
            ])
            _ = reader.output { $0.contains("\n") }

            let erase = try await installation.tallyman("erase", "--email", Self.email.lowercased(), "--yes")
            let status = try await installation.tallyman("status")
            let kept = try Self.hits(installation)
            reader.closeInput()
            reader.waitForExit()
            _ = try await installation.tallyman("run", "orders")

            #expect(erase.exit == 75 && erase.output.contains("NOT DONE"), "\(erase.all)")
            #expect(!kept.isEmpty)
            #expect(status.output.contains("ERASURE-OPEN") && !status.output.contains("all is well"), "\(status.all)")
            #expect(try Self.hits(installation) == [])
            #expect(try await !installation.tallyman("status").output.contains("ERASURE-OPEN"))
        }
    }

    @Test func `S29 after erase no file of the state folder holds the person, and counts and books are as before`() async throws {
        try await OrderInstallation.with { installation in
            try OrderInstallation.place(Self.order("000000777"), in: installation)
            _ = try await installation.tallyman("run", "orders")
            try Self.acknowledge(installation, ["000000101", "000000102", "000000103", "000000777"])
            let answered = try await installation.tallyman("run", "orders")
            let before = try await installation.tallyman("show", "1", "--json").json()["tallies"]
            let planted = try Self.hits(installation)
            #expect(answered.exit == 0 && !planted.isEmpty, "\(answered.all)")

            let look = try await installation.tallyman("erase", "--email", Self.email.lowercased())
            #expect(look.output.contains("would forget orders 000000777") && look.output.contains("nothing was changed"), "\(look.all)")
            #expect(try Self.hits(installation) == planted)
            let erase = try await installation.tallyman("erase", "--email", Self.email.lowercased(), "--yes")

            #expect(erase.exit == 0 && erase.output.contains("removed here: in/ORD_000001.csv"), "\(erase.all)")
            #expect(try Self.hits(installation) == [])
            let after = try await installation.tallyman("show", "1", "--json").json()["tallies"]
            #expect(after == before)
            #expect(try await installation.query(LedgerDump.unbalanced).isEmpty)
            #expect(try await installation.query(LedgerDump.integrity) == ["('ok',)"])
            let why = try await installation.tallyman("why", "000000777")
            #expect(why.output.contains("the ERP took it as SO-000000777"), "\(why.all)")
        }
    }

    @Test func `S29 a refused order's words are forgotten by its number, and it is open no more`() async throws {
        try await OrderInstallation.with(orders: OrderInstallation.flow + "\n    orders: {shipping: {other: X}}") { installation in
            try OrderInstallation.place(Self.order("000000777"), in: installation)
            let run = try await installation.tallyman("run", "orders")
            #expect(run.exit == 3, "\(run.all)")

            let erase = try await installation.tallyman("erase", "--order", "000000777", "--yes", "--json")

            #expect(erase.exit == 0, "\(erase.all)")
            #expect(try erase.json()["records"]?.whole == 1)
            let rows = try await installation.query("SELECT value, original, queue FROM record_outcome WHERE CAST(key AS TEXT) = '000000777'")
            #expect(rows == ["(None, None, 'dismissed')"], "\(run.all)\(erase.all)")
            let open = try await installation.query("SELECT count(*) FROM record_outcome WHERE queue = 'open'")
            #expect(open == ["(3,)"], "the other orders wait as before")
            #expect(try await installation.query(LedgerDump.unbalanced).isEmpty)
            let audit = try await installation.query("SELECT action, subject FROM audit ORDER BY id DESC LIMIT 1")
            #expect(audit == ["('erase', 'orders 000000777, 1 orders')"])
        }
    }

    @Test func `S29 a rejected row and its reject file go, and a file that somebody else's record needs stays and is named`() async throws {
        try await Installation.with { installation in
            let person = "GHOST,\(Self.person) \(Self.street) <\(Self.email)>,LDS,1,0,0,1.00,21/11/2026 06:00"
            try installation.drop("one.csv", [Installation.line("A", "1"), person, Installation.line("B", "x1")], minute: 1)
            let run = try await installation.tallyman("run", "stock")
            let planted = try Self.hits(installation)
            #expect(run.exit == 3 && !planted.isEmpty, "\(run.all)")

            let first = try await installation.tallyman("erase", "--email", Self.email, "--yes")
            let dismissed = try await installation.tallyman("errors", "dismiss", "1", "2", "--because", "test")
            let second = try await installation.tallyman("erase", "--email", Self.email, "--yes")

            #expect(first.exit == 3 && first.output.contains("stays here until it is settled: out/one.csv"), "\(first.all)")
            #expect(second.exit == 0, "\(dismissed.all) \(second.all)")
            #expect(try Self.hits(installation) == [])
            #expect(try await installation.query(LedgerDump.unbalanced).isEmpty)
        }
    }

    @Test func `erase refuses what would match too much, and nobody`() async throws {
        try await Installation.with { installation in
            let nobody = try await installation.tallyman("erase")
            let email = try await installation.tallyman("erase", "--email", "a@b")
            let order = try await installation.tallyman("erase", "--order", "1")

            #expect([nobody, email, order].allSatisfy { $0.exit == 2 }, "\(email.all)")
        }
    }
}
