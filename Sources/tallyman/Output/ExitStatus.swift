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
        case .permanent: self = diagnostic.code.hasPrefix("SETTINGS-") || diagnostic.code.hasPrefix("SECRET-") ? .usage : .failed
        }
    }

    /// The gravest of several runs.
    init(_ runs: [RunReport]) {
        let all = runs.map(Self.init(run:))
        self = [.failed, .tryLater, .held, .rejects].first { all.contains($0) } ?? .done
    }

    private init(run report: RunReport) {
        switch report.run.state {
        case .failed: self = .failed
        case .held: self = .held
        case .planning, .approved, .applying, .waiting: self = .tryLater
        case .finished, .discarded, .previewed:
            self = report.tallies.contains { $0.tally[.rejected] > 0 } ? .rejects : .done
        }
    }
}
