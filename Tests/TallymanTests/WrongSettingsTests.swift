import Foundation
import MagentoSandbox
import TestKit
import Testing

/// Settings with one mistake each: `lint` or `doctor` names the mistake with a fix, and with the fix pasted in everything is good again.
struct WrongSettingsTests {
    /// One mistake in settings that are good otherwise.
    struct Mistake: CustomTestStringConvertible, Sendable {
        /// What stands in the good settings, and what in these.
        var right: String
        var wrong: String
        /// What is said of it.
        var says: String
        /// A part of the fix, to be pasted where the mistake is.
        var fix: String
        /// What stands there afterwards; the fix is a part of it. What stood there before, unless given.
        var pasted: String?

        init(_ right: String, _ wrong: String, says: String, fix: String, pasted: String? = nil) {
            (self.right, self.wrong, self.says, self.fix, self.pasted) = (right, wrong, says, fix, pasted)
        }

        var testDescription: String { "\(right.prefix(40)) → \(wrong.prefix(40))" }
    }

    private static let pin = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

    /// Everything in it is right for the shop `ShopState.demo`.
    private static func good(_ url: String) -> String {
        """
        shop: test
        timezone: Europe/London
        currency: GBP
        state: state
        owner: ops@acme.example
        mail: {smtp: "smtps://mail.acme.example:465", from: tallyman@acme.example}
        magento:
          url: \(url)
          oauth1:
            consumer_key: {file: consumer_key}
            consumer_secret: {file: consumer_secret}
            access_token: {file: access_token}
            access_token_secret: {file: access_token_secret}
        credentials: {integration: 2027-03-31}
        serve: {listen: "127.0.0.1:9464"}
        backup: {at: "02:15"}
        endpoints:
          erp: {local: {root: erp}}
        flows:
          stock:
            pull: {endpoint: erp, folder: out, files: "STOCK_*.csv", settle: 0s, then: {move: archive}}
            profile: sage50/stock
            schedule: "*/15 * * * *"
            expect: {within: 20m, during: trading-hours}
            approve: automatic
            stock:
              warehouses: {LDS: main}
            gates: {rejected: 20%}
          trade:
            pull: {endpoint: erp, folder: trade, files: "TRADE_*.csv", settle: 0s}
            profile: sage50/price-list
            tier_prices: {groups: {A: "Trade A"}, limits: {jump: 25%}, websites: {UK: base, "": all}, scope: website}
          orders:
            push: {endpoint: erp, folder: in, name: "ORD_{batch}.csv", acknowledge: {file: "in/acks/{name}.ack"}}
            profile: generic/orders
            orders: {accounts: {guest: WEB}}

        """
    }

    private static func replacing(_ text: String, _ right: String, _ wrong: String) throws -> String {
        let range = try #require(text.range(of: right), "the good settings have no \(right)")
        return text.replacingCharacters(in: range, with: wrong)
    }

    /// A place with the good settings' folders and secrets.
    private static func with(_ body: (Installation, String) async throws -> Void) async throws {
        var shop = ShopState.demo
        shop.priceScope = .website
        try await Installation.with(shop, environment: [:]) { installation in
            for folder in ["erp/out", "erp/trade", "erp/in/acks", "tallyman.secrets"] {
                try FileManager.default.createDirectory(atPath: "\(installation.folder)/\(folder)", withIntermediateDirectories: true)
            }
            let demo = Integration.demo
            for (name, value) in [
                "consumer_key": demo.consumerKey, "consumer_secret": demo.consumerSecret, "access_token": demo.token,
                "access_token_secret": demo.tokenSecret,
            ] { try installation.write(value, to: "tallyman.secrets/\(name)") }
            try await body(installation, good(installation.server.url))
        }
    }

    @Test func `the settings that the mistakes are made in are good`() async throws {
        try await Self.with { installation, good in
            try installation.write(good, to: "tallyman.yaml")
            let (lint, doctor) = (try await installation.tallyman("lint"), try await installation.tallyman("doctor"))
            #expect(lint.exit == 0 && doctor.exit == 0, "\(lint.all)\(doctor.all)")
        }
    }

