import Console
import Domain
import Foundation
import StateStore

/// The settings file of the console: where it is served, and whose shops it shows. A file of its own, because one console serves several
/// shops and is restarted apart from them.
struct ConsoleFile {
    static let options: [OptionSpec] = [
        OptionSpec("listen", .text, "Address and port that the console is served on, on this machine only.", default: "127.0.0.1:8484"),
        OptionSpec(
            "url", .text, "The console's address for people, as a web server before it answers to it. Default: the address of `listen`.",
            example: "https://console.acme.example"),
        OptionSpec(
            "shops", .list(.text), "Settings files of the shops it shows, one each.", required: .required, example: "/etc/tallyman/acme.yaml"),
        OptionSpec(
            "state", .text, "The folder of the console's own list of users and sessions; only this service may read it.", required: .required,
            example: "/var/lib/tallyman/console"),
        OptionSpec(
            "second_factor", .choice(ConsoleSettings.SecondFactor.allCases.map(\.rawValue)),
            "Who signs in with a code of an authenticator besides the password. `off` is for an address of this machine alone.", default: "everyone"),
        OptionSpec(
            "four_eyes", .boolean, "Whether a plan is approved by somebody other than the person who ordered or corrected it.", default: "false"),
        OptionSpec("trust", .object(trustOptions), "A single sign-on in front of the console whose word counts. Without it no header does."),
        OptionSpec("upload_limit", .integer(1...4096), "The largest file that may be brought in the console, in MiB.", default: "100"),
    ]

    private static let trustOptions: [OptionSpec] = [
        OptionSpec(
            "header", .text, "The header in which the proxy names the person, as the console knows them.", default: "X-Auth-Request-Email",
            example: "X-Auth-Request-User"),
        OptionSpec("from", .list(.text), "Addresses that the proxy connects from.", default: "127.0.0.1", example: "127.0.0.1"),
        OptionSpec("secret_header", .text, "The header in which the proxy sends the secret.", default: "X-Proxy-Secret"),
        OptionSpec("secret", .secret, "What proxy and console both know, at least 16 characters.", required: .required),
    ]

    var settings: ConsoleSettings
    var shops: [String]
    private var path: String
    var state: String

    init(path: String) throws {
        let root = try SettingsFile.load(path)
        let problems = SettingCheck.problems(in: root, against: Self.options)
        guard problems.isEmpty else { throw SettingsProblems(problems: problems) }
        let listen = root.text("listen") ?? "127.0.0.1:8484"
        guard let colon = listen.lastIndex(of: ":"), let port = Int(listen[listen.index(after: colon)...]), (0...65_535).contains(port) else {
            throw (root["listen"] ?? root).invalid("is not an address with a port", fix: "write it like 127.0.0.1:8484")
        }
        let host = listen[..<colon].trimmingCharacters(in: ["[", "]"])
        guard ["127.0.0.1", "::1", "localhost"].contains(host) else {
            throw (root["listen"] ?? root).invalid(
                "is not on this machine alone", fix: "use 127.0.0.1, and put a web server with TLS before it (docs/console.md)")
        }
        var url = root.text("url") ?? "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        while url.hasSuffix("/") { url.removeLast() }
        let isLocal = ["http://127.0.0.1", "http://localhost", "http://[::1]"].contains { url == $0 || url.hasPrefix($0 + ":") }
        guard url.hasPrefix("https://") || isLocal, !url.dropFirst(8).contains("/") else {
            throw (root["url"] ?? root).invalid(
                "is neither https nor of this machine", fix: "write it like https://console.acme.example, without a path")
        }
        let factor = root.text("second_factor").flatMap(ConsoleSettings.SecondFactor.init) ?? .everyone
        guard factor != .off || isLocal else {
            throw (root["second_factor"] ?? root).invalid("is off, and url is an address for others", fix: "use everyone or deciders")
        }
        self.path = path
        settings = ConsoleSettings(
            host: host == "localhost" ? "127.0.0.1" : host, port: port, url: url, secondFactor: factor,
            needsFourEyes: root.text("four_eyes") == "true")
        settings.uploadLimit = (root.text("upload_limit").flatMap { Int($0) } ?? 100) << 20
        shops = root.texts("shops").map { Settings.absolute($0, beside: path) }
        state = Settings.absolute(try root.requiredText("state"), beside: path)
        settings.folder = state
        if let trust = root["trust"] {
            // A header from anywhere else is refused, so a proxy that does not send the secret is noticed at its first request.
            let secret = try SecretStore(environment: ProcessInfo.processInfo.environment, settingsFile: path).secret(trust["secret"] ?? trust)
                .reveal()
            guard secret.utf8.count >= 16 else {
                throw (trust["secret"] ?? trust).invalid(
                    "is shorter than 16 characters", fix: "write 32 random characters into it: openssl rand -hex 16")
            }
            let from = trust.texts("from")
            settings.proxy = TrustedProxy(
                header: trust.text("header") ?? "X-Auth-Request-Email", secretHeader: trust.text("secret_header") ?? "X-Proxy-Secret",
                addresses: Set(from.isEmpty ? ["127.0.0.1"] : from), secret: secret)
        }
    }

    /// The list of users. The folder is made for its owner alone.
    func store() throws -> AccessStore {
        // What root writes there the service cannot read.
        try StateOwner(folder: state, settings: path).settle()
        do {
            try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Diagnostic(
                "STATE-FOLDER", "the state folder cannot be made", at: .init(file: state),
                fix: "make it, owned by the user that runs tallyman, with mode 0700")
        }
        return try AccessStore(path: "\(state)/console.db")
    }
}
