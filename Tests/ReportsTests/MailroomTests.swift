import Domain
import StateStore
import TestKit
import Testing

@testable import Reports

/// Mails from the outbox to a real server, and what becomes of those that no server takes.
@Suite(.enabled(if: MailServer.isPresent, "aiosmtpd is not installed: scripts/python.sh"))
struct MailroomTests {
    private static func settings(_ server: MailServer) -> SMTPSettings {
        SMTPSettings(host: "127.0.0.1", port: server.port, encryption: .offered)
    }

    @Test func `a mail reaches each recipient once, dots and all`() throws {
        let server = try MailServer(.plain)
        let room = try OutgoingMail()

        let first = try room.send(by: Self.settings(server))
        let again = try room.send(by: Self.settings(server))

        #expect(first == Mailroom.Delivery(sent: 2) && again == Mailroom.Delivery())
        let mails = server.mails(atLeast: 2)
        #expect(mails.map(\.to) == [["ann@acme.example"], ["bob@acme.example"]])
        #expect(mails.allSatisfy { $0.from == "tallyman@acme.example" && $0.text.contains("\r\n.\r\n.. dots\r\n") })
    }

    @Test func `a server that offers no encryption gets nothing`() throws {
        let server = try MailServer(.plain)
        let room = try OutgoingMail(to: ["ann@acme.example"])
        var settings = Self.settings(server)
        settings.encryption = .required

        let delivery = try room.send(by: settings)

        #expect(delivery.waiting == 1 && delivery.trouble?.contains("does not offer TLS") == true)
        #expect(server.mails(atLeast: 0).isEmpty)
    }

    @Test func `credentials are used where the server wants them, and refused ones are told apart`() throws {
        let server = try MailServer(.login)
        let room = try OutgoingMail(to: ["ann@acme.example"])
        var settings = Self.settings(server)
        settings.user = "reports"
        settings.password = Secret("wrong")

        let refused = try room.send(by: settings)
        room.clock.advance(by: .seconds(3600))
        settings.password = Secret("open sesame")
        let taken = try room.send(by: settings)

        #expect(refused.waiting == 1 && refused.trouble?.contains("refused the credentials") == true, "\(refused.trouble ?? "")")
        #expect(refused.trouble?.contains("wrong") == false)
        #expect(taken.sent == 1 && server.mails(atLeast: 1).map(\.user) == ["reports"])
    }

    @Test func `a server that is gone is tried for three days and then given up`() throws {
        let room = try OutgoingMail(to: ["ann@acme.example"])
        let refusing = RefusingPort()
        defer { withExtendedLifetime(refusing) {} }
        let gone = SMTPSettings(host: "127.0.0.1", port: refusing.number, encryption: .offered)

        var attempts = 0
        while try !room.ledger.read({ try $0.mailCopies(in: .waiting) }).isEmpty, attempts < 200 {
            _ = try room.send(by: gone)
            attempts += 1
            room.clock.advance(by: .seconds(3600))
        }

        #expect(try room.states() == [.givenUp: 1])
        #expect((70...75).contains(attempts))
    }

    /// Two processes, or one that died in the middle: a claimed copy is left alone for five minutes, then tried again.
    @Test func `a copy that another process has in hand is left to it until its claim runs out`() throws {
        let server = try MailServer(.plain)
        let room = try OutgoingMail(to: ["ann@acme.example"])
        _ = try room.ledger.write { try $0.claimMail(now: room.clock.timeline.now(), patience: Mailroom.claim) }

        #expect(try room.send(by: Self.settings(server)) == Mailroom.Delivery())
        room.clock.advance(by: Mailroom.claim)
        #expect(try room.send(by: Self.settings(server)).sent == 1)
    }
}
