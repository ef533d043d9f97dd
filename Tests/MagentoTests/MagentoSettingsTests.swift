import Domain
import Testing

@testable import Magento

struct MagentoSettingsTests {
    private static func node(_ pairs: [(String, SettingNode.Value)]) -> SettingNode {
        let place = Diagnostic.Location(file: "settings.yaml", line: 7, column: 3)
        return SettingNode(.map(pairs.map { (key: $0.0, node: SettingNode($0.1, at: place)) }), at: place)
    }

    private static func secret(_ name: String) -> SettingNode.Value {
        .map([(key: "env", node: SettingNode(.scalar(name), at: Diagnostic.Location(file: "settings.yaml")))])
    }

    private static let oauth = SettingNode.Value.map(
        ["consumer_key", "consumer_secret", "access_token", "access_token_secret"].map {
            (key: $0, node: SettingNode(secret($0.uppercased()), at: Diagnostic.Location(file: "settings.yaml")))
        })

    private func settings(_ pairs: [(String, SettingNode.Value)]) throws -> MagentoSettings {
        try MagentoSettings(Self.node(pairs)) { Secret("value of \($0["env"]?.scalar ?? "")") }
    }

    @Test func `a shop with an integration is read with its defaults`() throws {
        let settings = try settings([("url", .scalar("https://Shop.Acme.example:443/")), ("oauth1", Self.oauth)])

        #expect(settings.endpoint.origin == "https://shop.acme.example" && settings.endpoint.scope == "all")
        #expect(settings.limits == WireLimits())
        guard case .oauth1(let credentials, .standard) = settings.credential else { return #expect(Bool(false)) }
        #expect(credentials.accessTokenSecret.reveal() == "value of ACCESS_TOKEN_SECRET")
    }

    @Test func `deadlines, concurrency and signature are taken`() throws {
        let settings = try settings([
            ("url", .scalar("http://127.0.0.1:8089")), ("oauth1", Self.oauth), ("signature", .scalar("normalised-path")),
            ("concurrency", .scalar("4")), ("deadline", .scalar("5m")), ("scope", .scalar("default")),
        ])

        #expect(settings.limits.concurrency == 4 && settings.limits.totalDeadline == .seconds(300))
        #expect(settings.endpoint.scope == "default")
        guard case .oauth1(_, .normalisedPath) = settings.credential else { return #expect(Bool(false)) }
    }

    @Test(arguments: [
        "shop.acme.example", "ftp://shop.acme.example", "https://", "https://user:pw@shop.acme.example", "https://shop.acme.example?x=1",
        "https://shop.acme.example/#a", "http://shop.acme.example", "http://169.254.169.254", "https://169.254.169.254/latest",
        "https://shop acme",
    ])
    func `S23 an address that is no shop is refused with its place`(_ url: String) throws {
        let problem = #expect(throws: Diagnostic.self) { try settings([("url", .scalar(url)), ("oauth1", Self.oauth)]) }

        #expect(problem?.code == "SHOP-SETTINGS" && problem?.location?.line == 7)
    }

    @Test func `exactly one credential is wanted`() {
        let url = ("url", SettingNode.Value.scalar("https://shop.acme.example"))

        #expect(throws: Diagnostic.self) { try settings([url]) }
        #expect(throws: Diagnostic.self) { try settings([url, ("oauth1", Self.oauth), ("bearer", Self.secret("T"))]) }
        #expect(throws: Diagnostic.self) { try settings([url, ("oauth1", .map([]))]) }
    }

    @Test(arguments: [("concurrency", "0"), ("concurrency", "99"), ("deadline", "soon"), ("deadline", "-5s"), ("signature", "sha1")])
    func `a value out of range is refused`(_ name: String, _ value: String) {
        #expect(throws: Diagnostic.self) {
            try settings([("url", .scalar("https://shop.acme.example")), ("oauth1", Self.oauth), (name, .scalar(value))])
        }
    }

    @Test(arguments: [
        ("https://shop.example.com", "https://shop.example.com", ""), ("https://Shop.Example.com:443", "https://shop.example.com", ""),
        ("http://127.0.0.1:80/", "http://127.0.0.1", ""), ("https://s.example:8443/shop/", "https://s.example:8443", "/shop"),
        ("https://s.example/shop/rest", "https://s.example", "/shop"),
    ])
    func `an address is brought into the form that is signed`(_ url: String, _ origin: String, _ path: String) throws {
        let endpoint = try #require(ShopEndpoint(url: url))

        #expect(endpoint.origin == origin && endpoint.basePath == path)
    }
}
