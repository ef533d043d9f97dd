import Foundation
import Glibc
import MagentoSandbox
import TestKit
import Testing

/// `doctor` finds out what a server can do, runs work by it, and `status` shows it.
struct ServerProbeCommandTests {
    private struct Account {
        let server: SSHServer
        var home: String { server.home.path }

        init(_ server: SSHServer) throws {
            self.server = server
            for name in ["out", "out/archive", "probe"] {
                try FileManager.default.createDirectory(atPath: "\(home)/\(name)", withIntermediateDirectories: true)
                chmod("\(home)/\(name)", 0o777)
            }
        }

        func settings(port: Int? = nil, user more: String = "", hostKey: Int = 0) throws -> SettingsText {
            var settings = SettingsText()
            settings.endpoint =
                "sftp: {host: 127.0.0.1, port: \(port ?? server.port), user: \(server.user), identity: {file: id}, "
                + "host_keys: [\"\(try server.hostKeys[hostKey].fingerprint())\"], transport: openssh\(more)}"
            settings.then = "{move: out/archive}"
            return settings
        }

        func drop(_ name: String) throws {
            try Data(Installation.file([Installation.line("A", "8")]).utf8).write(to: URL(fileURLWithPath: "\(home)/out/\(name)"))
            try Installation.setTime(of: "\(home)/out/\(name)", minute: 1)
        }

        var probeNames: [String] { (try? FileManager.default.contentsOfDirectory(atPath: "\(home)/probe")) ?? ["no folder"] }
    }

    private static func with(_ account: Account, _ settings: SettingsText, _ body: (Installation) async throws -> Void) async throws {
        try await Installation.with(settings: settings) { installation in
            try installation.write(account.server.keys.ed25519.privateText, to: "secrets/id")
            try await body(installation)
        }
    }

    private static func erp(_ installation: Installation) async throws -> JSONValue? {
        try await installation.tallyman("status", "--json").json()["endpoints"]?.elements?.first
    }

    @Test func `doctor probes a server in the folder of the settings, keeps what it finds, and status shows it`() async throws {
        let account = try Account(SSHServer())
        try await Self.with(account, try account.settings(user: ", probe_folder: probe")) { installation in
            #expect(try await Self.erp(installation)?["state"]?.text == "never")
            let doctor = try await installation.tallyman("doctor", "--json")
            let line = try doctor.json().elements?.first { $0["check"]?.text == "probe erp" }

            #expect(line?["verdict"]?.text == "good", "\(doctor.all)")
            let text = line?["text"]?.text ?? ""
            for part in [
                "rename: yes", "posix-rename: yes", "fsync: yes", "limits: packet", "time precision: 1 s", "case sensitive: yes", "clock: as ours",
            ] {
                #expect(text.contains(part), "\(part) in \(text)")
            }
            #expect(account.probeNames.isEmpty)
            let erp = try #require(try await Self.erp(installation))
            #expect(erp["state"]?.text == "probed" && erp["folder"]?.text == "probe")
            #expect(erp["banner"]?.text?.hasPrefix("SSH-2.0-OpenSSH") == true && erp["hostKey"]?.text?.hasPrefix("SHA256:") == true)
            let words = try await installation.tallyman("status").output
            #expect(words.contains("endpoint erp: SSH-2.0-OpenSSH") && words.contains("does everything that was tried"), "\(words)")

            try installation.write(try account.settings(user: ", probe_folder: probe, idle_deadline: 20s, legacy_algorithms: [hmac-sha1]"))
            #expect(try await Self.erp(installation)?["state"]?.text == "outdated")
            #expect(try await installation.tallyman("status").output.contains("by other settings"))
        }
    }

    @Test func `without a folder for it doctor writes nothing, says so, and keeps what it could ask`() async throws {
        let account = try Account(SSHServer())
        try await Self.with(account, try account.settings()) { installation in
            let line = try await installation.tallyman("doctor", "--json").json().elements?.first { $0["check"]?.text == "probe erp" }

            #expect(line?["verdict"]?.text == "good" && line?["text"]?.text?.contains("probe_folder") == true && line?["fix"]?.text == "")
            #expect(line?["text"]?.text?.contains("unknown") == false)
            #expect(try await installation.tallyman("status").output.contains("nothing was tried by writing"))
        }
    }

    @Test func `a run that meets another server probes it first, a preview never does`() async throws {
        let account = try Account(QuirkyServer.start(["no-rename"]))
        try await Self.with(account, try account.settings(user: ", probe_folder: probe")) { installation in
            try account.drop("one.csv")
            let plan = try await installation.tallyman("plan", "stock")
            #expect(plan.exit == 0, "\(plan.all)")
            #expect(try await Self.erp(installation)?["state"]?.text == "never")

            _ = try await installation.tallyman("run", "stock")
            let found = try #require(try await Self.erp(installation))
            #expect(found["found"]?["renames"] == .bool(false), "\(found)")
            #expect(installation.commits == ["A@main=8/1"])
            #expect(account.probeNames.isEmpty)
            let told = try await installation.tallyman("status").output
            #expect(told.contains("no renames, no posix-rename, no fsync"), "\(told)")
        }
    }

    @Test func `doctor names the flow that renames on a server which does not, and the folder that two use`() async throws {
        let account = try Account(QuirkyServer.start(["no-rename"]))
        var settings = try account.settings(user: ", probe_folder: out")
        settings.lines = [
            "  orders:", "    push: {endpoint: erp, folder: probe, name: \"ORD_{batch}.csv\"}", "    profile: generic/orders",
            "    select: {states: {\"*\": processing}}", "    orders: {accounts: {guest: WEB}}",
        ]
        try await Self.with(account, settings) { installation in
            let lines = try await installation.tallyman("doctor", "--json").json().elements ?? []

            let orders = lines.first { $0["check"]?.text == "probe erp orders" }
            #expect(orders?["verdict"]?.text == "failed" && orders?["fix"]?.text?.contains("rename: none") == true, "\(lines)")
            let stock = lines.first { $0["check"]?.text == "probe erp stock" }
            #expect(stock?["verdict"]?.text == "warning" && stock?["text"]?.text?.contains("is the folder of flow stock") == true)
        }
    }

    @Test func `doctor --idle sees a server that cuts silent connections`() async throws {
        let account = try Account(QuirkyServer.start(["cuts-idle"]))
        try await Self.with(account, try account.settings()) { installation in
            let refused = try await installation.tallyman("doctor", "--idle", "soon")
            let line = try await installation.tallyman("doctor", "--json", "--idle", "3s").json().elements?.first {
                $0["check"]?.text == "probe erp"
            }

            #expect(refused.exit != 0 && refused.all.contains("--idle is a duration"))
            #expect(line?["text"]?.text?.contains("idle cut: after ") == true, "\(String(describing: line))")
            #expect(try await installation.tallyman("status").output.contains("silent connections are cut after"))
        }
    }
}
