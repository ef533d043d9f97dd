package import Domain

extension SFTPSettings {
    package static let options: [OptionSpec] = [
        OptionSpec("host", .text, "The server's name or address.", required: .required, example: "erp.acme.example"),
        OptionSpec("port", .integer(1...65_535), "The server's port.", default: "22"),
        OptionSpec("user", .text, "The account to log in as.", required: .required, example: "tallyman"),
        OptionSpec(
            "identity",
            .secret,
            "The private key to log in with. Ed25519 or ECDSA, as ssh-keygen writes it; RSA needs transport: openssh, or libssh2 1.11.",
            example: "{file: id_ed25519}"
        ),
        OptionSpec("passphrase", .secret, "The passphrase of the identity. Only for an encrypted key.", example: "{env: KEY_PASSPHRASE}"),
        OptionSpec("password", .secret, "The password to log in with. A key is safer.", example: "{env: ERP_PASSWORD}"),
        OptionSpec(
            "keyboard_interactive",
            .secret,
            "The password, for servers that ask for it as a question. Use it where doctor says keyboard-interactive.",
            example: "{env: ERP_PASSWORD}"
        ),
        OptionSpec(
            "agent",
            .either([.boolean, .text]),
            "Log in with the keys of a running ssh-agent. true takes the one SSH_AUTH_SOCK names, a text is its socket's path.",
            example: "/run/ssh-agent.sock"
        ),
        OptionSpec(
            "host_keys",
            .list(.text),
            "The fingerprints the server may show. One, or several during a rotation or behind a load balancer. "
                + "From the server's owner: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub",
            example: "[SHA256:AAAA…]"
        ),
        OptionSpec(
            "known_hosts",
            .text,
            "A known-hosts file of OpenSSH instead of host_keys. Revoked lines are honoured; certificate authorities are not supported.",
            example: "/etc/ssh/ssh_known_hosts"
        ),
        OptionSpec("connect_deadline", .duration, "How long connecting and logging in may take.", default: "10s"),
        OptionSpec("idle_deadline", .duration, "How long the server may stay silent before the connection is given up.", default: "30s"),
        OptionSpec(
            "connections",
            .integer(connectionRange),
            "How many connections a backlog of files may take at a time. Files from a distance are mostly waiting; a server that allows fewer is served with fewer.",
            default: "\(standardConnections)"
        ),
        OptionSpec(
            "host_connections",
            .integer(hostConnectionRange),
            "How many connections to the host may be open at a time, over all endpoints, flows and processes of the shop. Where several endpoints name the same host, the lowest number holds.",
            default: "\(standardHostConnections)"
        ),
        OptionSpec(
            "login_failures",
            .integer(loginFailureRange),
            "How many refused logins in a row end all further ones, until doctor is let in or the credential is another one. Before that each refusal is followed by a longer rest, for all flows together.",
            default: "\(standardLoginFailures)"
        ),
        OptionSpec(
            "keep_alive",
            .duration,
            "How often a silent connection shows that it is alive. Keep it below the time after which the server, a firewall or a load balancer cuts silent connections (doctor --idle finds out).",
            default: "\(standardKeepAlive.components.seconds)s"
        ),
        OptionSpec(
            "transport",
            .choice(SFTPSettings.Transport.allCases.map(\.rawValue)),
            "What carries the conversation. openssh runs the system's ssh, for what the installed libssh2 cannot do: RSA host keys, RSA user keys, jump hosts, certificates, hardware keys.",
            default: SFTPSettings.Transport.libSSH2.rawValue
        ),
        OptionSpec(
            "ssh_config",
            .text,
            "A configuration file of OpenSSH for this server, with transport openssh: jump hosts, certificates, hardware keys. Without it no configuration file is read. The host's key is checked by host_keys or known_hosts all the same.",
            example: "/etc/tallyman/ssh_config"
        ),
        OptionSpec(
            "probe_folder",
            .text,
            "A folder in which a probe may write small files for a moment, to find out what the server can do. "
                + "doctor probes, and so does a run that meets another server or other settings. Nobody else's files may be in it.",
            example: "probe"
        ),
        OptionSpec(
            "legacy_algorithms",
            .list(.text),
            "Weak algorithms to accept from this host all the same, after the safe ones. Each one is a risk: remove it as soon as the server is renewed.",
            example: "[diffie-hellman-group14-sha1]"
        ),
        OptionSpec(
            "legacy_until",
            .text,
            "The last day on which legacy_algorithms are accepted. Afterwards the server is refused again; doctor tells thirty days before.",
            example: "2027-03-31"
        ),
        OptionSpec(
            "credential_until",
            .text,
            "The last day of the key, password or certificate, as its owner said. doctor tells thirty days before.",
            example: "2027-03-31"
        ),
    ]

