package import Domain

extension MagentoSettings {
    package static let options: [OptionSpec] = [
        OptionSpec("url", .text, "The shop's address, up to but without /rest.", required: .required, example: "https://shop.acme.example"),
        OptionSpec(
            "oauth1",
            .object([
                OptionSpec(
                    "consumer_key", .secret, "The integration's consumer key.", required: .required,
                    example: "{env: MAGENTO_CONSUMER_KEY}"),
                OptionSpec(
                    "consumer_secret", .secret, "The integration's consumer secret.", required: .required,
                    example: "{file: consumer_secret}"),
                OptionSpec(
                    "access_token", .secret, "The integration's access token.", required: .required,
                    example: "{env: MAGENTO_ACCESS_TOKEN}"),
                OptionSpec(
                    "access_token_secret", .secret, "The integration's access token secret.", required: .required,
                    example: "{file: access_token_secret}"),
            ]),
            "The four values of an integration (System > Integrations). The recommended way."
        ),
        OptionSpec(
            "bearer", .secret,
            "An integration's access token alone. Only where the shop allows it as bearer; off since 2.4.4.",
            example: "{env: MAGENTO_TOKEN}"
        ),
        OptionSpec(
            "admin",
            .object([
                OptionSpec("username", .text, "The admin user.", required: .required),
                OptionSpec("password", .secret, "The admin user's password.", required: .required, example: "{file: admin_password}"),
            ]),
            "An admin user instead of an integration. Not possible where two-factor authentication is on."
        ),
        OptionSpec(
            "signature", .choice(OAuth1.Dialect.allCases.map(\.rawValue)),
            "How paths with encoded characters are signed. Magento 2.4.6 and 2.4.7 need normalised-path, "
                + "and only for SKUs with special characters on a shop without MSI.",
            default: OAuth1.Dialect.standard.rawValue
        ),
        OptionSpec("scope", .text, "The store code in the path. all writes the global values.", default: "all"),
        OptionSpec(
            "concurrency", .integer(1...16),
            "The most calls that may be in flight at once. How many of them write follows what the shop bears: more while more gets done, half after a refusal.",
            default: "4"),
        OptionSpec(
            "pace", .choice(Pace.allCases.map(\.rawValue)),
            "How hard the shop may be worked: gentle sends at most half of concurrency at once, full all of it, by calendar is gentle during the calendar trading-hours and full outside it.",
            default: Pace.byCalendar.rawValue),
        OptionSpec(
            "batch", .integer(1...1000),
            "The most rows in one call that saves stock or prices. How many it has follows what the shop bears; beyond 1,000 each row costs more.",
            default: "1000"),
        OptionSpec("connect_deadline", .duration, "How long connecting may take.", default: "10s"),
        OptionSpec("idle_deadline", .duration, "How long the shop may stay silent.", default: "60s"),
        OptionSpec("deadline", .duration, "How long a call may take in all.", default: "2m"),
        OptionSpec(
            "resend_after", .duration,
            "How long a shipment, invoice, credit memo or comment whose answer was lost is waited for before it is sent again. Keep it longer than "
                + "the shop works on any request (max_execution_time, the web server's time-outs): 0s sends again at once, and what comes late is then there twice.",
            default: "20m"),
    ]

    /// - Parameter secrets: resolves a secret's name (`{env: …}`, `{file: …}`) to its value.
    /// - Throws: `SHOP-SETTINGS` at the place in the file, and what `secrets` throws.
    package init(_ node: SettingNode, secrets: (SettingNode) throws -> Secret) throws {
        let reader = SettingReader(node)
        let defaults = WireLimits()
        self.init(
            endpoint: try Self.endpoint(reader),
            credential: try Self.credential(node, reader, secrets),
            limits: WireLimits(
                connectDeadline: try reader.duration("connect_deadline") ?? defaults.connectDeadline,
                idleDeadline: try reader.duration("idle_deadline") ?? defaults.idleDeadline,
                totalDeadline: try reader.duration("deadline") ?? defaults.totalDeadline,
                concurrency: try reader.whole("concurrency", in: 1...16) ?? defaults.concurrency
            ),
            resendAfter: try reader.wait("resend_after") ?? Self.usualResendAfter,
            pace: try Self.pace(reader),
            batch: try reader.whole("batch", in: 1...1000) ?? BatchSizer.Policy().maximum
        )
    }

    private static func pace(_ reader: SettingReader) throws -> Pace {
        guard let given = reader.optionalText("pace") else { return .byCalendar }
        guard let pace = Pace(rawValue: given) else {
            throw reader.problem("pace is not known", at: "pace", fix: "Write gentle, full or by calendar")
        }
        return pace
    }

    private static func endpoint(_ reader: SettingReader) throws -> ShopEndpoint {
        let url = try reader.text("url")
        guard let endpoint = ShopEndpoint(url: url, scope: reader.optionalText("scope") ?? "all") else {
            throw reader.problem(
                "url is not an address of a shop", at: "url", fix: "Write https://shop.example.com, without user, query or /rest")
        }
        // The machine's own neighbourhood (cloud metadata) is never a shop; plain http is for a shop on this machine.
        guard !endpoint.host.hasPrefix("169.254."), !endpoint.host.hasPrefix("fe80:") else {
            throw reader.problem("url names a link-local address", at: "url", fix: "Give the shop's own name")
        }
        guard endpoint.isEncrypted || ["127.0.0.1", "localhost", "::1"].contains(endpoint.host) else {
            throw reader.problem("url is not encrypted", at: "url", fix: "Write https://; plain http is accepted for this machine only")
        }
        return endpoint
    }

    private static func credential(
        _ node: SettingNode, _ reader: SettingReader, _ secrets: (SettingNode) throws -> Secret
    ) throws -> Credential {
        let ways = ["oauth1", "bearer", "admin"].filter { node[$0] != nil }
        guard ways.count == 1, let way = ways.first, let value = node[way] else {
            throw reader.problem(
                ways.isEmpty ? "No credential is given" : "More than one credential is given: \(ways.joined(separator: ", "))",
                at: ways.first ?? "url", fix: "Give exactly one of oauth1, bearer and admin")
        }
        let inner = SettingReader(value)
        func secret(_ name: String) throws -> Secret {
            guard let named = value[name] else {
                throw inner.problem("\(way) needs \(name)", at: name, fix: "Add \(name): {env: …} or {file: …}")
            }
            return try secrets(named)
        }
        switch way {
        case "oauth1":
            let name = reader.optionalText("signature") ?? OAuth1.Dialect.standard.rawValue
            guard let dialect = OAuth1.Dialect(rawValue: name) else {
                throw reader.problem("signature is not known", at: "signature", fix: "Write standard or normalised-path")
            }
            return .oauth1(
                OAuth1.Credentials(
                    consumerKey: try secret("consumer_key"), consumerSecret: try secret("consumer_secret"),
                    accessToken: try secret("access_token"), accessTokenSecret: try secret("access_token_secret")),
                dialect
            )
        case "bearer": return .bearer(try secrets(value))
        default: return .admin(username: try inner.text("username"), password: try secret("password"))
        }
    }
}
