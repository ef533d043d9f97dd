package import Domain

/// Where what is known of a server is kept, and when it is found out anew.
package struct ProbeMemory: Sendable {
    package enum Occasion: Sendable {
        /// What is known is used; nothing is tried.
        case never
        /// A server that is not known, or not as it is now, is probed before the session's work, if a folder is named for it.
        case onChange
    }

    private let occasion: Occasion
    private let timeline: Timeline
    private let names: ProbeNames
    private let lockPath: String
    private let find: @Sendable (ServerProbe.Identity) throws -> ServerProbe?
    private let keep: @Sendable (ServerProbe) throws -> Void

    /// - Parameters:
    ///   - lockPath: a file of this machine that is locked while a probe is made, so that its files are never another's leftovers.
    package init(
        _ occasion: Occasion, names: ProbeNames, lockPath: String, timeline: Timeline,
        find: @escaping @Sendable (ServerProbe.Identity) throws -> ServerProbe?, keep: @escaping @Sendable (ServerProbe) throws -> Void
    ) {
        (self.occasion, self.timeline, self.names, self.lockPath) = (occasion, timeline, names, lockPath)
        (self.find, self.keep) = (find, keep)
    }

    /// What is known of the server of `session`; `nil` where nothing is, or another process is just finding it out.
    func findings(of session: any ProbedSession, folder: String?) throws -> ServerProbe.Findings? {
        if let known = try find(session.identity) { return known.findings }
        guard occasion == .onChange, folder != nil else { return nil }
        return try probe(session, folder: folder)?.findings
    }

    /// Probes now, whatever is known, and keeps what is found. `nil` where another process is at it.
    func probe(_ session: any ProbedSession, folder: String?) throws -> ServerProbe? {
        guard let lock = try MachineLock.take(lockPath) else { return nil }
        defer { lock.release() }
        var probe = try ServerProber(session: session, names: names, timeline: timeline).probe(folder: folder)
        // What only a long wait tells is not lost by a probe that did not wait.
        if let known = try find(probe.identity) {
            probe.findings.idleCut = known.findings.idleCut
            probe.findings.idleKept = known.findings.idleKept
        }
        try keep(probe)
        return probe
    }

    /// Adds what a long silence told.
    func keep(_ silence: Silence, of session: any ProbedSession, in probe: ServerProbe) throws -> ServerProbe {
        var probe = probe
        switch silence {
        case .cut(let after): (probe.findings.idleCut, probe.findings.idleKept) = (after.components.seconds, nil)
        case .kept(let long): (probe.findings.idleCut, probe.findings.idleKept) = (nil, long.components.seconds)
        }
        try keep(probe)
        return probe
    }

    /// What became of a connection on which nothing was said.
    enum Silence: Hashable {
        case cut(after: Duration)
        case kept(Duration)
    }
}
