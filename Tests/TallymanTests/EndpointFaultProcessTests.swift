import Foundation
import MagentoSandbox
import Glibc
import TestKit
import Testing

/// The program against an ERP's server that refuses, changes or misleads.
struct EndpointFaultProcessTests {
    /// An SFTP account with a folder of its own that holds one file.
    private struct Account {
        let server: SSHServer
        let folder: String
        var path: String { "\(server.home.path)/\(folder)" }

        init(_ server: SSHServer) throws {
            self.server = server
            folder = "f-\(UUID().uuidString.prefix(8))"
            for name in ["", "/archive"] {
                try FileManager.default.createDirectory(atPath: "\(path)\(name)", withIntermediateDirectories: true)
                chmod("\(path)\(name)", 0o777)
            }
            try Data(Installation.file([Installation.line("A", "8")]).utf8).write(to: URL(fileURLWithPath: "\(path)/one.csv"))
            try Installation.setTime(of: "\(path)/one.csv", minute: 1)
        }

        func settings(pin: String? = nil, port: Int? = nil, transport: String = "libssh2") throws -> SettingsText {
            var settings = SettingsText()
            let fingerprint = try pin ?? server.hostKeys[0].fingerprint()
            settings.endpoint =
                "sftp: {host: 127.0.0.1, port: \(port ?? server.port), user: \(server.user), identity: {file: id}, host_keys: [\"\(fingerprint)\"], transport: \(transport)}"
            settings.folder = folder
            settings.then = "{move: \(folder)/archive}"
            return settings
        }

        func names(_ name: String = "") -> [String] {
            ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(name)")) ?? []).sorted()
        }
    }

    private static func with<Result>(
        _ account: Account, key: SSHKeyPair? = nil, settings: SettingsText? = nil, _ body: (Installation) async throws -> Result
    ) async throws -> Result {
        try await Installation.with(settings: settings ?? account.settings()) { installation in
            try installation.write((key ?? account.server.keys.ed25519).privateText, to: "secrets/id")
            return try await body(installation)
        }
    }

    @Test func `a file comes over SFTP, is applied and archived`() async throws {
        let account = try Account(SSHServer.shared.get())
        try await Self.with(account) { installation in
            let run = try await installation.tallyman("run", "stock")

            #expect(run.exit == 0, "\(run.all)")
            #expect(installation.commits == ["A@main=8/1"])
            #expect(account.names() == ["archive"])
            #expect(account.names("archive") == ["one.csv"])
        }
    }

    @Test func `F21 doctor names the second transport for a server and a key of RSA, and with it the file comes`() async throws {
        var options = SSHServer.Options()
        options.hostKeys = [.rsa]
        let account = try Account(SSHServer(options))
        let keys = account.server.keys
        for key in [keys.ed25519, keys.rsa] {
            try await Self.with(account, key: key) { installation in
                let doctor = try await installation.tallyman("doctor")

                #expect(doctor.exit != 0 && doctor.all.contains("transport: openssh"), "\(doctor.all)")
            }
        }
        try await Self.with(account, key: keys.rsa, settings: account.settings(transport: "openssh")) { installation in
            let run = try await installation.tallyman("run", "stock")

            #expect(run.exit == 0, "\(run.all)")
            #expect(installation.commits == ["A@main=8/1"])
            #expect(account.names("archive") == ["one.csv"])
        }
    }

    @Test(.enabled(if: QuirkyServer.isPresent, "needs /usr/bin/python3"), arguments: ["libssh2", "openssh"])
    func `a server that says neither kind, size nor time loses nothing: a rewrite of equal size is applied, and no run applies it twice`(
        _ transport: String
    ) async throws {
        let account = try Account(QuirkyServer.start(["no-type", "no-size", "no-time"]))
        var settings = try account.settings(transport: transport)
        settings.then = "leave"
        try await Self.with(account, settings: settings) { installation in
            for (quantity, expected) in [("8", ["A@main=8/1"]), ("8", ["A@main=8/1"]), ("9", ["A@main=8/1", "A@main=9/1"])] {
                try Data(Installation.file([Installation.line("A", quantity)]).utf8).write(to: URL(fileURLWithPath: "\(account.path)/one.csv"))
                let run = try await installation.tallyman("run", "stock")

                #expect(run.exit == 0, "\(run.all)")
                #expect(installation.commits == expected)
            }
            let last = try await installation.tallyman("run", "stock")
            #expect(last.exit == 0 && installation.commits.count == 2, "\(last.all)")
            #expect(!(try await installation.tallyman("runs")).all.contains("1970"))
        }
    }

