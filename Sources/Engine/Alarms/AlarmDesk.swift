package import Domain
package import StateStore

/// Looks at the alarms and writes down what changed. `serve` does it by the clock, each run at its end, `status` without writing.
package struct AlarmDesk: Sendable {
    private let ledger: Ledger
    private let timeline: Timeline
    private let disk: @Sendable () -> AlarmInputs.Disk?

    package init(ledger: Ledger, timeline: Timeline, disk: @escaping @Sendable () -> AlarmInputs.Disk? = { nil }) {
        self.ledger = ledger
        self.timeline = timeline
        self.disk = disk
    }

    /// One look. Safe to repeat and to do from several processes: what is there is told once.
    @discardableResult
    package func look(_ plan: WatchPlan) throws -> AlarmBook.Outcome {
        let now = timeline.now()
        let disk = disk()
        return try ledger.write(.alarms) { writer in
            let inputs = try AlarmInputs(writer, plan, disk: disk, at: now)
            let findings = AlarmJudge.findings(inputs, plan)
            var outcome = AlarmBook.look(try writer.reader.alarms(), findings: findings, now: now)
            try heed(try writer.reader.alarmCare(), &outcome, writer, at: now)
            try writer.record(outcome, at: now)
            try sample(inputs, writer, at: now)
            if let proven = try ProvenTime.reach(at: timeline.moment, writer) { try forget(writer, before: proven) }
            return outcome
        }
    }

    /// Nobody is told of what is snoozed, unless it has become worse. When a snooze is over and the alarm is not, it is told again.
    private func heed(_ cares: [AlarmKey: AlarmCare], _ outcome: inout AlarmBook.Outcome, _ writer: LedgerWriter, at now: UTCInstant) throws {
        guard !cares.isEmpty else { return }
        let present = Dictionary(outcome.entries.map { ($0.key, $0) }) { first, _ in first }
        outcome.told.removeAll { told in cares[told.entry.key]?.isSilent(at: now, told.entry.severity) ?? false }
        for care in cares.values.sorted(by: { ($0.key.code.rawValue, $0.key.subject) < ($1.key.code.rawValue, $1.key.subject) }) {
            let entry = present[care.key]
            guard let until = care.snoozedUntil else {
                // A word about an occurrence that is over says nothing of the next one.
                if entry?.since != care.since { try writer.forgetCare(of: care.key) }
                continue
            }
            let isWorse = entry.map { care.severity < $0.severity } ?? false
            guard until <= now || isWorse else { continue }
            if let entry, entry.opened != nil, !isWorse, !outcome.told.contains(where: { $0.entry.key == entry.key }) {
                outcome.told.append(AlarmBook.Told(telling: .opened, entry: entry))
            }
            guard let entry, entry.since == care.since, care.acknowledged != nil else {
                try writer.forgetCare(of: care.key)
                continue
            }
            var rest = care
            (rest.snoozed, rest.snoozedUntil, rest.because) = (nil, nil, "")
            try writer.set(rest)
        }
    }

    /// What one look would find, with nothing written: the causes that would be told, gravest first.
    package func view(_ plan: WatchPlan) throws -> [AlarmBook.Entry] {
        let now = timeline.now()
        let disk = disk()
        return try ledger.read { try Self.view(plan, $0, disk: disk, at: now) }
    }

    package static func view(_ plan: WatchPlan, _ reader: LedgerReader, disk: AlarmInputs.Disk?, at now: UTCInstant) throws -> [AlarmBook.Entry] {
        let findings = AlarmJudge.findings(try AlarmInputs(reader, plan, disk: disk, at: now), plan)
        return AlarmBook.look(try reader.alarms(), findings: findings, now: now).entries
            .filter { $0.opened != nil }.sorted { $0.comes(before: $1) }
    }

    /// What waits in each flow, once an hour: what is usual is told by it.
    private func sample(_ inputs: AlarmInputs, _ writer: LedgerWriter, at now: UTCInstant) throws {
        let hour = UTCInstant(milliseconds: now.milliseconds.flooringQuotient(3_600_000) * 3_600_000)
        for input in inputs.flows {
            try writer.sample(Int64(input.signs.backlog), of: .backlog, input.flow.name, at: hour)
        }
    }

    private func forget(_ writer: LedgerWriter, before now: UTCInstant) throws {
        try writer.forgetSamples(.backlog, before: now.adding(.seconds(-14 * 86_400)))
        try writer.forgetSamples(.serverErrors, before: now.adding(.seconds(-86_400)))
        try writer.forgetSlots(before: now.adding(.seconds(-40 * 86_400)))
        try writer.forgetNotices(before: now.adding(.seconds(-400 * 86_400)))
    }
}

/// Tells people what the alarms have to say, by mail for one.
package protocol NoticeDelivery: Sendable {
    /// Hands over one notice. It may be handed over again after a crash: `Notice.id` stays the same.
    /// Throws a `Diagnostic` where it could not be handed over; it is tried again later.
    func deliver(_ notice: Notice) async throws
}

extension AlarmDesk {
    /// Hands over what nobody has been told yet, oldest first; stops at the first that is refused.
    package func deliver(by delivery: any NoticeDelivery) async throws {
        for notice in try ledger.read({ try $0.undeliveredNotices() }) {
            do {
                try await delivery.deliver(notice)
                try ledger.write(.alarms) { try $0.setDelivered(notice: notice.id, at: timeline.now()) }
            } catch let diagnostic as Diagnostic {
                try ledger.write(.alarms) { try $0.setUndelivered(notice: notice.id, because: "\(diagnostic.code): \(diagnostic.summary)") }
                return
            }
        }
    }
}
