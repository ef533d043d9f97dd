package import Domain
import Foundation
import GRDB

/// A probe, and when it was made.
package struct KnownServer: Hashable, Sendable {
    package var endpoint: String
    package var at: UTCInstant
    package var probe: ServerProbe
}

extension LedgerReader {
    /// What is known of this very server under the endpoint's name; `nil` where it was never probed.
    package func serverProbe(of endpoint: String, _ identity: ServerProbe.Identity) throws -> KnownServer? {
        try knownServer(
            "SELECT endpoint, at, probe FROM server_probe WHERE endpoint = ? AND identity = ?", [endpoint, try ServerProbeText.key(of: identity)])
    }

    /// The latest probe under the endpoint's name, whichever server answered.
    package func latestServerProbe(of endpoint: String) throws -> KnownServer? {
        try knownServer("SELECT endpoint, at, probe FROM server_probe WHERE endpoint = ? ORDER BY at DESC, identity LIMIT 1", [endpoint])
    }

    private func knownServer(_ sql: String, _ arguments: StatementArguments) throws -> KnownServer? {
        guard let row = try Row.fetchOne(db, sql: sql, arguments: arguments), let probe = ServerProbeText.decode(row["probe"]) else { return nil }
        return KnownServer(endpoint: row["endpoint"], at: UTCInstant(milliseconds: row["at"]), probe: probe)
    }
}

extension LedgerWriter {
    /// Behind one name there may be several servers. More than this many were servers of the past.
    private static let serversKept = 8

    package func record(_ probe: ServerProbe, of endpoint: String, at now: UTCInstant) throws {
        try db.execute(
            sql: """
                INSERT INTO server_probe (endpoint, identity, at, probe) VALUES (?, ?, ?, ?)
                ON CONFLICT (endpoint, identity) DO UPDATE SET at = excluded.at, probe = excluded.probe
                """,
            arguments: [endpoint, try ServerProbeText.key(of: probe.identity), now.milliseconds, try ServerProbeText.encode(probe)])
        try db.execute(
            sql: """
                DELETE FROM server_probe WHERE endpoint = ?1 AND identity NOT IN
                  (SELECT identity FROM server_probe WHERE endpoint = ?1 ORDER BY at DESC, identity LIMIT ?2)
                """,
            arguments: [endpoint, Self.serversKept])
    }
}

/// A probe as a column.
private enum ServerProbeText {
    static func key(of identity: ServerProbe.Identity) throws -> String { try text(identity) }
    static func encode(_ probe: ServerProbe) throws -> String { try text(probe) }

    /// `nil` for what another version wrote and this one cannot read: then it is probed anew.
    static func decode(_ text: String) -> ServerProbe? { try? JSONDecoder().decode(ServerProbe.self, from: Data(text.utf8)) }

    private static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
