package import Domain

/// When a file counts as completely written. Pure: what is remembered between looks is a `Observation` that the caller keeps.
///
/// Only our own clocks count. The server's may be wrong, and modification times of 1970 or next year must neither block a
/// file for ever nor let it through at once (F26).
package enum SettlePolicy: Hashable, Sendable {
    /// Size and modification time stayed the same over two looks at least this far apart.
    case unchanged(for: Duration)
    /// Its done file is there. Size and time do not matter.
    case announced(by: DoneFileName)
    /// The sender renames finished files into place.
    case atOnce

    /// A file whose time changes at every look but whose size stays is taken after this many looks and this many times the
    /// wait: some servers show the time of the look.
    package static let unsteadyClockLooks = 5

    /// Judges `file` as it is at `look`.
    /// - Parameters:
    ///   - earlier: what the previous look at the same name returned; `nil` at the first.
    ///   - announcement: whether the name's done file is in the same listing.
    package func judge(
        _ file: RemoteFile,
        earlier: Observation?,
        announcement: Announcement,
        at look: ScanTime
    ) -> (observation: Observation, verdict: SettleVerdict) {
        let observation = Observation(file, after: earlier, at: look)
        switch self {
        case .atOnce:
            return (observation, .settled(.steady))
        case .announced:
            return (observation, announcement == .present ? .settled(.steady) : .waiting(.doneFile))
        case .unchanged(let wait):
            if observation.looks >= 2, observation.unchangedSince.elapsed(until: look) >= wait { return (observation, .settled(.steady)) }
            let isSteadyInSize =
                observation.sameSizeLooks >= Self.unsteadyClockLooks
                && observation.sameSizeSince.elapsed(until: look) >= wait * Self.unsteadyClockLooks
            return (observation, isSteadyInSize ? .settled(.clockUnsteady) : .waiting(.steadiness))
        }
    }
}

/// Whether the file that announces another one is there.
package enum Announcement: String, Sendable, CaseIterable { case present, absent }

package enum SettleVerdict: Hashable, Sendable {
    package enum Cause: String, Sendable {
        /// It may still be growing.
        case steadiness
        case doneFile = "done file"
    }

    package enum Confidence: String, Sendable {
        case steady
        /// Worth a warning: the server's times change by themselves.
        case clockUnsteady = "clock unsteady"
    }

    case waiting(Cause)
    case settled(Confidence)
}

extension Observation {
    /// Whether a reading that begins at `look` is surely of one writing of the file: another one would show another time.
    ///
    /// By both clocks: the wall's may have been set meanwhile, and the other one is another machine's where that looked before.
    /// - Parameter precision: two writings closer together than this may show the same time.
    package func certainty(ofReadingAt look: ScanTime, precision: Duration) -> ReadingCertainty {
        let passed = min(unchangedSince.elapsed(until: look), look.wall.since(unchangedSince.wall))
        return passed >= ReadingCertainty.tick(of: precision) ? .proven : .doubtful
    }
}

/// The moment we looked: `wall` for people, `uptime` for waits.
package struct ScanTime: Hashable, Sendable {
    package var wall: UTCInstant
    package var uptime: Duration

    package init(wall: UTCInstant, uptime: Duration) {
        self.wall = wall
        self.uptime = uptime
    }

    package init(_ timeline: Timeline) { self.init(wall: timeline.now(), uptime: timeline.uptime()) }

    /// At least this much time has passed, whatever the wall clock was set to meanwhile. A restart of the machine sets
    /// `uptime` back: then no less has passed than since that restart.
    package func elapsed(until later: ScanTime) -> Duration {
        later.uptime >= uptime ? later.uptime - uptime : later.uptime
    }
}

/// What we remember of a file between looks.
package struct Observation: Hashable, Sendable {
    package var size: Int64
    package var modified: UTCInstant
    package var mark: FileMark?
    package var unchangedSince: ScanTime
    /// Looks with this size and time.
    package var looks: Int
    package var sameSizeSince: ScanTime
    package var sameSizeLooks: Int

    package init(
        size: Int64, modified: UTCInstant, mark: FileMark? = nil, unchangedSince: ScanTime, looks: Int, sameSizeSince: ScanTime,
        sameSizeLooks: Int
    ) {
        self.size = size
        self.modified = modified
        self.mark = mark
        self.unchangedSince = unchangedSince
        self.looks = looks
        self.sameSizeSince = sameSizeSince
        self.sameSizeLooks = sameSizeLooks
    }

    package init(_ file: RemoteFile, after earlier: Observation?, at look: ScanTime) {
        let isSameSize = earlier?.size == file.size
        let isSame = isSameSize && earlier?.modified == file.modified && earlier?.mark == file.mark
        self.init(
            size: file.size,
            modified: file.modified,
            mark: file.mark,
            unchangedSince: (isSame ? earlier?.unchangedSince : nil) ?? look,
            looks: isSame ? (earlier?.looks ?? 0) + 1 : 1,
            sameSizeSince: (isSameSize ? earlier?.sameSizeSince : nil) ?? look,
            sameSizeLooks: isSameSize ? (earlier?.sameSizeLooks ?? 0) + 1 : 1
        )
    }
}
