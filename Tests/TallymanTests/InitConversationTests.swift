import Foundation
import MagentoSandbox
import TestKit
import Testing

/// `init` with settings that are there, with somebody who answers, and with rows of totals.
struct InitConversationTests {
    private static let stock =
        "sku,description,warehouse,on_hand,allocated,on_order,unit_price,updated\r\nA1,thing,LDS,5,0,0,1.00,21/11/2026 06:00\r\n"

    private static let existing = """
        # The settings of Acme. Do not touch the comments.
        shop: acme   # as the reports call it
        state: state

        magento:
            url: http://127.0.0.1:1
            oauth1: {consumer_key: {env: A}, consumer_secret: {env: B}, access_token: {env: C}, access_token_secret: {env: D}}
        endpoints: {erp: {local: {root: erp}}}
        flows:
            # The prices come at night.
            prices:
                pull: {endpoint: erp, folder: prices, files: "P*.csv"}   # one file a day
                profile: sage50/product-list
                prices: {}
            # Nothing behind this line yet.

        # What follows belongs to reports.
        owner: [ops@acme.example]

        """

    @Test(arguments: ["\n", "\r\n"])
    func `a flow is added to settings that are there, and every other byte stays`(_ ending: String) async throws {
        try await Installation.with { installation in
            let before = Self.existing.replacing("\n", with: ending)
            try installation.write(before, to: "acme.yaml", mode: 0o640)
            try installation.write(Self.stock, to: "STOCK_20261121.csv")
            let added = try await installation.tallyman("init", "--from", "STOCK_20261121.csv", "--add-to", "acme.yaml")
            let after = try String(contentsOfFile: "\(installation.folder)/acme.yaml", encoding: .utf8)
            let lint = try await installation.tallyman("lint", "--settings", "acme.yaml")

            #expect(added.exit == 0 && lint.output.contains("flows prices, stock"), "\(added.all)\(lint.all)")
            // Taken out again, the new lines leave what was there.
            let start = try #require(after.range(of: "\(ending)    stock:")).lowerBound
            let end = try #require(after.range(of: "default\(ending)", range: start..<after.endIndex)).upperBound
            #expect(after.replacingCharacters(in: start..<end, with: "") == before, "\(after)")
            let mode = try FileManager.default.attributesOfItem(atPath: "\(installation.folder)/acme.yaml")[.posixPermissions] as? NSNumber
            #expect(mode == 0o640)
            let again = try await installation.tallyman("init", "--from", "STOCK_20261121.csv", "--add-to", "acme.yaml")
            let named = try await installation.tallyman(
                "init", "--from", "STOCK_20261121.csv", "--add-to", "acme.yaml", "--flow", "branch", "--answers", "a")
            #expect(again.exit == 2 && again.errors.contains("INIT-FLOW") && again.errors.contains("--flow NAME"), "\(again.all)")
            #expect(named.exit == 2 && named.errors.contains("SETTINGS-FILE"), "\(named.all)")
        }
    }

    @Test func `a flow with a profile of its own is added with the profile beside the settings`() async throws {
        try await Installation.with { installation in
            try installation.write(Self.existing, to: "acme.yaml")
            try installation.write("Artikel;Menge\r\nA1;1.250,5\r\n00472;7\r\n", to: "LAGER.csv")
            try installation.write("key: Artikel\nfields: {on_hand: Menge}\nfolder: lager\n", to: "answers.yaml")
            let added = try await installation.tallyman(
                "init", "--from", "LAGER.csv", "--answers", "answers.yaml", "--add-to", "acme.yaml", "--flow", "lager")
            let lint = try await installation.tallyman("lint", "--settings", "acme.yaml")

            #expect(added.exit == 0 && lint.exit == 0, "\(added.all)\(lint.all)")
            #expect(installation.names(in: "profiles/site/lager").contains("profile.json"))
            #expect(try String(contentsOfFile: "\(installation.folder)/acme.yaml", encoding: .utf8).contains("folder: lager "))
        }
    }

    @Test func `flows that are written on one line are refused, and nothing is written`() async throws {
        try await Installation.with { installation in
            let flat =
                "shop: a\nstate: state\nmagento: {url: \"http://127.0.0.1:1\", bearer: {env: A}}\nendpoints: {erp: {local: {root: erp}}}\n"
                + "flows: {prices: {pull: {endpoint: erp, folder: p, files: \"P*\"}, profile: sage50/product-list, prices: {}}}\n"
            try installation.write(flat, to: "acme.yaml")
            try installation.write(Self.stock, to: "STOCK_1.csv")
            let added = try await installation.tallyman("init", "--from", "STOCK_1.csv", "--add-to", "acme.yaml")
            #expect(added.exit == 2 && added.errors.contains("INIT-FORM"), "\(added.all)")
            #expect(try String(contentsOfFile: "\(installation.folder)/acme.yaml", encoding: .utf8) == flat)
        }
    }

