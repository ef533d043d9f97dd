import Foundation
import Testing

/// From a sample file to settings that pass `lint`.
struct InitTests {
    private static let fixtures = DocsProject.paths(below: "Schemas/profiles", suffix: "/profile.json").map {
        String($0.dropFirst("Schemas/profiles/".count).dropLast("/profile.json".count))
    }.filter { !$0.hasPrefix("tallyman/") }

    /// `input.*` in the profile's fixture folder, or in one below it.
    private static func input(_ name: String) throws -> String {
        let folder = "\(Project.folder)/Fixtures/profiles/\(name)"
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
        return "\(folder)/\(try #require(files.first { $0.hasPrefix("input.") || $0.contains("/input.") }))"
    }

    @Test(arguments: fixtures)
    func `a sample of each known kind gives settings that are good, or a plain word why not`(_ name: String) async throws {
        try await Installation.with { installation in
            try installation.write("profile: \(name)\n", to: "answers.yaml")
            let start = try await installation.tallyman("init", "--from", Self.input(name), "--out", "new", "--answers", "answers.yaml")

            #expect(start.output.contains("\n  profile   \(name) (sure: as answered)\n"), "\(start.all)")
            if start.exit == 0 {
                let lint = try await installation.tallyman("lint", "--settings", "new/tallyman.yaml")
                #expect(lint.exit == 0, "\(lint.all)")
            } else {
                #expect(start.exit == 2 && start.errors.contains("INIT-ENTITY: no flow can take "), "\(start.all)")
                #expect(!installation.names(in: "").contains("new"))
            }
        }
    }

    private static let unknown = "Artikel;Menge;Preis;Stand\r\nA1;1.250,5;3,45;21/11/2026\r\n00472;7;1.089,50;01/11/2026\r\n"

