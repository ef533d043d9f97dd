package import Domain
import Endpoints
import Foundation
import StateStore

/// How long single records and whole files are kept. Counts, decisions and what the mirror rests on stay for good.
package struct Retention: Hashable, Sendable {
    package static let options: [OptionSpec] = [
        OptionSpec(
            "records", .duration, "How long individual changes and rejected records of a finished run are kept; its counts stay.", default: "400d"),
        OptionSpec("files", .duration, "How long received files are kept byte for byte.", default: "90d"),
        OptionSpec("orders", .duration, "How long our own files of orders are kept after they left and were answered.", default: "30d"),
        OptionSpec(
            "people", .duration,
            "How long received files with personal data are kept, and the bytes of their rejected records once those are settled.", default: "30d"),
        OptionSpec("mails", .duration, "How long mails are kept after they left.", default: "90d"),
        OptionSpec("hold", .boolean, "Legal hold: suspend all deletion.", default: "false"),
    ]

    package var records: Duration
    package var files: Duration
    package var orders: Duration
    package var people: Duration
    package var mails: Duration
    package var isHeld: Bool

    package init(_ node: SettingNode?) throws {
        records = try node?.duration("records") ?? .seconds(400 * 86_400)
        files = try node?.duration("files") ?? .seconds(90 * 86_400)
        orders = try node?.duration("orders") ?? .seconds(30 * 86_400)
        people = try node?.duration("people") ?? .seconds(30 * 86_400)
        mails = try node?.duration("mails") ?? .seconds(90 * 86_400)
        isHeld = node?.text("hold") == "true"
    }
}

/// Which files and records tell of people.
package struct PersonalScope: Hashable, Sendable {
    package var flows: Set<String>
    package var entities: Set<String>
    /// Where reject files are written.
    package var rejectFolder: String?

    package init(flows: Set<String> = [], entities: Set<String> = [], rejectFolder: String? = nil) {
        self.flows = flows
        self.entities = entities
        self.rejectFolder = rejectFolder
    }
}

extension FlowRunner {
    private static let memory = "retention.last"

    /// Forgets what is past its time, at most once a day. By the proven time: a clock that was put on forgets nothing. Safe to
    /// repeat and to stop anywhere: files go before the rows that name them.
    package func expire(_ retention: Retention, people: PersonalScope = PersonalScope()) throws {
        let isKnown = try ProvenTime.isKnown(ledger)
        // Also where nothing is done: what has passed is known by having been looked at.
        guard let now = try ledger.write(.retention, { try ProvenTime.reach(at: timeline.moment, $0) }) else { return }
        let last = try ledger.read { try $0.memory(flow: "", name: Self.memory) }.flatMap { Int64($0) } ?? 0
        guard isKnown, !retention.isHeld, now.milliseconds - last > 86_400_000 || last > now.milliseconds else { return }
        for hash in try expendable(retention, people, at: now) { try spool.remove(hash) }
        try removeRejectFiles(people, before: now.adding(.zero - retention.people))
        try ledger.write(.retention) { writer in
            let moment = now.adding(.zero - retention.records)
            _ = try writer.condenseRuns(endedBefore: moment, now: now)
            _ = try writer.forgetDetails(of: people.entities.sorted(), endedBefore: now.adding(.zero - retention.people), now: now)
            try writer.forgetDrops(notSeenSince: moment, now: now)
            try writer.forgetMail(settledBefore: now.adding(.zero - retention.mails), now: now)
            try writer.forgetReconciliations(before: moment)
            try writer.forgetInstructions(endedBefore: moment)
            try writer.forgetCalls(sentBefore: now.adding(.zero - LedgerCallBook.watch))
            try writer.remember(flow: "", name: Self.memory, value: String(now.milliseconds))
        }
    }

    /// Files past their time: the shortest that holds for one of them decides.
    private func expendable(_ retention: Retention, _ people: PersonalScope, at now: UTCInstant) throws -> Set<ContentHash> {
        try ledger.read { reader in
            var files = Set(try reader.expendableFiles(receivedBefore: now.adding(.zero - retention.files), now: now))
            files.formUnion(try reader.expendableOrders(answeredBefore: now.adding(.zero - retention.orders), now: now))
            for flow in people.flows {
                files.formUnion(try reader.expendableFiles(of: flow, receivedBefore: now.adding(.zero - retention.people), now: now))
            }
            return files
        }
    }

    /// A reject file is a copy of what the ledger has; whoever needs it again has it written again.
    private func removeRejectFiles(_ people: PersonalScope, before moment: UTCInstant) throws {
        guard let folder = people.rejectFolder, let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return }
        for name in names where people.flows.contains(where: { name.hasPrefix("\($0)-run") }) {
            let path = "\(folder)/\(name)"
            guard let written = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date,
                Int64(written.timeIntervalSince1970 * 1000) < moment.milliseconds
            else { continue }
            try FileManager.default.removeItem(atPath: path)
        }
    }
}