    /// - Parameter secrets: resolves a secret's name (`{env: …}`, `{file: …}`) to its value.
    /// - Throws: `ENDPOINT-SETTINGS` at the place in the file, and what `secrets` throws.
    package init(_ node: SettingNode, secrets: (SettingNode) throws -> Secret) throws {
        self.init(
            host: try Self.text("host", in: node),
            port: try Self.port(node),
            user: try Self.text("user", in: node),
            authentication: try Self.authentication(node, secrets: secrets),
            hostKeys: try Self.hostKeys(node),
            deadlines: Deadlines(
                connect: try Self.duration("connect_deadline", in: node) ?? Deadlines().connect,
                idle: try Self.duration("idle_deadline", in: node) ?? Deadlines().idle
            ),
            algorithms: AlgorithmPolicy.current.allowing(node["legacy_algorithms"]?.list?.compactMap(\.scalar) ?? []),
            legacyUntil: try Self.legacyEnd(node),
            credentialUntil: try Self.day("credential_until", in: node),
            connections: try Self.connections(node),
            transport: try Self.transport(node),
            sshConfig: node["ssh_config"]?.scalar,
            probeFolder: try Self.probeFolder(node),
            keepAlive: try Self.keepAlive(node),
            hostConnections: try Self.count("host_connections", Self.hostConnectionRange, in: node) ?? Self.standardHostConnections,
            loginFailures: try Self.count("login_failures", Self.loginFailureRange, in: node) ?? Self.standardLoginFailures
        )
    }

    private static func legacyEnd(_ node: SettingNode) throws -> CivilDate? {
        if let end = node["legacy_until"], node["legacy_algorithms"] == nil {
            throw problem("legacy_until ends nothing without legacy_algorithms", at: end, fix: "Remove it, or name the algorithms")
        }
        return try day("legacy_until", in: node)
    }

    private static func day(_ name: String, in node: SettingNode) throws -> CivilDate? {
        guard let given = node[name] else { return nil }
        let parts = (given.scalar ?? "").split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            let date = CivilDate(year: year, month: month, day: day), date.description == given.scalar
        else { throw problem("\(name) is a day such as 2027-03-31", at: given, fix: "Write \(name): 2027-03-31") }
        return date
    }

    private static func transport(_ node: SettingNode) throws -> Transport {
        var transport = Transport.libSSH2
        if let given = node["transport"] {
            guard let named = given.scalar.flatMap(Transport.init) else {
                throw problem("transport is libssh2 or openssh", at: given, fix: "Leave it out, or write transport: openssh")
            }
            transport = named
        }
        if let config = node["ssh_config"], transport != .openSSH {
            throw problem("ssh_config is read by the system's ssh only", at: config, fix: "Add transport: openssh, or remove ssh_config")
        }
        return transport
    }

    private static func probeFolder(_ node: SettingNode) throws -> String? {
        guard let given = node["probe_folder"] else { return nil }
        guard let folder = given.scalar, !folder.isEmpty, (try? RemotePath.wireBytes(ofFolder: folder)) != nil else {
            throw problem("probe_folder is a folder of the server", at: given, fix: "Write probe_folder: probe, and have it made there")
        }
        return folder
    }

    private static func text(_ name: String, in node: SettingNode) throws -> String {
        guard let text = node[name]?.scalar, !text.isEmpty else {
            throw problem("An SFTP endpoint needs \(name)", at: node[name] ?? node, fix: "Add \(name): …")
        }
        return text
    }

