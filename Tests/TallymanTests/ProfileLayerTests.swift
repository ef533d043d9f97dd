import Foundation
import Testing

/// Profiles of one's own stand in front of those that came with the program, and a copy knows its original.
struct ProfileLayerTests {
    private static func with(_ body: (Installation) async throws -> Void) async throws {
        var settings = SettingsText()
        settings.profile = "site/stock"
        try await Installation.with(settings: settings) { installation in
            // Shipped profiles of the test's own, so that they can move on.
            for path in try FileManager.default.subpathsOfDirectory(atPath: "\(Project.folder)/Schemas/profiles/generic/stock") {
                let text = try String(contentsOfFile: "\(Project.folder)/Schemas/profiles/generic/stock/\(path)", encoding: .utf8)
                try installation.write(text, to: "shipped/generic/stock/\(path)", mode: 0o644)
            }
            try await body(installation)
        }
    }

    private static func run(_ installation: Installation, _ arguments: String...) async throws -> Program.Ending {
        try await installation.program.run(arguments, adding: ["TALLYMAN_PROFILES": "\(installation.folder)/shipped"])
    }

    @Test func `a copy says what it was copied from, and lint tells when the original has moved on`() async throws {
        try await Self.with { installation in
            let copied = try await Self.run(installation, "init", "--copy", "generic/stock", "--as", "site/stock")
            let fresh = try await Self.run(installation, "lint")
            let original = try String(contentsOfFile: "\(installation.folder)/shipped/generic/stock/profile.json", encoding: .utf8)
            try installation.write(original.replacing("\"version\": 1", with: "\"version\": 2"), to: "shipped/generic/stock/profile.json")
            let moved = try await Self.run(installation, "lint")
            let again = try await Self.run(installation, "init", "--copy", "generic/stock", "--as", "site/stock")

            #expect(copied.exit == 0 && copied.output.contains("profiles/site/stock"), "\(copied.all)")
            #expect(fresh.exit == 0 && !fresh.output.contains("note: profile"), "\(fresh.all)")
            #expect(
                moved.exit == 0 && moved.output.contains("profile site/stock was copied from generic/stock, which has changed since"), "\(moved.all)")
            #expect(again.exit == 2 && again.errors.contains("INIT-EXISTS"), "\(again.all)")
            // What it says to type shows the difference.
            let command = try #require(moved.output.split(separator: "compare them: ").last).trimmingCharacters(in: .newlines)
            let difference = try await Command.run(["sh", "-c", "\(command) || true"])
            #expect(difference.contains("\"version\": 2") && difference.contains("copied_from.json"), "\(difference)")
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can become somebody else"))
    func `somebody who does not own the shipped profiles copies one, with what it was copied from`() async throws {
        try await Self.with { installation in
            let own = "\(installation.folder)/theirs"
            try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: false)
            _ = try await Command.run(["chown", "65534:65534", own])
            var program = installation.program
            program.launcher = "cd \(own) && exec setpriv --reuid=65534 --regid=65534 --clear-groups"

            let copied = try await program.run(
                ["init", "--copy", "generic/stock", "--as", "site/stock"], adding: ["TALLYMAN_PROFILES": "\(installation.folder)/shipped"])

            #expect(copied.exit == 0, "\(copied.all)")
            #expect(installation.names(in: "theirs/profiles/site/stock").contains("copied_from.json"), "\(copied.all)")
        }
    }

    @Test func `an own profile stands in front of the shipped one, which stands behind for all others`() async throws {
        try await Self.with { installation in
            try installation.write(
                try String(contentsOfFile: "\(installation.folder)/tallyman.yaml", encoding: .utf8).replacing("site/stock", with: "generic/stock"),
                to: "tallyman.yaml")
            let shipped = try await Self.run(installation, "lint")
            _ = try await Self.run(installation, "init", "--copy", "generic/stock", "--as", "generic/stock")
            try installation.write("{}", to: "profiles/generic/stock/profile.json")
            try FileManager.default.removeItem(atPath: "\(installation.folder)/profiles/generic/stock/copied_from.json")
            let own = try await Self.run(installation, "lint")

            #expect(shipped.exit == 0, "\(shipped.all)")
            #expect(own.exit == 2 && own.errors.contains("profiles/generic/stock/profile.json"), "\(own.all)")
        }
    }

    @Test func `a folder without profiles is named as such, and no empty list of names is printed`() async throws {
        try await Self.with { installation in
            let none = try await installation.tallyman("lint", adding: ["TALLYMAN_PROFILES": "\(installation.folder)/nothing"])
            #expect(none.exit == 2 && none.errors.contains("holds none") && !none.errors.contains("known profiles: \n"), "\(none.all)")
            let near = try await Self.run(installation, "init", "--copy", "generic/stok")
            #expect(near.exit == 2 && near.errors.contains("did you mean generic/stock?"), "\(near.all)")
        }
    }
}
