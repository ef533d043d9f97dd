package import Domain

/// At most so many connections to a host at a time, over all flows, endpoints and processes that share a folder for it. A
/// process that ends, in whatever way, gives back what it held.
package struct ConnectionSlots: Sendable {
    /// How long somebody waits for others to end.
    package static let patience = Duration.seconds(600)
    private static let firstPause = Duration.milliseconds(20)
    private static let longestPause = Duration.seconds(1)

    private let folder: String
    private let limit: Int
    private let timeline: Timeline

    /// - Parameters:
    ///   - folder: one for all who count together; the lock files are made there.
    ///   - limit: the same for all of them; where it differs, the lower ones use the first places only.
    package init(folder: String, limit: Int, timeline: Timeline) {
        (self.folder, self.limit, self.timeline) = (folder, limit, timeline)
    }

    /// Waits for a place. It is to be released by whoever gets it.
    /// - Throws: `CONNECTIONS-BUSY` (transient) after `patience`, `STATE-FOLDER`, `CancellationError`.
    func take(host: String, port: Int, place: String) async throws -> MachineLock {
        let mark = ContentHash(of: Array("\(host.lowercased())\n\(port)".utf8)).short
        let until = timeline.uptime() + Self.patience
        var pause = Self.firstPause
        while true {
            for number in 0..<limit {
                if let lock = try MachineLock.take("\(folder)/connection-\(mark)-\(number).lock") { return lock }
            }
            guard timeline.uptime() < until else {
                throw Diagnostic(
                    "CONNECTIONS-BUSY",
                    "\(place): all \(limit) connections to \(Escaped(host)) port \(port) were in use for \(Self.patience.inSeconds)",
                    fix: "tried again at the next run; if it stays, spread the schedules, or raise host_connections if the server's owner agrees",
                    kind: .transient)
            }
            try await timeline.sleep(pause)
            pause = min(pause * 2, Self.longestPause)
        }
    }
}
