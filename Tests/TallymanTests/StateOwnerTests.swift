import Foundation
import Glibc
import Testing

/// Who may work in the state folder. What one user writes there another cannot read.
struct StateOwnerTests {
    private static let nobody: uid_t = 65_534

    private static func owners(below folder: String) throws -> Set<UInt32> {
        let names = [""] + (try FileManager.default.subpathsOfDirectory(atPath: folder)).map { "/\($0)" }
        return Set(
            try names.compactMap { try FileManager.default.attributesOfItem(atPath: folder + $0)[.ownerAccountID] as? NSNumber }.map(\.uint32Value))
    }

    /// Secrets that root alone can read, in files, and an ERP's folder that everybody may write to.
    private static func with(_ body: (Installation) async throws -> Void) async throws {
        try await Installation.with { installation in
            let settings = try String(contentsOfFile: "\(installation.folder)/tallyman.yaml", encoding: .utf8)
            let names = ["consumer_key", "consumer_secret", "access_token", "access_token_secret"]
            let text = names.reduce(settings) { $0.replacing("{env: MAGENTO_\($1.uppercased())}", with: "{file: \($1)}") }
            try installation.write(text, to: "tallyman.yaml", mode: 0o644)
            for name in names {
                try installation.write(SettingsText.environment()["MAGENTO_\(name.uppercased())"] ?? "", to: "tallyman.secrets/\(name)")
            }
            try installation.drop("one.csv", [Installation.line("A", "7"), Installation.line("B", "x")], minute: 1)
            try await Command.run(["chown", "-R", "\(nobody):\(nobody)", "\(installation.folder)/erp"])
            try await body(installation)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can become somebody else"))
    func `root works as the owner of the state folder, so that nothing is left there that the owner cannot read`() async throws {
        try await Self.with { installation in
            let state = "\(installation.folder)/state"
            try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            #expect(chown(state, Self.nobody, Self.nobody) == 0)

            let run = try await installation.tallyman("run", "stock")
            let status = try await installation.tallyman("status")

            #expect(run.exit == 3 && installation.quantity("A") == "7", "\(run.all)")
            #expect(status.exit == 0, "\(status.all)")
            #expect(try Self.owners(below: state) == [Self.nobody])
            #expect(installation.names(in: "state").contains("rejects"))
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can become somebody else"))
    func `a backup that belongs to somebody else is tried and restored by the owner of the state folder`() async throws {
        try await Self.with { installation in
            let (state, backup) = ("\(installation.folder)/state", "\(installation.folder)/state/copy.db")
            try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            #expect(chown(state, Self.nobody, Self.nobody) == 0)
            _ = try await installation.tallyman("run", "stock")
            let copied = try await installation.tallyman("backup", backup)
            #expect(copied.exit == 0 && chown(backup, 0, 0) == 0 && chmod(backup, 0o644) == 0, "\(copied.all)")

            let check = try await installation.tallyman("restore", "--check", backup)
            let restored = try await installation.tallyman("restore", backup)

            #expect(check.exit == 0 && check.output.contains("the backup is whole"), "\(check.all)")
            #expect(restored.exit == 0 && restored.output.contains("the ledger is that of the backup"), "\(restored.all)")
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can become somebody else"))
    func `a user who does not own the state folder is refused with the command to type, and nothing is written`() async throws {
        try await Self.with { installation in
            _ = try await installation.tallyman("status")
            let before = try FileManager.default.subpathsOfDirectory(atPath: "\(installation.folder)/state").sorted()
            var program = installation.program
            program.launcher = "exec setpriv --reuid=65534 --regid=65534 --clear-groups"

            let run = try await program.run(["run", "stock"])

            #expect(run.exit == 1 && run.errors.contains("STATE-OWNER: it belongs to root, and this process is nobody"), "\(run.all)")
            #expect(run.errors.contains("→ sudo -u root tallyman run stock"), "\(run.all)")
            #expect(try FileManager.default.subpathsOfDirectory(atPath: "\(installation.folder)/state").sorted() == before)
            #expect(try Self.owners(below: "\(installation.folder)/state") == [0])
        }
    }
}
