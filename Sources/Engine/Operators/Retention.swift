package import Domain
import Endpoints
import StateStore

/// How long single records and whole files are kept. Counts, decisions and what the mirror rests on stay for good.
package struct Retention: Hashable, Sendable {
    package static let options: [OptionSpec] = [
        OptionSpec("records", .duration, "How long the single changes and rejected records of a finished run are kept; its counts stay.", default: "400d"),
        OptionSpec("files", .duration, "How long received files are kept byte for byte.", default: "90d"),
    ]

    package var records: Duration
    package var files: Duration

    package init(_ node: SettingNode?) throws {
        records = try node?.duration("records") ?? .seconds(400 * 86_400)
        files = try node?.duration("files") ?? .seconds(90 * 86_400)
    }
}

extension FlowRunner {
    private static let memory = "retention.last"

    /// Forgets what is past its time, at most once a day. Safe to repeat and to stop anywhere: files go before the rows that
    /// name them.
    package func expire(_ retention: Retention) throws {
        let now = timeline.now()
        let last = try ledger.read { try $0.memory(flow: "", name: Self.memory) }.flatMap { Int64($0) } ?? 0
        guard now.milliseconds - last > 86_400_000 else { return }
        let files = try ledger.read { try $0.expendableFiles(receivedBefore: now.adding(.zero - retention.files)) }
        for hash in files { try spool.remove(hash) }
        try ledger.write { writer in
            let moment = now.adding(.zero - retention.records)
            _ = try writer.condenseRuns(endedBefore: moment)
            try writer.forgetDrops(notSeenSince: moment)
            try writer.forgetMail(settledBefore: moment)
            try writer.remember(flow: "", name: Self.memory, value: String(now.milliseconds))
        }
    }
}