    // MARK: Without the network

    private static let forms: [Mistake] = [
        .init("Europe/London", "Europe/Londn", says: "is not a time zone", fix: "Europe/London"),
        .init("currency: GBP", "curency: GBP", says: "unknown setting curency", fix: "currency", pasted: "currency: GBP"),
        .init("currency: GBP", "currency: pounds", says: "is no currency code", fix: "GBP", pasted: "currency: GBP"),
        .init("settle: 0s, then", "setle: 0s, then", says: "unknown setting setle in flows.stock.pull", fix: "settle", pasted: "settle: 0s, then"),
        .init("shop: test\n", "", says: "shop is missing", fix: "shop: acme", pasted: "shop: acme\n"),
        .init("state: state", "state:", says: "state is missing", fix: "state: /var/lib/tallyman/acme", pasted: "state: /var/lib/tallyman/acme"),
        .init(
            "    profile: sage50/stock\n", "", says: "profile is missing in flows.stock", fix: "profile: sage50/stock",
            pasted: "    profile: sage50/stock\n"),
        .init("profile: sage50/stock", "profile:", says: "profile is missing in flows.stock", fix: "profile: sage50/stock"),
        .init("sage50/stock", "sage50/stok", says: "there is no profile sage50/stok", fix: "sage50/stock"),
        .init("generic/orders", "generic/ordrs", says: "there is no output profile generic/ordrs", fix: "generic/orders"),
        .init(
            "    profile: sage50/stock", "    profile: generic/orders", says: "writes files for the ERP", fix: "a profile that reads",
            pasted: "    profile: sage50/stock # a profile that reads"),
        .init(
            "endpoint: erp, folder: in", "endpoint: epr, folder: in", says: "\"epr\" is not an endpoint", fix: "erp",
            pasted: "endpoint: erp, folder: in"),
        .init("*/15 * * * *", "61 * * * *", says: "has 61 for a minute", fix: "*/15 * * * *"),
        .init("schedule: \"*/15 * * * *\"", "schedule: every quarter", says: "every quarter", fix: "every 15m", pasted: "schedule: every 15m"),
        .init(
            "consumer_key: {file: consumer_key}", "consumer_key: ck_live_7f3a", says: "SECRET-WRITTEN", fix: "{file: consumer_key}",
            pasted: "consumer_key: {file: consumer_key}"),
        .init("settle: 0s, then", "settle: 30, then", says: "is not a duration", fix: "30s", pasted: "settle: 30s, then"),
        .init("rejected: 20%", "rejected: lots", says: "is not a percentage", fix: "20%", pasted: "rejected: 20%"),
        .init("approve: automatic", "approve: auto", says: "flows.stock.approve is not one of", fix: "automatic", pasted: "approve: automatic"),
        .init(
            "from: tallyman@acme.example", "from: tallyman", says: "is no mail address", fix: "tallyman@acme.example",
            pasted: "from: tallyman@acme.example"),
        .init("smtps://mail.acme.example:465", "mail.acme.example", says: "is no mail server", fix: "smtps://mail.acme.example:465"),
        .init("mail: {smtp:", "mail: {sendmail: /usr/sbin/sendmail, smtp:", says: "is another way besides smtp", fix: "smtp", pasted: "mail: {smtp:"),
        .init("owner: ops@acme.example\n", "", says: "have no recipient", fix: "owner: ops@acme.example", pasted: "owner: ops@acme.example\n"),
        .init("ORD_{batch}.csv", "ORD.csv", says: "a name could come twice", fix: "ORD_{batch}.csv"),
        .init("in/acks/{name}.ack", "in/acks/answer.ack", says: "in/acks/answer.ack", fix: "{name}", pasted: "in/acks/{name}.ack"),
        .init(
            "acknowledge: {file:", "acknowledge: {gone: true, file:", says: "needs one way of answering", fix: "file", pasted: "acknowledge: {file:"),
        .init(
            "folder: trade, files: \"TRADE_*.csv\"", "folder: out, files: \"STOCK_1*.csv\"", says: "takes the same files as flow stock",
            fix: "files or a folder of its own", pasted: "folder: trade, files: \"STOCK_1*.csv\" # files or a folder of its own\n     "),
        .init("during: trading-hours", "during: tradng-hours", says: "is no calendar", fix: "trading-hours", pasted: "during: trading-hours"),
        .init("2027-03-31", "31.03.2027", says: "is not a day", fix: "2027-03-31"),
        .init("127.0.0.1:9464", "0.0.0.0:9464", says: "is not on this machine alone", fix: "127.0.0.1", pasted: "127.0.0.1:9464"),
        .init("02:15", "25:00", says: "is not a time of the day", fix: "02:15"),
        .init("STOCK_*.csv", "STOCK_\\\\d+\\\\.csv", says: "looks like a regular expression", fix: "STOCK_*.csv"),
        .init("STOCK_*.csv", "out/STOCK_*.csv", says: "is a path", fix: "STOCK_*.csv"),
        .init("files: \"STOCK_*.csv\"", "files: []", says: "files is missing", fix: "files: \"STOCK_*.csv\""),
        .init(
            "    gates:", "\tgates:", says: "begins with a tab", fix: "blanks instead of the tab",
            pasted: "    gates: # blanks instead of the tab\n     "),
        .init(
            "currency: GBP\n", "currency: GBP\ncurrency: EUR\n", says: "given twice: currency", fix: "remove one of them",
            pasted: "currency: GBP # remove one of them\n"),
        .init(
            "warehouses: {LDS: main}", "warehouse: {LDS: main}", says: "unknown setting warehouse", fix: "warehouses",
            pasted: "warehouses: {LDS: main}"),
        .init(
            "LDS: main", "LDS: main, SHOP: ignore", says: "is to be left out", fix: "ignore: [\"SHOP\"]",
            pasted: "LDS: main}\n      ignore: [\"SHOP\"] #"),
        .init(
            "then: {move: archive}", "then: {mov: archive}", says: "unknown setting mov in flows.stock.pull.then", fix: "move",
            pasted: "then: {move: archive}"),
        .init(
            "settle: 0s, then", "settle: 0s, done: \"${name}.done\", then", says: "contradicts its done file", fix: "take settle out",
            pasted: "done: \"${name}.done\", # take settle out\n      then"),
        .init(
            "local: {root: erp}", "local: {root: \"\"}", says: "needs the folder that it begins in", fix: "root: /srv/erp",
            pasted: "local: {root: /srv/erp}"),
        .init(
            "local: {root: erp}", "local: {root: erp}, sftp: {host: a, user: b, agent: true, host_keys: [\"\(pin)\"]}",
            says: "is both sftp and local",
            fix: "local: {root: ", pasted: "local: {root: erp}"),
        .init(
            "local: {root: erp}", "sftp: {host: a, user: b, agent: true}", says: "key is not pinned", fix: "host_keys: [SHA256:",
            pasted: "sftp: {host: a, user: b, agent: true, host_keys: [\(pin)]}"),
        .init(
            "local: {root: erp}", "sftp: {host: a, user: b, agent: true, host_keys: [\"MD5:1a:2b\"]}", says: "SHA256: and 43 characters",
            fix: "ssh-keygen -lf", pasted: "sftp: {host: a, user: b, agent: true, host_keys: [\"\(pin)\"]} # ssh-keygen -lf\n "),
        .init(
            "  orders:\n    push", "  my orders:\n    push", says: "cannot be the name of a flow", fix: "my_orders", pasted: "  my_orders:\n    push"),
    ]

