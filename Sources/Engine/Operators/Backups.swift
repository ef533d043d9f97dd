package import Domain
import Foundation
package import StateStore

/// When the ledger is copied, where to, and how many copies are kept.
package struct BackupPlan: Hashable, Sendable {
    package static let options = [
        OptionSpec("at", .text, "The time of day at which `serve` writes a backup of the ledger.", required: .required, example: "\"02:15\""),
        OptionSpec(
            "keep", .integer(1...400), "How many backups are kept; the oldest is deleted after a new one is written and verified.", default: "14"),
        OptionSpec(
            "folder", .text, "The folder the backups are written to; best on another disk. Without it `backups` in the state folder.",
            example: "/var/backups/tallyman"),
    ]

    /// Since midnight by the shop's clock.
    package var minute: Int
    package var keep: Int
    package var folder: String

    package init(minute: Int, keep: Int, folder: String) {
        self.minute = minute
        self.keep = keep
        self.folder = folder
    }

    /// - Parameter standard: the folder where the settings name none; both are absolute.
    package init(_ node: SettingNode, standard: String, absolute: (String) -> String) throws {
        guard let at = node["at"], let minute = at.scalar.flatMap({ ClockTime.minute($0) }), minute < 1440 else {
            throw (node["at"] ?? node).invalid("is not a time of the day", fix: "write it like \"02:15\", in quotes")
        }
        self.init(minute: minute, keep: try node.integer("keep") ?? 14, folder: node.text("folder").map(absolute) ?? standard)
    }
}

/// Writes a backup a day and keeps the newest ones.
package struct BackupDesk: Sendable {
    let plan: BackupPlan
    let ledger: Ledger
    let timeline: Timeline
    let zone: ZoneTable

    package init(plan: BackupPlan, ledger: Ledger, timeline: Timeline, zone: ZoneTable) {
        self.plan = plan
        self.ledger = ledger
        self.timeline = timeline
        self.zone = zone
    }

    /// Writes the backup of the day if its time has come and it is not there; answers its path then. One that was missed while nothing
    /// ran is made up for. Throws `BACKUP-FAILED`; whatever fails is noted, and the alarm `BACKUP-OVERDUE` says so until one succeeds.
    package func writeDue() throws -> String? {
        let now = timeline.now()
        let today = zone.day(of: now)
        let due = [today, today.adding(days: -1)].first { day in zone.moment(of: day, minute: plan.minute).map { $0 <= now } ?? false }
        // Any of that day: one written by hand may have taken the place of the day's own among those that are kept.
        guard let due, !kept().contains(where: { $0.place.day == Int(due.daysSinceEpoch) }) else { return nil }
        return try write(path(of: due))
    }

    /// Writes one now, whatever the time, under the day's name and a number where the day has one.
    package func writeNow() throws -> String {
        let today = zone.day(of: timeline.now())
        let free = (1...1000).lazy.map { $0 == 1 ? self.path(of: today) : self.path(of: today, number: $0) }
            .first { !FileManager.default.fileExists(atPath: $0) }
        return try write(free ?? path(of: today))
    }

    private func write(_ path: String) throws -> String {
        do {
            try FileManager.default.createDirectory(
                atPath: plan.folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try ledger.backUp(to: path)
        } catch {
            let failure =
                error as? Diagnostic
                ?? Diagnostic(
                    "BACKUP-FAILED", "the backup could not be written: \(error.localizedDescription)", at: .init(file: path),
                    fix: "Check that the folder exists, that this user may write there, and that the disk has room")
            try ledger.write(.signs) {
                try $0.record(reading: .backupFailed, AlarmKey.service, text: "\(failure.code): \(failure.summary)", at: timeline.now())
            }
            throw failure
        }
        try ledger.write(.signs) { writer in
            try writer.record(reading: .backup, AlarmKey.service, text: path, at: timeline.now())
            try writer.forget(.backupFailed, AlarmKey.service)
        }
        removeOldest()
        return path
    }

    private func path(of day: CivilDate, number: Int = 1) -> String {
        "\(plan.folder)/\(Self.prefix)\(day)\(number == 1 ? "" : "-\(number)")\(Self.suffix)"
    }

    /// Only what has a name that this type gives: nobody else's file in that folder is touched.
    private func removeOldest() {
        for old in kept().dropLast(plan.keep) { try? FileManager.default.removeItem(atPath: "\(plan.folder)/\(old.name)") }
    }

    /// From the oldest to the newest.
    private func kept() -> [(name: String, place: (day: Int, number: Int))] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: plan.folder)) ?? []
        return names.compactMap { name in Self.place(of: name).map { (name: name, place: $0) } }.sorted { $0.place < $1.place }
    }

    private static let prefix = "ledger-"
    private static let suffix = ".db"

    /// The day and the number within it.
    private static func place(of name: String) -> (day: Int, number: Int)? {
        guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return nil }
        let middle = name.dropFirst(prefix.count).dropLast(suffix.count)
        guard let day = CivilDate(iso: String(middle.prefix(10))) else { return nil }
        let rest = middle.dropFirst(10)
        guard !rest.isEmpty else { return (Int(day.daysSinceEpoch), 1) }
        guard rest.first == "-", let number = Int(rest.dropFirst()), number > 1 else { return nil }
        return (Int(day.daysSinceEpoch), number)
    }
}