    private static func port(_ node: SettingNode) throws -> Int {
        guard let given = node["port"] else { return 22 }
        guard let port = given.scalar.flatMap({ Int($0) }), (1...65_535).contains(port) else {
            throw problem("A port is a number from 1 to 65535", at: given, fix: "Most SFTP servers use 22")
        }
        return port
    }

    /// The library tells whole seconds apart, and at least two.
    private static func keepAlive(_ node: SettingNode) throws -> Duration {
        guard let interval = try duration("keep_alive", in: node) else { return standardKeepAlive }
        guard interval >= .seconds(2) else {
            throw problem("keep_alive is at least 2s", at: node["keep_alive"] ?? node, fix: "Write keep_alive: 2s")
        }
        return interval
    }

    private static func count(_ name: String, _ range: ClosedRange<Int64>, in node: SettingNode) throws -> Int? {
        guard let given = node[name] else { return nil }
        guard let count = given.scalar.flatMap({ Int64($0) }), range.contains(count) else {
            throw problem(
                "\(name) is a whole number from \(range.lowerBound) to \(range.upperBound)", at: given,
                fix: "Leave it out, or write \(name): \(range.lowerBound)")
        }
        return Int(count)
    }

    private static func connections(_ node: SettingNode) throws -> Int {
        guard let given = node["connections"] else { return standardConnections }
        guard let count = given.scalar.flatMap({ Int64($0) }), connectionRange.contains(count) else {
            throw problem(
                "connections is a number from \(connectionRange.lowerBound) to \(connectionRange.upperBound)", at: given,
                fix: "Write connections: 1 for a server that allows one login at a time"
            )
        }
        return Int(count)
    }

    private static func authentication(
        _ node: SettingNode,
        secrets: (SettingNode) throws -> Secret
    ) throws -> Authentication {
        let ways = ["identity", "password", "keyboard_interactive", "agent"]
        let given = ways.filter { node[$0] != nil }
        if given.isEmpty, node["ssh_config"] != nil { return .configured }
        guard given.count == 1, let way = given.first, let value = node[way] else {
            throw problem(
                given.isEmpty ? "No way to log in is given" : "More than one way to log in is given: \(given.joined(separator: ", "))",
                at: node,
                fix: "Give exactly one of \(ways.joined(separator: ", "))"
            )
        }
        switch way {
        case "identity": return .key(try secrets(value), passphrase: try node["passphrase"].map(secrets))
        case "password": return .password(try secrets(value))
        case "keyboard_interactive": return .keyboardInteractive(try secrets(value))
        default: return .agent(socket: value.scalar == "true" ? nil : value.scalar)
        }
    }

    private static func hostKeys(_ node: SettingNode) throws -> HostKeys {
        let pins = node["host_keys"].map { $0.list ?? [$0] } ?? []
        let file = node["known_hosts"]?.scalar
        guard pins.isEmpty == (file != nil) else {
            throw problem(
                "The server's key is not pinned in one way",
                at: node,
                fix: "Give host_keys: [SHA256:…] or known_hosts: FILE, one of the two"
            )
        }
        if let file { return .knownHosts(path: file) }
        return .pinned(try pins.map(fingerprint))
    }

    private static func fingerprint(_ pin: SettingNode) throws -> HostKeyFingerprint {
        guard let fingerprint = pin.scalar.flatMap(HostKeyFingerprint.init) else {
            throw problem(
                "A host key is pinned by its fingerprint, SHA256: and 43 characters",
                at: pin,
                fix: "Ask the server's owner for the output of ssh-keygen -lf on its .pub file"
            )
        }
        return fingerprint
    }

    private static func duration(_ name: String, in node: SettingNode) throws -> Duration? {
        guard let given = node[name] else { return nil }
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600]
        guard let text = given.scalar, let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()),
            (1...86_400).contains(count)
        else { throw problem("\(name) is a duration such as 30s or 2m", at: given, fix: "Write \(name): 30s") }
        return .seconds(count * unit)
    }

    private static func problem(_ summary: String, at node: SettingNode, fix: String) -> Diagnostic {
        Diagnostic("ENDPOINT-SETTINGS", summary, at: node.location, fix: fix)
    }
}
