import Domain
import Endpoints
import Foundation
import Glibc
import MagentoSandbox
import TestKit
import Testing

@testable import tallyman

/// The pins of servers as operations: shown, added, ended, with who confirmed them.
struct HostKeyCommandTests {
    /// A server on one port whose key is exchanged, with one file to fetch.
    private final class Rotation {
        let home = TemporaryFolder()
        let keyFolders = [TemporaryFolder(), TemporaryFolder()]
        private(set) var server: SSHServer
        let fingerprints: [String]

        init() throws {
            for name in ["out", "out/archive"] {
                try FileManager.default.createDirectory(atPath: "\(home.path)/\(name)", withIntermediateDirectories: true)
                chmod("\(home.path)/\(name)", 0o777)
            }
            fingerprints = try keyFolders.map { try SSHKeyPair(.ed25519, in: $0, named: "host-ed25519").fingerprint() }
            server = try Self.start(home, keyFolders[0], port: 0)
        }

        private static func start(_ home: TemporaryFolder, _ keys: TemporaryFolder, port: Int) throws -> SSHServer {
            var options = SSHServer.Options()
            (options.hostKeys, options.hostKeyFolder, options.home, options.port) = ([.ed25519], keys, home, port)
            return try SSHServer(options)
        }

        /// The same server with the key of that number.
        func show(_ key: Int) throws {
            let port = server.port
            server.stop()
            server = try Self.start(home, keyFolders[key], port: port)
        }

        func settings(keys: String) -> SettingsText {
            var settings = SettingsText()
            settings.endpoint =
                "# The ERP's server; ask Ann.\n    sftp:\n      host: 127.0.0.1 # ours\n      port: \(server.port)\n      user: \(server.user)\n"
                + "      identity: {file: id}\n      host_keys: \(keys)\n      # Behind the keys."
            settings.then = "{move: out/archive}"
            return settings
        }

        func drop(_ name: String, quantity: String, minute: Int) throws {
            let path = "\(home.path)/out/\(name)"
            try Data(Installation.file([Installation.line("A", quantity)]).utf8).write(to: URL(fileURLWithPath: path))
            try Installation.setTime(of: path, minute: minute)
        }
    }

    private func rows(_ installation: Installation) async throws -> [String] {
        (try await installation.tallyman("hostkey", "show", "--json").json().elements ?? []).map { row in
            "\(row["key"]?.text ?? "") \(row["pinned"] == .bool(true)) \(row["offered"] == .bool(true)) \(row["confirmedBy"]?.text ?? "nobody")"
        }
    }