    @Test func `a file that no profile knows gets one of its own, with which the program reads it`() async throws {
        try await Installation.with { installation in
            try installation.write(Self.unknown, to: "LAGER_20261121_0500.csv")
            try installation.write("key: Artikel\nfields: {on_hand: Menge}\n", to: "answers.yaml")

            let start = try await installation.tallyman("init", "--from", "LAGER_20261121_0500.csv", "--answers", "answers.yaml", "--out", "new")
            let lint = try await installation.tallyman("lint", "--settings", "new/tallyman.yaml")
            let check = try await installation.tallyman(
                "check", "LAGER_20261121_0500.csv", "--profile", "site/sample", "--profiles", "new/profiles")

            #expect(start.exit == 0, "\(start.all)")
            #expect(
                start.output.contains(
                    """
                    line  sku    on_hand
                       2  A1     1250.5
                       3  00472  7
                    2 records read, 0 rejected
                    """), "\(start.all)")
            #expect(
                start.output.hasSuffix(
                    """

                    written: new/tallyman.yaml
                    written: new/profiles/site/sample/dialect.json
                    written: new/profiles/site/sample/schema.json
                    written: new/profiles/site/sample/profile.json
                    Fill in what is marked in the settings, then: tallyman lint --settings new/tallyman.yaml

                    """))
            #expect(lint.output == "new/tallyman.yaml is good: shop shop, flows stock\n", "\(lint.all)")
            #expect(check.exit == 0 && check.output == "2 records, 0 rejected\n", "\(check.all)")
            let settings = try String(contentsOfFile: "\(installation.folder)/new/tallyman.yaml", encoding: .utf8)
            #expect(settings.contains("files: \"LAGER_*_*.csv\""))
            #expect(settings.contains("\nprofiles: \"profiles\"\n"))
        }
    }

    @Test func `what it cannot know it asks, and writes nothing where that is needed`() async throws {
        try await Installation.with { installation in
            try installation.write("Teil;Menge\r\nA1;1.250\r\nA2;2.500\r\n", to: "x.csv")

            let start = try await installation.tallyman("init", "--from", "x.csv", "--out", "new")

            #expect(start.exit == 2)
            #expect(start.output.contains("\n  key: Teil\n    no caption names it; it is filled, and different in every row\n"), "\(start.all)")
            #expect(start.output.contains("\n  entity: none\n"))
            #expect(start.errors.hasPrefix("x.csv: INIT-ENTITY: the sample does not say what it is for\n"))
            #expect(!installation.names(in: "").contains("new"))
        }
    }

    @Test func `an amount that reads in two ways is shown with both`() async throws {
        try await Installation.with { installation in
            try installation.write("sku;qty\r\nA1;1.250\r\nA2;2.500\r\n", to: "x.csv")
            try installation.write("numbers.qty: \"1.234,50\"\n", to: "answers.yaml")

            let start = try await installation.tallyman("init", "--from", "x.csv", "--out", "one")
            let answered = try await installation.tallyman("init", "--from", "x.csv", "--out", "two", "--answers", "answers.yaml")

            #expect(
                start.output.contains("\n  numbers.qty: 1234.50\n    '1.250' in 'qty' can be read in two ways, as in 1234.50 or as in 1.234,50\n"),
                "\(start.all)")
            #expect(start.output.contains("\n   2  A1   1.25\n") && answered.output.contains("\n   2  A1      1250\n"))
            #expect(answered.exit == 0 && !answered.output.contains("unsure;"))
        }
    }

    @Test func `every field that an entity takes is one that init knows, of the same kind`() throws {
        let pattern = /Field\(\s*"([a-z_]+)", \.([a-z]+)/
        func fields(_ folder: String) throws -> [String: String] {
            var found: [String: String] = [:]
            for match in try DocsProject.code(below: folder).matches(of: pattern) { found[String(match.1)] = String(match.2) }
            return found
        }
        let known = try fields("Sources/Formats/Guessing")
        let taken = try fields("Sources/Entities")

        #expect(taken.count > 5)
        for (name, kind) in taken { #expect(known[name] == kind, "an entity takes \(name) as \(kind)") }
    }

    @Test func `nothing is ever overwritten`() async throws {
        try await Installation.with { installation in
            try installation.write(Self.unknown, to: "x.csv")
            try installation.write("key: Artikel\nfields: {on_hand: Menge}\n", to: "answers.yaml")
            try installation.write("mine", to: "new/profiles/site/sample/schema.json")

            let start = try await installation.tallyman("init", "--from", "x.csv", "--answers", "answers.yaml", "--out", "new")

            #expect(start.exit == 2)
            #expect(start.errors.hasPrefix("new/profiles/site/sample/schema.json: INIT-EXISTS: the file is there already, and nothing was written\n"))
            #expect(installation.names(in: "new") == ["profiles"])
            #expect(try String(contentsOfFile: "\(installation.folder)/new/profiles/site/sample/schema.json", encoding: .utf8) == "mine")
        }
    }

    @Test(arguments: [
        ("sku,qty\nA1,5\n", "entity: stocks\n", 2, "ANSWER-VALUE"), ("sku,qty\nA1,5\n", "fields.on_hand: Menge\n", 2, "ANSWER-VALUE"),
        ("", "{}\n", 1, "GUESS-CONTENT"), ("sku,price\nA1,5\n", "entity: accounts\n", 2, "INIT-ENTITY"),
    ])
    func `what cannot be is refused with what to do`(sample: String, answers: String, exit: Int, code: String) async throws {
        try await Installation.with { installation in
            try installation.write(sample, to: "x.csv")
            try installation.write(answers, to: "answers.yaml")

            let start = try await installation.tallyman("init", "--from", "x.csv", "--answers", "answers.yaml", "--out", "new")

            #expect(start.exit == Int32(exit), "\(start.all)")
            #expect(start.errors.contains(code) && start.errors.contains("→"), "\(start.all)")
        }
    }
}
