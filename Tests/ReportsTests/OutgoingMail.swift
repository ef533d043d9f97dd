import Domain
import StateStore
import TestKit

@testable import Reports

/// An outbox with one mail.
struct OutgoingMail {
    let folder = TemporaryFolder()
    let clock = ManualTimeline()
    let ledger: Ledger
    let from = MailAddress("tallyman@acme.example")!  // An address of the test's own.

    /// - Parameter filling: lines of text that make it longer.
    init(to recipients: [String] = ["ann@acme.example", "bob@acme.example"], filling: Int = 0) throws {
        ledger = try Ledger(path: "\(folder.path)/ledger.db")
        let text = "First line\n.\n.. dots\n" + String(repeating: "One line of many, as long as others are.\n", count: filling)
        let message = MailMessage(
            from: from, to: recipients.compactMap { MailAddress($0) }, subject: "[WARN] Stock", date: clock.timeline.now(),
            messageID: "one@acme.example",
            text: text, html: "<p>First line</p>")
        let mail = OutboxMail(
            messageID: "one@acme.example", severity: "warn", subject: "[WARN] Stock", content: message.bytes, recipients: recipients)
        _ = try ledger.write { try $0.enqueue(mail, at: clock.timeline.now()) }
    }

    func send(by settings: SMTPSettings) throws -> Mailroom.Delivery {
        try Mailroom(ledger: ledger, transport: SMTPTransport(settings), from: from, timeline: clock.timeline).send()
    }

    /// Sends, and again after each pause, until nothing waits.
    func sendAll(by settings: SMTPSettings) throws -> Mailroom.Delivery {
        var all = Mailroom.Delivery()
        for _ in 0..<10 {
            let part = try send(by: settings)
            all.sent += part.sent
            all.refused += part.refused
            if try ledger.read({ try $0.mailCopies(in: .waiting) }).isEmpty { break }
            clock.advance(by: .seconds(3600))
        }
        return all
    }

    func states() throws -> [MailCopy.State: Int] {
        try ledger.read { reader in
            try MailCopy.State.allCases.reduce(into: [:]) { states, state in
                let count = try reader.mailCopies(in: state).count
                if count > 0 { states[state] = count }
            }
        }
    }
}