    @Test(arguments: ["[\"KEY\"]", "[\"KEY\",   # the first one\n        ]", "\n        - KEY  # the first one", "'KEY' # alone"])
    func `F19 a host key is exchanged: refused, shown, added by somebody who confirmed it, both good, the old one ended and refused`(
        form: String
    ) async throws {
        let rotation = try Rotation()
        let (old, new) = (rotation.fingerprints[0], rotation.fingerprints[1])
        let settings = rotation.settings(keys: form.replacing("KEY", with: old))
        try await Installation.with(settings: settings) { installation in
            try installation.write(rotation.server.keys.ed25519.privateText, to: "secrets/id")
            let file = "\(installation.folder)/tallyman.yaml"
            let before = try String(contentsOfFile: file, encoding: .utf8)
            let comments: [String] = before.split(separator: "\n").compactMap { line in line.firstIndex(of: "#").map { String(line[$0...]) } }
            func run() async throws -> Program.Ending { try await installation.tallyman("run", "stock") }
            func keepsComments() throws -> Bool {
                let text = try String(contentsOfFile: file, encoding: .utf8)
                return comments.allSatisfy { text.contains($0) }
            }
            #expect(try await rows(installation) == ["\(old) true true nobody"])

            try rotation.show(1)
            try rotation.drop("one.csv", quantity: "8", minute: 1)
            let refused = try await run()
            #expect(refused.exit != 0 && refused.all.contains("HOST-KEY-MISMATCH"), "\(refused.all)")
            #expect(try await rows(installation) == ["\(old) true false nobody", "\(new) false true nobody"])
            #expect(try await installation.tallyman("hostkey", "show").output.contains("hostkey add erp \(new)"))

            let dry = try await installation.tallyman("hostkey", "add", "erp", new, "--because", "Ann, by telephone", "--dry-run")
            #expect(dry.exit == 0 && dry.output.contains("+ ") && dry.output.contains(new), "\(dry.all)")
            #expect(try String(contentsOfFile: file, encoding: .utf8) == before)

            let added = try await installation.tallyman(
                "hostkey", "add", "erp", new, "--because", "Ann, by telephone", adding: ["SUDO_USER": "olive"])
            #expect(added.exit == 0, "\(added.all)")
            #expect(try await rows(installation) == ["\(old) true false nobody", "\(new) true true olive"])
            #expect(try keepsComments())
            #expect(try await run().exit == 0)
            try rotation.show(0)
            try rotation.drop("two.csv", quantity: "9", minute: 2)
            #expect(try await run().exit == 0, "both keys are good")
            #expect(installation.commits == ["A@main=8/1", "A@main=9/1"])

            let early = try await installation.tallyman("hostkey", "rotate", "erp")
            #expect(early.exit != 0 && early.all.contains("HOST-KEY-KEPT") && early.all.contains("still shows the old key"), "\(early.all)")
            try rotation.show(1)
            let rotated = try await installation.tallyman("hostkey", "rotate", "erp", "--because", "it is done", adding: ["SUDO_USER": "olive"])
            #expect(rotated.exit == 0, "\(rotated.all)")
            #expect(try await rows(installation) == ["\(new) true true olive"])
            #expect(try keepsComments())
            try rotation.drop("three.csv", quantity: "7", minute: 3)
            #expect(try await run().exit == 0)
            try rotation.show(0)
            let ended = try await run()
            #expect(ended.exit != 0 && ended.all.contains("HOST-KEY-MISMATCH"), "\(ended.all)")

            let audit = try await installation.tallyman("audit", "--json").json().elements ?? []
            #expect(audit.map { $0["action"]?.text } == ["hostkey-rotate", "hostkey-add"])
            #expect(audit.allSatisfy { $0["who"]?.text == "olive" && $0["subject"]?.text == "erp" })
            #expect(audit.last?["detail"]?.text == "\(new): Ann, by telephone")
            #expect(try await installation.tallyman("audit", "--verify").exit == 0)
        }
    }

    @Test func `what cannot be a rotation changes nothing and says why`() async throws {
        let rotation = try Rotation()
        let (old, new) = (rotation.fingerprints[0], rotation.fingerprints[1])
        try await Installation.with(settings: rotation.settings(keys: "[\"\(old)\"]")) { installation in
            try installation.write(rotation.server.keys.ed25519.privateText, to: "secrets/id")
            let file = "\(installation.folder)/tallyman.yaml"
            let before = try String(contentsOfFile: file, encoding: .utf8)
            func refused(_ arguments: [String], _ word: String) async throws {
                let ending = try await installation.program.run(arguments, adding: [:])
                #expect(ending.exit != 0 && ending.all.contains(word), "\(arguments): \(ending.all)")
                #expect(try String(contentsOfFile: file, encoding: .utf8) == before)
            }
            try await refused(["hostkey", "rotate", "erp"], "nothing can end")
            try await refused(["hostkey", "add", "erp", "SHA256:short", "--because", "x"], "43 characters")
            try await refused(["hostkey", "add", "erp", new, "--because", "  "], "--because")
            try await refused(["hostkey", "add", "nowhere", new, "--because", "x"], "ENDPOINT-UNKNOWN")
            let again = try await installation.tallyman("hostkey", "add", "erp", old, "--because", "x")
            #expect(again.exit == 0 && again.output.contains("pinned already"))
            #expect(try String(contentsOfFile: file, encoding: .utf8) == before)

            #expect(try await installation.tallyman("hostkey", "add", "erp", new, "--because", "x").exit == 0)
            let both = try String(contentsOfFile: file, encoding: .utf8)
            rotation.server.stop()
            for arguments in [
                ["hostkey", "rotate", "erp"], ["hostkey", "rotate", "erp", "--to", new], ["hostkey", "rotate", "erp", "--from", old],
            ] {
                let ending = try await installation.program.run(arguments, adding: [:])
                #expect(ending.exit != 0 && ending.all.contains("could not be asked"), "\(ending.all)")
            }
            #expect(try String(contentsOfFile: file, encoding: .utf8) == both)
        }
    }

    // MARK: The text of the settings

