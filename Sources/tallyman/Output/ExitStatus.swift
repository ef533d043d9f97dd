import Domain
import Engine
import StateStore

/// What the caller (cron, systemd, a person) is told by the exit code.
enum ExitStatus: Int32, Error {
    case done = 0
    case failed = 1
    case usage = 2
    case rejects = 3
    case held = 4
    /// `EX_TEMPFAIL` of sysexits.
    case tryLater = 75

    init(_ diagnostic: Diagnostic) {
        switch diagnostic.kind {
        case .transient, .throttled, .ambiguous: self = .tryLater
        case .unauthorised: self = .failed
        case .permanent: self = Self.concernsSettings(diagnostic.code) ? .usage : .failed
        }
    }

    private static func concernsSettings(_ code: String) -> Bool {
        ["SETTINGS-", "SECRET-", "PROFILE-", "BUFFERS-", "ANSWER-", "INIT-"].contains { code.hasPrefix($0) } || code.hasSuffix("-SETTINGS")
            || ["FLOW-UNKNOWN", "ENDPOINT-UNKNOWN", "ENDPOINT-ROOT"].contains(code)
    }

    /// The gravest of several runs, and of what stopped the flow between them.
    init(_ runs: [RunReport], trouble: Diagnostic? = nil) {
        let all = runs.map(Self.init(run:)) + [trouble.map(Self.init)].compactMap { $0 }
        self = [.usage, .failed, .tryLater, .held, .rejects].first { all.contains($0) } ?? .done
    }

    private init(run report: RunReport) {
        switch report.run.state {
        case .failed: self = .failed
        case .held: self = report.trouble.map(Self.init) ?? .held
        case .waiting: self = report.trouble.map(Self.init) ?? .tryLater
        case .planning, .approved, .applying: self = .tryLater
        // Taken back after a stranger saw harm.
        case .discarded where report.trouble != nil: self = .failed
        case .finished, .scheduled, .discarded, .previewed:
            self = report.tallies.contains { $0.tally[.rejected] > 0 } ? .rejects : .done
        }
    }
}
