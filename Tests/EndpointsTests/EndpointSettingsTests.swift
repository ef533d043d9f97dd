import Domain
import Endpoints
import Testing

struct EndpointSettingsTests {
    private static let pin = "SHA256:" + String(repeating: "A", count: 43)

    private func scalar(_ text: String) -> SettingNode { SettingNode(.scalar(text), at: .init(file: "shop.yaml", line: 7, column: 3)) }

    private func node(_ pairs: [(String, SettingNode)]) -> SettingNode {
        SettingNode(.map(pairs.map { (key: $0.0, node: $0.1) }), at: .init(file: "shop.yaml", line: 5, column: 1))
    }

    private var base: [(String, SettingNode)] {
        [
            ("host", scalar("erp.example")), ("user", scalar("tallyman")),
            ("host_keys", SettingNode(.list([scalar(Self.pin)]), at: .init(file: "shop.yaml"))),
        ]
    }

    private func parse(_ pairs: [(String, SettingNode)]) throws -> SFTPSettings {
        try SFTPSettings(node(pairs)) { Secret("value of " + ($0["file"]?.scalar ?? $0["env"]?.scalar ?? "")) }
    }

    private func secret(_ name: String) -> SettingNode { node([("file", scalar(name))]) }

    @Test func `the least that is needed takes the defaults for the rest`() throws {
        let settings = try parse(base + [("identity", secret("id_ed25519"))])

        #expect(settings.host == "erp.example" && settings.port == 22 && settings.user == "tallyman")
        #expect(settings.deadlines == .init(connect: .seconds(10), idle: .seconds(30)))
        #expect(settings.hostKeys == .pinned([try #require(HostKeyFingerprint(Self.pin))]))
        #expect(settings.algorithms == .current && settings.connections == 4)
        guard case .key(let key, nil) = settings.authentication else { throw Unexpected() }
        #expect(key.reveal() == "value of id_ed25519")
    }

    @Test func `CTR is asked for before GCM, which the library is slower with`() throws {
        let ciphers = AlgorithmPolicy.current.ciphers

        let lastCounter = try #require(ciphers.lastIndex { $0.hasSuffix("-ctr") })
        let firstGalois = try #require(ciphers.firstIndex { $0.contains("-gcm") })
        #expect(lastCounter < firstGalois)
    }

    @Test func `every option is read`() throws {
        let settings = try parse([
            ("host", scalar("erp.example")), ("port", scalar("2222")), ("user", scalar("u")), ("identity", secret("k")),
            ("passphrase", secret("p")), ("known_hosts", scalar("/etc/known")), ("connect_deadline", scalar("5s")),
            ("idle_deadline", scalar("2m")), ("legacy_algorithms", SettingNode(.list([scalar("aes128-cbc")]), at: .init(file: "f"))),
            ("connections", scalar("8")),
        ])

        #expect(settings.port == 2222 && settings.connections == 8)
        #expect(settings.deadlines == .init(connect: .seconds(5), idle: .seconds(120)))
        #expect(settings.hostKeys == .knownHosts(path: "/etc/known"))
        #expect(settings.algorithms.ciphers.last == "aes128-cbc")
        guard case .key(_, let passphrase?) = settings.authentication else { throw Unexpected() }
        #expect(passphrase.reveal() == "value of p")
    }

    @Test func `what is missing, doubled or malformed is refused at its place`() throws {
        let login = ("identity", secret("k"))
        let wrong: [[(String, SettingNode)]] = [
            [], base, Array(base.dropFirst()) + [login], base + [login, ("password", secret("p"))],
            base + [login, ("port", scalar("0"))], base + [login, ("port", scalar("ssh"))], base + [login, ("known_hosts", scalar("f"))],
            Array(base.prefix(2)) + [login], Array(base.prefix(2)) + [login, ("host_keys", scalar("SHA256:short"))],
            base + [login, ("idle_deadline", scalar("soon"))], base + [login, ("connect_deadline", scalar("0s"))],
            base + [login, ("connections", scalar("0"))], base + [login, ("connections", scalar("9"))],
            base + [login, ("connections", scalar("many"))], base + [login, ("transport", scalar("putty"))],
            base + [login, ("ssh_config", scalar("f"))], base + [("ssh_config", scalar("f"))],
            base + [login, ("transport", scalar("libssh2")), ("ssh_config", scalar("f"))],
        ]
        for pairs in wrong {
            let refusal = try #require(throws: Diagnostic.self) { _ = try parse(pairs) }
            #expect(refusal.code == "ENDPOINT-SETTINGS")
            #expect(refusal.location?.file == "shop.yaml")
            #expect(!refusal.fix.isEmpty)
        }
    }

    @Test(arguments: ["password", "keyboard_interactive", "agent"])
    func `each way to log in is read by its name`(_ way: String) throws {
        let settings = try parse(base + [(way, way == "agent" ? scalar("true") : secret("s"))])

        switch settings.authentication {
        case .password: #expect(way == "password")
        case .keyboardInteractive: #expect(way == "keyboard_interactive")
        case .agent(let socket): #expect(way == "agent" && socket == nil)
        case .key, .configured: Issue.record("no key and no file was given")
        }
    }

    @Test func `the second transport is chosen by name, and a file of its own may say how to log in`() throws {
        let login = ("identity", secret("k"))
        let second = ("transport", scalar("openssh"))
        let file = ("ssh_config", scalar("/etc/tallyman/ssh_config"))

        #expect(try parse(base + [login]).transport == .libSSH2)
        #expect(try parse(base + [login, second]).transport == .openSSH)
        #expect(try parse(base + [login, second, file]).sshConfig == "/etc/tallyman/ssh_config")
        guard case .configured = try parse(base + [second, file]).authentication else {
            Issue.record("the file was to say how to log in")
            return
        }
    }

    @Test func `a local endpoint begins at a folder, and a relative one is relative to the settings`() throws {
        func root(_ text: String) throws -> String { try LocalSettings(node([("root", scalar(text))]), relativeTo: "/etc/tallyman").root }

        #expect(try root("/srv/erp") == "/srv/erp" && root("erp") == "/etc/tallyman/erp")
        #expect(throws: Diagnostic.self) { try root("") }
        #expect(throws: Diagnostic.self) { try LocalSettings(node([]), relativeTo: "/") }
    }

    @Test func `each option is declared once, with help whose first sentence stands alone`() {
        for options in [SFTPSettings.options, LocalSettings.options] {
            #expect(Set(options.map(\.name)).count == options.count)
            for option in options { #expect(option.help.contains("."), "\(option.name)") }
        }
    }

    private struct Unexpected: Error {}
}
