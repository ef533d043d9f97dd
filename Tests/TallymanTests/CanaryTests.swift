import Foundation
import Glibc
import MagentoSandbox
import TestKit
import Testing

/// Reliability S7, S13: secrets and people's data that were planted never turn up where they must not be.
struct CanaryTests {
    private static let integration = Integration(
        id: 1, name: "canary", consumerKey: "ckcanary7f3a91c20000000000000001", consumerSecret: "cscanary7f3a91c20000000000000002",
        token: "tkcanary7f3a91c20000000000000003", tokenSecret: "tscanary7f3a91c20000000000000004"
    )
    private static let person = "Wilhelmina Quarterstaff"
    private static let address = "wilhelmina.quarterstaff@example.test"

    private static func secrets(_ key: SSHKeyPair) -> [String] {
        // The lines of the key's body; the head and the tail are those of every key.
        let body = key.privateText.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("-----") }.dropFirst()
        return [integration.consumerKey, integration.consumerSecret, integration.token, integration.tokenSecret, SSHServer.passphrase]
            + body.filter { $0.count > 40 }
    }

    /// The files below `folder` that hold one of `words`, as `path: word`.
    private static func hits(_ words: [String], below folder: String, leavingOut: [String] = []) throws -> [String] {
        let found = FileManager.default.enumerator(atPath: folder)
        var hits: [String] = []
        while let name = found?.nextObject() as? String {
            guard !leavingOut.contains(where: { name.hasPrefix($0) }), let content = FileManager.default.contents(atPath: "\(folder)/\(name)")
            else { continue }
            hits += words.filter { content.range(of: Data($0.utf8)) != nil }.map { "\(name): \($0)" }
        }
        return hits
    }

    private static func file(_ quantity: String) -> [String] {
        ["A,\(person) <\(address)>,LDS,\(quantity),0,0,1.00,21/11/2026 06:00", Installation.line("B", "x1"), Installation.line("GHOST", "1")]
    }

    /// The command lines of a running program, looked at until it has ended.
    private static func commandLine(_ id: pid_t) -> String {
        String(decoding: FileManager.default.contents(atPath: "/proc/\(id)/cmdline") ?? Data(), as: UTF8.self)
    }

    @Test func `S6 S7 S13 secrets and people's data stay where they belong, in success, refusal and crash`() async throws {
        let server = try SSHServer.shared.get()
        let key = server.keys.encryptedEd25519
        let folder = "canary-\(UUID().uuidString.prefix(8))"
        let remote = "\(server.home.path)/\(folder)"
        for path in [remote, "\(remote)/archive"] {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            chmod(path, 0o777)
        }
        var settings = SettingsText()
        settings.endpoint =
            "sftp: {host: 127.0.0.1, port: \(server.port), user: \(server.user), identity: {file: id}, passphrase: {env: KEY_PASSPHRASE}, host_keys: [\"\(try server.hostKeys[0].fingerprint())\"]}"
        settings.folder = folder
        settings.then = "{move: \(folder)/archive}"
        var state = ShopState.small
        state.access.integrations = [Self.integration]
        let environment = SettingsText.environment(Self.integration).merging(["KEY_PASSPHRASE": SSHServer.passphrase]) { $1 }

        try await Installation.with(state, settings: settings, environment: environment) { installation in
            try installation.write(key.privateText, to: "keys/id")
            let lookup = ["CREDENTIALS_DIRECTORY": "\(installation.folder)/keys"]
            func drop(_ name: String, _ quantity: String) throws {
                try Data(Installation.file(Self.file(quantity)).utf8).write(to: URL(fileURLWithPath: "\(remote)/\(name)"))
            }
            var endings: [Program.Ending] = []
            func run(_ arguments: String..., adding extra: [String: String] = [:]) async throws {
                endings.append(try await installation.program.run(arguments, adding: lookup.merging(extra) { $1 }))
            }

            // Success with rejects, a crash in the middle, a refused login, a refused token, a shop that fails.
            try drop("1.csv", "8")
            installation.shop.add(FaultRule(.delay(.milliseconds(300)), method: "POST", hits: 1...1))
            let started = try installation.program.start(["run", "stock"], adding: lookup)
            try await installation.firstSave()
            let commandLine = Self.commandLine(started.id)
            endings.append(await started.ending())
            try drop("2.csv", "9")
            try await run("run", "stock", adding: ["TALLYMAN_STOP_AT": "45"])
            try await run("run", "stock", adding: ["KEY_PASSPHRASE": "wrong"])
            installation.shop.withState { $0.access.integrations[0].token = "revoked0000000000000000000000000" }
            try await run("run", "stock")
            try await run("doctor")
            installation.shop.withState { $0.access.integrations[0].token = Self.integration.token }
            installation.shop.add(FaultRule(.answer(.errorReport), method: "POST"))
            try await run("run", "stock")
            installation.shop.removeFaults()
            for command in ["lint", "doctor", "status", "runs", "errors"] {
                try await run(command)
                try await run(command, "--json")
            }
            try await run("run", "stock", "--json")
            try await run("show", "1")
            try await run("show", "1", "--json")
            try await run("plan", "stock")
            try await run("errors", "show", "1")
            try await run("backup", "copy.db")

            let exits = endings.map(\.status)
            #expect(exits.contains(.signal(SIGKILL)))
            #expect(exits.contains(.exit(3)) && exits.contains(.exit(1)), "\(endings.map(\.all))")
            #expect(commandLine.contains("run"), "the program was seen while it ran")
            let words = Self.secrets(key)
            #expect(words.count >= 8)
            // The key's own file is the only place for its text.
            #expect(try Self.hits(words, below: installation.folder, leavingOut: ["keys/"]).isEmpty)
            #expect(words.allSatisfy { !commandLine.contains($0) })
            let journal = "\(installation.shop.journal.entries)"
            #expect(words.allSatisfy { !journal.contains($0) })

            let people = [Self.person, Self.address]
            #expect(try Self.hits(people, below: installation.folder, leavingOut: ["state/spool"]).isEmpty)
            #expect(people.allSatisfy { !journal.contains($0) })

            // The scan can find what is there: the spool holds the file, and so would the ledger show a planted word.
            #expect(try Self.hits(people, below: "\(installation.folder)/state/spool").count >= 2)
            #expect(try Self.hits(words, below: "\(installation.folder)/keys").isEmpty == false)
            try installation.write("x\(Self.integration.tokenSecret)x", to: "state/planted")
            #expect(try Self.hits(words, below: installation.folder, leavingOut: ["keys/"]) == ["state/planted: \(Self.integration.tokenSecret)"])
            print("canary: \(words.count) secrets and \(people.count) personal words over \(endings.count) commands, 0 hits")
        }
    }
}