    @Test func `names that miss the pattern or differ by the case of letters alone are told of, never passed over in silence`() async throws {
        let account = try Account(SSHServer.shared.get())
        for name in ["LATE.CSV", "ONE.csv"] {
            try Data(Installation.file([Installation.line("A", "8")]).utf8).write(to: URL(fileURLWithPath: "\(account.path)/\(name)"))
        }
        try await Self.with(account) { installation in
            let run = try await installation.tallyman("run", "stock")

            #expect(run.all.contains("LATE.CSV is not taken: *.csv matches it but for the case of its letters"), "\(run.all)")
            #expect(run.all.contains("differ by the case of letters only"), "\(run.all)")
        }
    }

    @Test func `F1 a server that is not there ends with 75 and leaves no trace`() async throws {
        let account = try Account(SSHServer.shared.get())
        let refusing = RefusingPort()
        defer { withExtendedLifetime(refusing) {} }
        try await Self.with(account, settings: account.settings(port: refusing.number)) { installation in
            let run = try await installation.tallyman("run", "stock")
            let runs = try await installation.tallyman("runs")

            #expect(run.exit == 75, "\(run.all)")
            #expect(run.errors.contains("ENDPOINT-CONNECT"))
            #expect(runs.output == "")
            #expect(installation.shop.journal.entries.isEmpty)
        }
    }

    @Test func `F11 a removed key ends with 1 after a single login`() async throws {
        let keys = TemporaryFolder()
        let unknown = try SSHKeyPair(.ed25519, in: keys, named: "stranger")
        let server = try SSHServer()
        let account = try Account(server)
        try await Self.with(account, key: unknown) { installation in
            let run = try await installation.tallyman("run", "stock")

            #expect(run.exit == 1, "\(run.all)")
            #expect(installation.shop.journal.entries.isEmpty)
            server.stop()
            let log = server.log(until: "Connection closed by authenticating user")
            #expect(log.components(separatedBy: "Connection from ").count - 1 == 1, "\(log)")
        }
    }

    @Test func `F19 an exchanged host key ends with 1 and shows both fingerprints`() async throws {
        let account = try Account(SSHServer.shared.get())
        let keys = TemporaryFolder()
        let former = try SSHKeyPair(.ed25519, in: keys, named: "former").fingerprint()
        try await Self.with(account, settings: account.settings(pin: former)) { installation in
            let run = try await installation.tallyman("run", "stock")

            #expect(run.exit == 1, "\(run.all)")
            #expect(run.errors.contains(former), "\(run.all)")
            let present = try account.server.hostKeys.map { try $0.fingerprint() }
            #expect(present.contains { run.errors.contains($0) }, "\(run.all)")
            #expect(account.names() == ["archive", "one.csv"])
        }
    }

    @Test(.enabled(if: SSHServer.isIsolated, "rights are checked only for another user"))
    func `F17 a file that cannot be archived is told, remembered, and not applied again`() async throws {
        let account = try Account(SSHServer.shared.get())
        chmod("\(account.path)/archive", 0o555)
        try await Self.with(account) { installation in
            let first = try await installation.tallyman("run", "stock")
            let second = try await installation.tallyman("run", "stock")
            chmod("\(account.path)/archive", 0o777)
            let third = try await installation.tallyman("run", "stock")

            #expect(first.exit == 1, "\(first.all)")
            #expect(first.output.contains("stock: 1 read = 1 applied"), "what was done is told: \(first.all)")
            #expect(first.errors.contains("archive"), "\(first.all)")
            #expect(second.exit == 1, "\(second.all)")
            #expect(third.exit == 0, "\(third.all)")
            #expect(installation.commits == ["A@main=8/1"])
            #expect(account.names("archive") == ["one.csv"])
        }
    }