    private static let pins = ["A", "B", "C"].map { "SHA256:" + String(repeating: $0, count: 43) }

    private func edit(_ hostKeys: String, lineEnding: String = "\n", _ change: (PinnedKeys) throws -> String) throws -> String {
        let folder = TemporaryFolder()
        let text = """
            # A shop — with words of other lands: Ünïcödé.
            shop: test
            state: state
            magento: {url: https://shop.example, oauth1: {consumer_key: {env: A}, consumer_secret: {env: B}, access_token: {env: C}, access_token_secret: {env: D}}}
            endpoints:
              other: {sftp: {host: h, user: u, password: {env: P}, host_keys: ["\(Self.pins[0])"]}}
            \(hostKeys)
            flows: {}

            """.replacing("\n", with: lineEnding)
        folder.write("tallyman.yaml", text.utf8)
        let settings = try Settings(path: "\(folder.path)/tallyman.yaml", environment: [:])
        let keys = try PinnedKeys("erp", in: settings)
        let edited = try change(keys)
        let after = try change(keys)
        #expect(edited == after)
        // Proven as the command proves it.
        let expected = try expectedPins(edited)
        _ = try keys.write(edited, expecting: expected)
        return String(decoding: folder.read("tallyman.yaml") ?? [], as: UTF8.self)
    }

    private func expectedPins(_ text: String) throws -> [HostKeyFingerprint] {
        text.split(whereSeparator: \.isNewline).drop { !$0.contains("erp:") }.flatMap { line in
            line.split(whereSeparator: { " ,[]{}'\"#-".contains($0) }).filter { $0.hasPrefix("SHA256:") }.compactMap {
                HostKeyFingerprint(String($0))
            }
        }
    }

    @Test(arguments: ["\n", "\r\n"])
    func `pins are added and ended in every form a list has, and every other byte stays`(lineEnding: String) throws {
        let (a, b, c) = (Self.pins[0], Self.pins[1], Self.pins[2])
        let pin = try #require(HostKeyFingerprint(c))
        func flow(_ keys: String) -> String { "  erp: {sftp: {host: h, user: u, password: {env: P}, host_keys: \(keys), port: 2222}} # end" }
        func block(_ keys: String) -> String {
            "  erp:\n    sftp:\n      host: h\n      user: u # who\n      password: {env: P}\n      host_keys:\(keys)\n      # behind\n      port: 2222"
        }
        let added = [
            (flow("[\"\(a)\"]"), flow("[\"\(a)\", \"\(c)\"]")), (flow("[\(a), '\(b)']"), flow("[\(a), '\(b)', \"\(c)\"]")),
            (flow(a), flow("[\(a), \"\(c)\"]")), (block(" \(a)  # alone"), block(" [\(a), \"\(c)\"]  # alone")),
            (block("\n        - \(a) # first"), block("\n        - \(a) # first\n        - \"\(c)\"")),
            (block("\n      - \(a)\n      - '\(b)'"), block("\n      - \(a)\n      - '\(b)'\n      - \"\(c)\"")),
        ]
        for (before, after) in added {
            let edited = try edit(before, lineEnding: lineEnding) { try $0.adding(pin) }
            #expect(edited.contains(after.replacing("\n", with: lineEnding)), "\(edited)")
            #expect(edited.contains("Ünïcödé") && edited.hasSuffix("flows: {}\(lineEnding)"))
        }
        let gone = try #require(HostKeyFingerprint(a))
        let removed = [
            (flow("[\"\(a)\", \"\(c)\"]"), flow("[\"\(c)\"]")), (flow("[\(c), \(a)]"), flow("[\(c)]")),
            (flow("[\(b), '\(a)' , \(c)]"), flow("[\(b), \(c)]")),
            (block("\n        - \(a)\n        - \(c) # new"), block("\n        - \(c) # new")),
            (block("\n        - \(a) # old\n        - \(c)"), block("\n        # old\n        - \(c)")),
            (block("\n        - \(c)\n        - \"\(a)\""), block("\n        - \(c)")),
        ]
        for (before, after) in removed {
            let edited = try edit(before, lineEnding: lineEnding) { try $0.removing([gone]) }
            #expect(edited.contains(after.replacing("\n", with: lineEnding)), "\(edited)")
            // The other endpoint has the same pin and keeps it.
            #expect(edited.contains("host_keys: [\"\(a)\"]}}"))
        }
    }
}
