import Domain
import Engine
import Foundation
import Reports
import StateStore

/// Puts notices into the outbox: the flow's readers are told of a flow, the owner of everything else.
struct MailedNotices: NoticeDelivery {
    let assembly: Assembly
    let ledger: Ledger
    let from: MailAddress
    /// Told as well, whoever gets a mail.
    let beside: any NoticeDelivery

    func deliver(_ notice: Notice) async throws {
        let recipients = try recipients(of: notice)
        if try !recipients.isEmpty && !isToldWithRun(notice) {
            let message = try message(notice, to: recipients)
            let mail = OutboxMail(
                messageID: message.messageID, severity: notice.severity.rawValue, subject: message.subject, content: message.bytes,
                recipients: recipients.map(\.text))
            // The same notice has the same identity: a process that died in between tells nothing twice.
            try ledger.write(.mail) { writer in
                if try !writer.reader.hasMail(messageID: mail.messageID) { try writer.enqueue(mail, at: assembly.timeline.now()) }
            }
        }
        try await beside.deliver(notice)
    }

    /// Alarms that a run's own mail tells, with more about it: one event is one mail.
    private static let toldWithRuns: Set<AlarmCode> = [.runFailed, .planHeld, .errorRate, .runWaiting]
    /// A run's mail of so long ago was about something else.
    private static let sameEvent = Duration.seconds(600)

    /// Whether the same people get the mail of the run that the alarm is about. It is written now if it was not yet.
    private func isToldWithRun(_ notice: Notice) throws -> Bool {
        guard Self.toldWithRuns.contains(notice.key.code), notice.telling != .worsened else { return false }
        _ = try assembly.outcomeDesk(ledger, from: from).tell()
        let flow = String(notice.key.subject.prefix { $0 != "/" })
        guard let note = try ledger.read({ try $0.lastNote(flow: flow, mailedOnly: .yes) }), notice.at.since(note.decided) < Self.sameEvent else {
            return false
        }
        return (note.severity == Severity.ok.rawValue) == (notice.telling == .recovered)
    }

    private func recipients(of notice: Notice) throws -> [MailAddress] {
        let settings = assembly.settings
        let owner = try settings.root.addresses("owner")
        let flow = notice.key.subject.split(separator: "/").first.map(String.init) ?? ""
        guard settings.flowNames.contains(flow) else { return owner }
        return try ReportPolicy(settings.flow(flow)["report"], owner: owner).recipients
    }

    private func message(_ notice: Notice, to recipients: [MailAddress]) throws -> MailMessage {
        let zone = TimeZone(identifier: assembly.settings.timeZone) ?? .gmt
        let sheet = NoticeSheet(notice, shop: assembly.settings.shop, zone: zone, console: assembly.consoleLink).sheet
        return MailMessage(
            from: from, to: recipients,
            subject: NoticeSheet.subject(sheet.severity, notice.telling, notice.text, of: notice.key, shop: assembly.settings.shop, zone: zone),
            date: notice.at, messageID: "notice\(notice.id).\(notice.at.milliseconds)@\(from.domain)", text: MailText.text(sheet),
            html: try MailPage().html(sheet))
    }
}

extension Assembly {
    /// How notices are told: by mail where one is set up, and by `shown` in any case.
    func notices(_ ledger: Ledger, shown: any NoticeDelivery) -> any NoticeDelivery {
        // A secret that is missing is told by the mail that does not leave, not by alarms that stay silent.
        guard let mail = try? mail() else { return shown }
        return MailedNotices(assembly: self, ledger: ledger, from: mail.from, beside: shown)
    }

    /// `sendMail` on a thread of its own: it blocks while it talks to the server.
    func sendMailAside(_ ledger: Ledger) async throws -> Mailroom.Delivery? {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try sendMail(ledger) }) }
        }
    }
}
