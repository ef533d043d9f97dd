package import Domain
package import StateStore

/// Writes the mails of days and weeks. What was written is in the ledger with its mail, so each day is told once, whoever asks.
package struct PeriodDesk: Sendable {
    private let ledger: Ledger
    private let shop: String
    private let from: MailAddress
    private let recipients: [MailAddress]
    private let scope: PeriodReport.Scope
    private let timeline: Timeline

    package init(
        ledger: Ledger, shop: String, from: MailAddress, recipients: [MailAddress], scope: PeriodReport.Scope, timeline: Timeline
    ) {
        self.ledger = ledger
        self.shop = shop
        self.from = from
        self.recipients = recipients
        self.scope = scope
        self.timeline = timeline
    }

    package enum Told: Hashable, Sendable {
        case now
        /// The report of this period was written before; it is not written twice.
        case before
    }

    /// Writes the mail of a period that is over.
    package func tell(_ period: ReportPeriod) throws -> Told {
        try write(memory: "report.\(period.kind.rawValue)", value: "\(period.last)") { reader in
            let report = try PeriodReport(period, scope, reader)
            let words = PeriodSheet(report, shop: shop)
            return (words.sheet, words.subjectCounts, "\(period.kind.rawValue).\(period.last)")
        }
    }

    /// Writes what is due at `now` by the settings' times. Answers how many mails.
    package func tellDue(_ times: ReportTimes, zone: ZoneTable) throws -> Int {
        let now = timeline.now()
        let since = try installed(at: now)
        var written = 0
        for (kind, minute) in [(ReportPeriod.Kind.daily, times.daily), (.weekly, times.weekly)] {
            guard let minute else { continue }
            let period = ReportPeriod(kind, before: now, zone: zone)
            let due = zone.moment(of: period.last.adding(days: 1), minute: minute) ?? period.end
            // Of a time when nothing was here there is nothing to tell.
            guard now >= due, period.end > since, try tell(period) == .now else { continue }
            written += 1
        }
        return written
    }

    /// Since when there has been anything to report: the first run, or the first time that anybody asked.
    private func installed(at now: UTCInstant) throws -> UTCInstant {
        let name = "report.since"
        return try ledger.write(.reports) { writer in
            if let known = try writer.reader.memory(flow: "", name: name).flatMap({ Int64($0) }) { return UTCInstant(milliseconds: known) }
            // A ledger that has forgotten its first runs is an old one.
            let isNew = try writer.reader.recentRuns(limit: 1).isEmpty
            let since = isNew ? now : min(now, try writer.reader.run(1)?.started ?? UTCInstant(milliseconds: 0))
            try writer.remember(flow: "", name: name, value: "\(since.milliseconds)")
            return since
        }
    }

    /// Writes the figures of the last `length`, once for each `number`: what a watch tells.
    package func tellFigures(watch: String, number: Int64, from start: UTCInstant, to end: UTCInstant, hours: String) throws -> Told {
        try write(memory: "watch.told", value: "\(watch).\(number)") { reader in
            let sheet = try WatchSheet(scope, reader, from: start, to: end, shop: shop, hours: hours).sheet
            return (sheet, sheet.sentences.first ?? "", "watch.\(watch).\(number)")
        }
    }

    private func write(
        memory name: String, value: String, _ make: (LedgerReader) throws -> (sheet: MailSheet, subject: String, id: String)
    ) throws -> Told {
        let page = try MailPage()
        let now = timeline.now()
        return try ledger.write(.reports) { writer in
            guard try writer.reader.memory(flow: "", name: name) != value else { return .before }
            let (sheet, subject, id) = try make(writer.reader)
            let message = MailMessage(
                from: from, to: recipients, subject: "[\(sheet.severity.word)] \(sheet.title) – \(subject)", date: now,
                messageID: "\(id).\(timeline.randomHex(byteCount: 8))@\(from.domain)", text: MailText.text(sheet), html: page.html(sheet))
            try writer.enqueue(
                OutboxMail(
                    messageID: message.messageID, severity: sheet.severity.rawValue, subject: message.subject, content: message.bytes,
                    recipients: recipients.map(\.text)),
                at: now)
            try writer.remember(flow: "", name: name, value: value)
            return .now
        }
    }
}