    @Test func `an answer that nothing asks for is an error, with the question that was probably meant`() async throws {
        try await Installation.with { installation in
            try installation.write(Self.stock, to: "x.csv")
            for (answer, hint) in [("entty: stock", "did you mean entity?"), ("numbers.colour: x", "→"), ("record: a/b", "→")] {
                try installation.write("\(answer)\n", to: "answers.yaml")
                let start = try await installation.tallyman("init", "--from", "x.csv", "--answers", "answers.yaml", "--out", "new")
                #expect(start.exit == 2 && start.errors.contains("ANSWER-UNUSED") && start.errors.contains(hint), "\(start.all)")
                #expect(!installation.names(in: "").contains("new"))
            }
        }
    }

    @Test func `somebody who is asked answers line by line, and an empty line takes what is proposed`() async throws {
        try await Installation.with { installation in
            try installation.write("sku;qty\r\nA1;1.250\r\nA2;2.500\r\n", to: "x.csv")
            // The question about the numbers, then folder, shop, address, server, port, account; the key of a server that is not there.
            try installation.write("1.234,50\nout/stock\nacme\nhttps://shop.acme.example\n127.0.0.1\n1\n\n\n", to: "said")
            var program = installation.program
            program.launcher = "cat said |"
            let start = try await program.run(["init", "--from", "x.csv", "--out", "new", "--ask"])
            let settings = try String(contentsOfFile: "\(installation.folder)/new/tallyman.yaml", encoding: .utf8)

            #expect(start.exit == 0 && start.output.contains("1250"), "\(start.all)")
            #expect(settings.contains("shop: acme ") && settings.contains("url: https://shop.acme.example "), "\(settings)")
            #expect(
                settings.contains("host: 127.0.0.1 ") && settings.contains("port: 1\n") && settings.contains("user: tallyman ")
                    && settings.contains("folder: out/stock "),
                "\(settings)")
        }
    }

    @Test(arguments: [[SSHKeyPair.Kind.ed25519, .ecdsa], [.ecdsa, .rsa], [.rsa]])
    func `S1 a server is asked for its host key, which is pinned once a person says that it is the server's own, and then it is let in`(
        _ kinds: [SSHKeyPair.Kind]
    ) async throws {
        var options = SSHServer.Options()
        options.hostKeys = kinds
        let server = try SSHServer(options)
        defer { server.stop() }
        server.home.write("out/one", [])
        try await Installation.with { installation in
            try installation.write(Self.stock, to: "STOCK_20261121.csv")
            let places = "out\nacme\n\(installation.server.url)\n127.0.0.1\n\(server.port)\n\(server.user)\n"
            func start(_ out: String, _ answer: String) async throws -> (Program.Ending, String) {
                try installation.write(places + answer + "\n", to: "said")
                var program = installation.program
                program.launcher = "cat said |"
                let start = try await program.run(["init", "--from", "STOCK_20261121.csv", "--out", out, "--ask"])
                return (start, try String(contentsOfFile: "\(installation.folder)/\(out)/tallyman.yaml", encoding: .utf8))
            }
            let fingerprint = try server.hostKeys[0].fingerprint()

            let (asked, settings) = try await start("yes", "yes")
            let (_, refused) = try await start("no", "no")

            #expect(asked.exit == 0 && asked.output.contains("shows the \(kinds[0].rawValue.uppercased()) host key \(fingerprint)"), "\(asked.all)")
            #expect(settings.contains("host_keys: [\"\(fingerprint)\"]"), "\(settings)")
            #expect(settings.contains("transport: openssh") == (kinds == [.rsa]), "\(settings)")
            #expect(!refused.contains(fingerprint) && refused.contains("known_hosts: known_hosts"), "nobody said that it is the server's: \(refused)")
            try installation.write(server.keys.ed25519.privateText, to: "yes/tallyman.secrets/id_ed25519")
            let doctor = try await installation.tallyman("doctor", "--settings", "yes/tallyman.yaml")
            #expect(doctor.output.split(separator: "\n").contains { $0.contains("endpoint erp") && $0.contains("good") }, "\(doctor.all)")
        }
    }

    @Test(arguments: [("Total 5,204", "Total 9,117"), ("TOTALS: 12", "TOTALS: 13")])
    func `a line of totals is known by how it begins, also where a shipped profile fits`(today: String, tomorrow: String) async throws {
        try await Installation.with { installation in
            func content(_ total: String) -> String { Self.stock + "\"\(total)\",,,,,,,\r\n" }
            try installation.write(content(today), to: "STOCK_1.csv")
            try installation.write("trailer: \"yes\"\nprofile: generic/stock\n", to: "answers.yaml")
            let start = try await installation.tallyman("init", "--from", "STOCK_1.csv", "--answers", "answers.yaml", "--out", "new")
            let profile = try String(contentsOfFile: "\(installation.folder)/new/profiles/site/sample/profile.json", encoding: .utf8)
            let lint = try await installation.tallyman("lint", "--settings", "new/tallyman.yaml")
            try installation.write(content(tomorrow), to: "STOCK_2.csv")
            let check = try await installation.tallyman("check", "STOCK_2.csv", "--profile", "site/sample", "--profiles", "new/profiles")

            #expect(start.exit == 0 && lint.exit == 0, "\(start.all)\(lint.all)")
            #expect(!profile.contains("5,204") && profile.contains("*\""), "\(profile)")
            #expect(check.exit == 0 && check.output == "1 records, 0 rejected\n", "\(check.all)")
        }
    }
}
