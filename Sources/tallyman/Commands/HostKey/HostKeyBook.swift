import Domain
import Endpoints
import StateStore

/// The keys of one server: those that it may show, those that it shows, and who confirmed them.
struct HostKeyBook {
    struct Key: Encodable {
        var endpoint: String
        var key: String
        var type: String?
        var pinned: Bool
        /// Absent where the server could not be asked.
        var offered: Bool?
        var confirmedBy: String?
        var confirmedAt: String?
        var because: String?
    }

    static let added = "hostkey-add"
    static let ended = "hostkey-rotate"

    let endpoint: String
    let settings: SFTPSettings

    init(_ endpoint: String, _ assembly: Assembly) throws {
        self.endpoint = endpoint
        guard case .sftp(let settings) = try assembly.endpointSettings(endpoint, secrets: Assembly.unread) else {
            throw Diagnostic(
                "ENDPOINT-UNKNOWN", "endpoint \(Escaped(endpoint)) is a folder of this machine and has no host key",
                fix: "`tallyman hostkey show` lists the endpoints that have one")
        }
        self.settings = settings
    }

    /// What the server shows now; `nil` where it cannot be asked, as behind a jump host.
    func offered() -> [ShownHostKey]? {
        guard settings.sshConfig == nil, let port = UInt16(exactly: settings.port) else { return nil }
        let shown = ShownHostKey.all(of: settings.host, port: port)
        return shown.isEmpty ? nil : shown
    }

    /// Pinned keys first, then those that are only offered.
    func keys(_ reader: LedgerReader) throws -> [Key] {
        let offered = offered()
        let confirmations = try reader.audit(before: .max, who: nil, action: Self.added, limit: 1000).filter { $0.subject == endpoint }
        let pinned = try settings.trustedHostKeys(place: endpoint).map(\.description)
        let only = (offered ?? []).map(\.fingerprint).filter { !pinned.contains($0) }
        return (pinned + only).map { key in
            let shown = offered?.first { $0.fingerprint == key }
            // The newest entry first.
            let entry = pinned.contains(key) ? confirmations.first { $0.detail.hasPrefix("\(key): ") } : nil
            return Key(
                endpoint: endpoint, key: key, type: shown?.kind.rawValue, pinned: pinned.contains(key), offered: offered.map { _ in shown != nil },
                confirmedBy: entry?.who, confirmedAt: entry.map { "\($0.at)" }, because: entry.map { String($0.detail.dropFirst(key.count + 2)) })
        }
    }
}