    @Test func `each mistake of form is named by lint, and its fix put in its place is good`() async throws {
        #expect(Self.forms.count > 40)
        try await Self.with { installation, good in
            for mistake in Self.forms {
                try installation.write(try Self.replacing(good, mistake.right, mistake.wrong), to: "tallyman.yaml")
                let wrong = try await installation.tallyman("lint")
                let pasted = mistake.pasted ?? mistake.right
                // Written otherwise than the good settings: the state folder of the example is not this test's.
                try installation.write(try Self.replacing(good, mistake.right, pasted), to: "tallyman.yaml")
                let mended = try await installation.tallyman("lint")

                let fixes = wrong.errors.split(separator: "\n").filter { $0.hasPrefix("  → ") }.joined(separator: "\n")
                #expect(wrong.exit == 2 && wrong.errors.contains(mistake.says), "\(mistake.testDescription)\n\(wrong.all)")
                #expect(fixes.contains(mistake.fix) && pasted.contains(mistake.fix), "\(mistake.testDescription)\n\(wrong.all)")
                #expect(mended.exit == 0, "\(mistake.testDescription)\n\(mended.all)")
            }
        }
    }

    // MARK: With shop and folders

    private static let places: [Mistake] = [
        .init("folder: out", "folder: uot", says: "There is no folder uot", fix: "out", pasted: "folder: out"),
        .init("in/acks/", "in/asks/", says: "in/asks, push.acknowledge.file of flow orders", fix: "in/acks", pasted: "in/acks/"),
        .init("LDS: main", "LDS: mian", says: "mian", fix: "main", pasted: "LDS: main"),
        .init("UK: base", "UK: bsae", says: "bsae", fix: "base", pasted: "UK: base"),
        .init("\"Trade A\"", "\"Trade X\"", says: "Trade X", fix: "Trade A"),
        .init("currency: GBP", "currency: EUR", says: "the shop's base currency is GBP", fix: "currency", pasted: "currency: GBP"),
        .init(
            "{file: access_token}", "{file: acess_token}", says: "there is no secret file acess_token", fix: "access_token",
            pasted: "{file: access_token}"),
        .init("{file: access_token}", "{env: SHOP_TOKEN}", says: "the environment has no SHOP_TOKEN", fix: "{file: ", pasted: "{file: access_token}"),
    ]

