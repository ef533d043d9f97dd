package import Domain
package import Foundation
package import StateStore

/// Writes the mails about runs that came to rest. What was decided about a run is in the ledger with its mail, so a process
/// that dies tells nothing twice and forgets nothing.
package struct OutcomeDesk: Sendable {
    /// What a run's rejected records are sent along as; `nil` where there is no such file or it is no business of a mailbox.
    package typealias RejectFile = @Sendable (Run) throws -> MailMessage.Attachment?

    /// Larger reject files stay where they are; the mail names them.
    private static let attachmentLimit = 1 << 20
    /// Runs that ended longer ago are history: a first start with mail does not tell a year.
    private static let memory = Duration.seconds(3 * 86_400)

    private let ledger: Ledger
    private let shop: String
    private let zone: TimeZone
    private let from: MailAddress
    private let policy: @Sendable (_ flow: String) -> ReportPolicy
    private let isPersonal: @Sendable (_ entity: String) -> Bool
    /// Flows whose files have columns that tell of people.
    private let personalFlows: Set<String>
    private let rejectFile: RejectFile
    private let console: ConsoleLink?
    private let timeline: Timeline

    package init(
        ledger: Ledger, shop: String, zone: TimeZone, from: MailAddress, timeline: Timeline,
        policy: @escaping @Sendable (_ flow: String) -> ReportPolicy, isPersonal: @escaping @Sendable (_ entity: String) -> Bool,
        personalFlows: Set<String> = [], console: ConsoleLink? = nil, rejectFile: @escaping RejectFile
    ) {
        self.ledger = ledger
        self.shop = shop
        self.zone = zone
        self.from = from
        self.timeline = timeline
        self.policy = policy
        self.isPersonal = isPersonal
        self.personalFlows = personalFlows
        self.rejectFile = rejectFile
        self.console = console
    }

    /// Decides about every run that came to rest, and writes down the mails. Answers how many. Safe to repeat.
    package func tell() throws -> Int {
        let page = try MailPage()
        var written = 0
        for run in try ledger.read({ try $0.runsToReport(since: timeline.now().adding(.zero - Self.memory)) }) {
            if try tell(run, page) { written += 1 }
        }
        return written
    }

    private func tell(_ run: Run, _ page: MailPage) throws -> Bool {
        let now = timeline.now()
        let (outcome, last, lastTold) = try ledger.read { reader in
            (
                try RunOutcome(run, reader), try reader.lastNote(flow: run.flow),
                try reader.lastNote(flow: run.flow, mailedOnly: .yes)
            )
        }
        let policy = policy(run.flow)
        var note = RunNote(run: run.id, state: run.state, severity: outcome.severity.rawValue, likeness: outcome.likeness, decided: now)
        guard !policy.recipients.isEmpty, policy.tells(outcome, last: last, lastTold: lastTold, now: now) else {
            _ = try ledger.write(.reports) { try $0.decide(note, mail: nil) }
            return false
        }
        let isFollowUp = last.map { $0.severity != Severity.ok.rawValue } ?? false
        let message = try message(outcome, to: policy.recipients, inReplyTo: isFollowUp ? lastTold?.messageID : nil, page)
        note.messageID = message.messageID
        let mail = OutboxMail(
            messageID: message.messageID, severity: note.severity, subject: message.subject, content: message.bytes,
            recipients: message.to.map(\.text))
        return try ledger.write(.reports) { try $0.decide(note, mail: mail) }
    }

    private func message(
        _ outcome: RunOutcome, to recipients: [MailAddress], inReplyTo: String?, _ page: MailPage
    ) throws -> MailMessage {
        let run = outcome.run
        let isWhole = personalFlows.contains(run.flow)
        var sheet = OutcomeSheet(outcome, shop: shop, zone: zone, console: console) { isWhole || isPersonal($0) }
        var attachments: [MailMessage.Attachment] = []
        if !isWhole, !outcome.entities.contains(where: { isPersonal($0.name) }), let file = try rejectFile(run) {
            if file.content.count <= Self.attachmentLimit {
                attachments.append(file)
            } else {
                sheet.notes.append("The rejected records are too many for a mail: \(file.name) in the rejects folder has them.")
            }
        }
        let time = LocalTime(run.ended ?? run.started, in: zone)
        return MailMessage(
            from: from, to: recipients,
            subject: "[\(sheet.severity.word)] \(sheet.title) – \(time) – \(LocalTime.spoken(outcome.subjectCounts, in: zone))",
            date: timeline.now(),
            // By chance, not by number alone: a ledger that was restored counts its runs anew.
            messageID: "run\(run.id).\(run.state.rawValue).\(timeline.randomHex(byteCount: 8))@\(from.domain)",
            inReplyTo: inReplyTo, text: OutcomeText.text(sheet), html: page.html(sheet.mail), attachments: attachments)
    }
}

extension RunOutcome {
    init(_ run: Run, _ reader: LedgerReader) throws {
        let plans = try reader.plans(run: run.id)
        self.run = run
        delivery = try run.delivery.flatMap { try reader.delivery($0) }
        entities = try reader.tallies(run: run.id).map { name, tally in
            let earlier = try reader.earlierTally(flow: run.flow, entity: name, before: run.id)
            return Entity(
                name: name, tally: tally, plan: plans.first { $0.entity == name }, earlier: earlier,
                earlierMode: try earlier.flatMap { try reader.plans(run: $0.run.id).first { $0.entity == name }?.mode })
        }
        reasons = try reader.topReasons(run: run.id)
        times = try reader.times(run: run.id)
        openErrors = try reader.openErrorCount(flow: run.flow)
        undoneBy = try reader.runs(undoing: run.id).last
        untold = try reader.untold(flow: run.flow)
    }
}
