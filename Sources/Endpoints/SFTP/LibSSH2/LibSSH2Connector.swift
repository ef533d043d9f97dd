import Domain
import Glibc

/// From settings to an authenticated SFTP channel: connect, agree on algorithms, check the host's key, log in, in this order.
/// No credential leaves before the key was found trusted (F19).
struct LibSSH2Connector: SFTPConnecting {
    let place: String
    let settings: SFTPSettings
    let calls: LibSSH2Calls
    let timeline: Timeline
    let stop: SessionStop

    var address: String { "\(settings.host):\(settings.port)" }

    private var fault: SFTPFault { SFTPFault(place: place, settings: settings) }

    func connect() throws -> any SFTPChannel {
        let trust = try HostKeyTrust.load(settings, place: place)
        try refuseUnusableKey()
        let began = timeline.uptime()
        var offered: [HostKeyFingerprint] = []
        for types in trust.attempts {
            let algorithms = settings.algorithms.hostKeys(of: types)
            guard !algorithms.isEmpty, let link = try open(hostKeys: algorithms, began: began) else { continue }
            do {
                guard let key = calls.hostKey(link.session) else {
                    throw lost(.lost(code: 0, text: "the server sent no host key"))
                }
                let fingerprint = HostKeyFingerprint(key: key)
                switch trust.judge(fingerprint) {
                case .trusted: return try finish(link)
                case .revoked: throw fault.revoked(fingerprint, trust)
                case .unknown: offered.append(fingerprint)
                }
            } catch {
                link.close()
                throw error
            }
            link.close()
        }
        throw offered.isEmpty ? try nothingInCommon() : fault.mismatch(offered, trust)
    }

    /// A link after the key exchange; `nil` where the server has no key of these algorithms or no other algorithm in common.
    private func open(hostKeys: [String], began: Duration) throws -> SSHLink? {
        let remaining = began + settings.deadlines.connect - timeline.uptime()
        let socket = try TCPSocket.connect(
            host: settings.host,
            port: settings.port,
            within: max(remaining, .milliseconds(1)),
            timeline: timeline,
            stop: stop,
            place: place
        )
        let link: SSHLink
        do {
            link = try SSHLink(
                calls: calls, socket: socket, deadlines: settings.deadlines, began: began, timeline: timeline, stop: stop
            )
        } catch { throw lost(error) }
        var policy = settings.algorithms
        policy.hostKeys = hostKeys
        for family in LibSSH2Calls.MethodFamily.allCases {
            guard calls.prefer(link.session, family, policy.names(of: family).joined(separator: ",")) == 0 else {
                link.close()
                return nil
            }
        }
        do {
            try link.complete { calls.handshake(link.session, socket) }
            return link
        } catch {
            link.close()
            if case .library(SSHCode.keyExchangeFailed, _) = error { return nil }
            throw lost(error)
        }
    }

    private func finish(_ link: SSHLink) throws -> LibSSH2Channel {
        try LibSSH2Login(fault: fault, calls: calls).perform(on: link)
        do {
            let sftp = try link.obtain { calls.startSFTP(link.session) }
            link.becomeConnected(sftp: sftp, keepingAliveEvery: settings.keepAlive, place: place)
            return LibSSH2Channel(link: link, sftp: sftp)
        } catch {
            if case .cancelled = error { throw CancellationError() }
            throw fault.channelRefused(error.text)
        }
    }

    private func refuseUnusableKey() throws {
        guard case .key(let key, _) = settings.authentication, PrivateKeyText(key.reveal()).algorithm == .rsa,
            LibraryVersion(calls.version()) < LibraryVersion("1.11.0")
        else { return }
        throw Diagnostic(
            "AUTH-KEY-RSA",
            "\(place): the key is RSA, and the installed libssh2 \(calls.version()) can sign RSA only with SHA-1, which servers refuse",
            fix: "Write transport: openssh in this endpoint's settings: the installed ssh signs with SHA-2. "
                + "Or make a new key with ssh-keygen -t ed25519, give its .pub line to the server's owner, and name it as identity",
            kind: .unauthorised
        )
    }
}

// MARK: Explaining

extension LibSSH2Connector {
    /// - Returns: the error to throw for a link that failed before the login.
    private func lost(_ failure: SSHFailure) -> any Error {
        if case .cancelled = failure { return CancellationError() }
        return fault.handshake(failure.text)
    }

    private func nothingInCommon() throws -> Diagnostic {
        let offer = try ServerOffer.asking(settings, place: place, timeline: timeline, stop: stop)
        return fault.nothingInCommon(offer, lack: "the installed libssh2 \(calls.version())", canSwitch: true)
    }
}

/// `1.10.0`, compared number by number.
struct LibraryVersion: Comparable {
    let parts: [Int]

    init(_ text: String) { parts = text.split(separator: ".").map { Int($0.prefix { $0.isNumber }) ?? 0 } }

    static func < (left: LibraryVersion, right: LibraryVersion) -> Bool { left.parts.lexicographicallyPrecedes(right.parts) }
}