    @Test func `each mistake about shop and folders is named by doctor, and its fix put in its place is good`() async throws {
        try await Self.with { installation, good in
            for mistake in Self.places {
                try installation.write(try Self.replacing(good, mistake.right, mistake.wrong), to: "tallyman.yaml")
                let wrong = try await installation.tallyman("doctor")
                let pasted = mistake.pasted ?? mistake.right
                try installation.write(try Self.replacing(good, mistake.right, pasted), to: "tallyman.yaml")
                let mended = try await installation.tallyman("doctor")

                let fixes = wrong.output.split(separator: "\n").filter { $0.hasPrefix("→ ") }.joined(separator: "\n")
                #expect(wrong.exit == 1 && wrong.output.contains(mistake.says), "\(mistake.testDescription)\n\(wrong.all)")
                #expect(fixes.contains(mistake.fix) && pasted.contains(mistake.fix), "\(mistake.testDescription)\n\(wrong.all)")
                #expect(mended.exit == 0, "\(mistake.testDescription)\n\(mended.all)")
            }
        }
    }

    /// The command after the arrow, run by a shell in the installation's folder.
    private static func paste(_ fix: Substring?, in folder: String) async throws {
        let text = try #require(fix).drop { $0 != ":" }.dropFirst(2)
        try await Command.run(["sh", "-c", "cd '\(folder)' && \(text.replacing("sudo ", with: ""))"])
    }