    @Test func `F14 one file whose name is taken in the archive does not keep the others from it`() async throws {
        try await Installation.with { installation in
            try installation.write("other content", to: "erp/archive/one.csv")
            try installation.drop("one.csv", [Installation.line("A", "8")], minute: 1)
            try installation.drop("two.csv", [Installation.line("A", "9")], minute: 2)

            let run = try await installation.tallyman("run", "stock")

            #expect(run.exit == 1, "\(run.all)")
            #expect(run.errors.contains("TARGET-EXISTS"), "\(run.all)")
            #expect(installation.names(in: "erp/out") == ["one.csv"])
            #expect(installation.names(in: "erp/archive") == ["one.csv", "two.csv"])
            #expect(installation.quantity("A") == "9")
        }
    }

    private static let folders: [(make: String, code: String)] = [
        ("rm -r out", "FOLDER-MISSING"), ("rm -r out && touch out", "FOLDER-EXPECTED"),
        ("mv out real && ln -s real out", "FOLDER-EXPECTED"),
    ]

    @Test(arguments: folders.indices)
    func `F18 a folder that is missing, a file or a link is an error, not an empty folder`(index: Int) async throws {
        try await Installation.with { installation in
            try await Command.run(["/bin/sh", "-c", "cd \(installation.folder)/erp && \(Self.folders[index].make)"])

            let run = try await installation.tallyman("run", "stock")

            #expect(run.exit == 1, "\(run.all)")
            #expect(run.errors.contains(Self.folders[index].code), "\(run.all)")
            #expect(!run.output.contains("0 files"))
        }
    }

    @Test func `F29 F30 a file that grows and shrinks between looks waits, and is then taken once and whole`() async throws {
        var settings = SettingsText()
        settings.settle = "1s"
        try await Installation.with(settings: settings) { installation in
            try installation.drop("one.csv", [Installation.line("A", "1")], minute: 1)
            let first = try await installation.tallyman("run", "stock", "--wait", "0s")
            try installation.drop("one.csv", ["A", "B"].map { Installation.line($0, "8") }, minute: 1)
            let grown = try await installation.tallyman("run", "stock", "--wait", "0s")
            try installation.drop("one.csv", [Installation.line("B", "9")], minute: 1)
            let shrunk = try await installation.tallyman("run", "stock", "--wait", "0s")

            let last = try await installation.tallyman("run", "stock")

            for look in [first, grown, shrunk] {
                #expect(look.exit == 75, "\(look.all)")
                #expect(look.output == "waiting · one.csv: waiting for its steadiness\n")
            }
            #expect(last.exit == 0, "\(last.all)")
            #expect(installation.commits == ["B@main=9/1"])
        }
    }

    @Test func `B9 a control file that contradicts its file sets that one aside, and the next goes through`() async throws {
        var settings = SettingsText()
        settings.done = "${name}.done"
        try await Installation.with(settings: settings) { installation in
            try installation.drop("one.csv", [Installation.line("A", "1")], minute: 1)
            try installation.write(String(repeating: "0", count: 64), to: "erp/out/one.csv.done")
            let refused = try await installation.tallyman("run", "stock")
            try installation.drop("two.csv", [Installation.line("A", "8")], minute: 2)
            try installation.write("1", to: "erp/out/two.csv.done")

            let run = try await installation.tallyman("run", "stock")

            #expect(refused.exit == 1, "\(refused.all)")
            #expect(refused.output.contains("FILE-HASH"), "\(refused.all)")
            #expect(run.exit == 0, "\(run.all)")
            #expect(installation.commits == ["A@main=8/1"])
        }
    }
}