    @Test func `a fix that is a command works as it is printed`() async throws {
        try await Self.with { installation, good in
            try installation.write(good, to: "tallyman.yaml")
            _ = try await installation.tallyman("doctor")
            let secret = "\(installation.folder)/tallyman.secrets/access_token"
            func fix(_ ending: Program.Ending) -> Substring? { ending.output.split(separator: "\n").first { $0.hasPrefix("→ ") } }

            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: secret)
            let exposed = try await installation.tallyman("doctor")
            try await Self.paste(fix(exposed), in: installation.folder)
            #expect(exposed.exit == 1 && exposed.output.contains("can be read by others"), "\(exposed.all)")
            #expect(try await installation.tallyman("doctor").exit == 0)

            guard geteuid() == 0 else { return }
            #expect(chown("\(installation.folder)/state/ledger.db", 65_534, 65_534) == 0)
            let foreign = try await installation.tallyman("doctor")
            try await Self.paste(fix(foreign), in: installation.folder)
            #expect(foreign.exit == 1 && foreign.output.contains("it belongs to nobody"), "\(foreign.all)")
            #expect(try await installation.tallyman("doctor").exit == 0)
        }
    }

    @Test func `a cause that several checks find is said once, with all that it keeps from being checked`() async throws {
        try await Self.with { installation, good in
            try installation.write(try Self.replacing(good, installation.server.url, "http://127.0.0.1:1"), to: "tallyman.yaml")
            let away = try await installation.tallyman("doctor")
            #expect(away.exit == 1 && away.output.components(separatedBy: "could not be reached").count == 2, "\(away.all)")

            try installation.write(good, to: "tallyman.yaml")
            try installation.write("another", to: "tallyman.secrets/access_token")
            let refused = try await installation.tallyman("doctor")
            let fixes = refused.output.split(separator: "\n").filter { $0.hasPrefix("→ ") }
            #expect(refused.exit == 1 && fixes.count == 1 && fixes[0].contains("four values"), "\(refused.all)")
        }
    }

    // MARK: With a server

    @Test func `a wrong host key and a wrong key of ours are named by doctor, and the settings that it names mend them`() async throws {
        let server = try SSHServer.shared.get()
        let base = "wrong-\(UUID().uuidString)"
        try await Self.with { installation, good in
            try installation.write(server.keys.ed25519.privateText, to: "tallyman.secrets/id_ed25519")
            try installation.write(try SSHKeyPair(.ed25519, in: TemporaryFolder(), named: "other").privateText, to: "tallyman.secrets/other")
            for folder in ["out", "trade", "in/acks"] { server.home.write("\(base)/\(folder)/one", []) }
            try await Command.run(["chown", "-R", server.user == "erp" ? "4711:4711" : server.user, "\(server.home.path)/\(base)"])
            let fingerprint = try server.hostKeys[0].fingerprint()
            func settings(pin: String, key: String) throws -> String {
                try Self.replacing(
                    good.replacing("folder: ", with: "folder: \(base)/").replacing("in/acks/", with: "\(base)/in/acks/")
                        .replacing("{move: archive}", with: "{move: \(base)/archive}"), "local: {root: erp}",
                    "sftp: {host: 127.0.0.1, port: \(server.port), user: \(server.user), identity: {file: \(key)}, host_keys: [\"\(pin)\"]}")
            }
            try installation.write(try settings(pin: Self.pin, key: "id_ed25519"), to: "tallyman.yaml")
            let wrongHost = try await installation.tallyman("doctor")
            try installation.write(try settings(pin: fingerprint, key: "other"), to: "tallyman.yaml")
            let wrongKey = try await installation.tallyman("doctor")
            try installation.write(try settings(pin: fingerprint, key: "id_ed25519"), to: "tallyman.yaml")
            let mended = try await installation.tallyman("doctor")

            #expect(wrongHost.exit == 1 && wrongHost.output.contains(fingerprint) && wrongHost.output.contains("host_keys"), "\(wrongHost.all)")
            #expect(wrongKey.exit == 1 && wrongKey.output.contains("→ endpoint erp: "), "\(wrongKey.all)")
            #expect(mended.exit == 0, "\(mended.all)")
        }
    }
}
