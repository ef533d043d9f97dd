import Domain
import StateStore
import TestKit
import Testing

@testable import Reports

/// Mails from the outbox to a real server, in spite of what servers do (F95, I2).
@Suite(.enabled(if: MailServer.isPresent, "aiosmtpd is not installed: scripts/python.sh"))
struct MailroomTests {
    /// An outbox with one mail to two people.
    private struct Room {
        let folder = TemporaryFolder()
        let clock = ManualTimeline()
        let ledger: Ledger
        let from = MailAddress("tallyman@acme.example")!  // An address of the test's own.

        init(to recipients: [String] = ["ann@acme.example", "bob@acme.example"]) throws {
            ledger = try Ledger(path: "\(folder.path)/ledger.db")
            let message = MailMessage(
                from: from, to: recipients.compactMap { MailAddress($0) }, subject: "[WARN] Stock", date: clock.timeline.now(), messageID: "one@acme.example",
                text: "First line\n.\n.. dots\n", html: "<p>First line</p>")
            let mail = OutboxMail(messageID: "one@acme.example", severity: "warn", subject: "[WARN] Stock", content: message.bytes, recipients: recipients)
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

    private static func settings(_ server: MailServer, _ encryption: SMTPSettings.Encryption = .offered) -> SMTPSettings {
        SMTPSettings(host: "127.0.0.1", port: server.port, encryption: encryption, authorities: encryption == .offered ? nil : server.certificate)
    }

    @Test func `a mail reaches each recipient once, dots and all`() throws {
        let server = try MailServer(.plain)
        let room = try Room()

        let first = try room.send(by: Self.settings(server))
        let again = try room.send(by: Self.settings(server))

        #expect(first == Mailroom.Delivery(sent: 2) && again == Mailroom.Delivery())
        let mails = server.mails(atLeast: 2)
        #expect(mails.map(\.to) == [["ann@acme.example"], ["bob@acme.example"]])
        #expect(mails.allSatisfy { $0.from == "tallyman@acme.example" && $0.text.contains("\r\n.\r\n.. dots\r\n") })
    }

    @Test(arguments: [MailServer.Fault.greylists(1), .isFull(1), .hangsUp(1)])
    func `a 4yz answer or a broken connection delays a mail and doubles none`(_ fault: MailServer.Fault) throws {
        let server = try MailServer(.plain, faults: [fault])
        let room = try Room()

        let all = try room.sendAll(by: Self.settings(server))

        #expect(all.sent == 2 && all.refused == 0)
        #expect(server.mails(atLeast: 2).map(\.to).sorted { $0[0] < $1[0] } == [["ann@acme.example"], ["bob@acme.example"]])
    }

    /// Nobody can know whether it was taken. The second copy has the first one's Message-ID, by which mailboxes drop it.
    @Test func `a mail whose answer was lost goes again under the same Message-ID`() throws {
        let server = try MailServer(.plain, faults: [.takesAndHangsUp(1)])
        let room = try Room(to: ["ann@acme.example"])

        let all = try room.sendAll(by: Self.settings(server))

        #expect(all.sent == 1)
        #expect(Set(server.mails(atLeast: 2).map(\.messageID)).count == 1)
    }

    @Test func `a recipient who does not exist keeps nobody else from his mail`() throws {
        let server = try MailServer(.plain, faults: [.knowsNo("ann@acme.example")])
        let room = try Room()

        let delivery = try room.send(by: Self.settings(server))

        #expect(delivery.sent == 1 && delivery.refused == 1 && delivery.trouble?.contains("550 5.1.1 no such user") == true)
        #expect(try room.states() == [.sent: 1, .refused: 1])
        #expect(try room.ledger.write { try $0.requeueMail(at: room.clock.timeline.now()) } == 1)
    }

    @Test(arguments: [(MailServer.Mode.starttls, SMTPSettings.Encryption.required), (.tls, .implicit)])
    func `mail goes encrypted to a server whose certificate is trusted`(_ mode: MailServer.Mode, _ encryption: SMTPSettings.Encryption) throws {
        let server = try MailServer(mode)
        let room = try Room(to: ["ann@acme.example"])

        #expect(try room.send(by: Self.settings(server, encryption)).sent == 1)
        #expect(server.mails(atLeast: 1).map(\.tls) == [true])
    }

    /// As if somebody on the way had taken STARTTLS out of the greeting (S4).
    @Test func `a server that offers no encryption gets nothing`() throws {
        let server = try MailServer(.plain)
        let room = try Room(to: ["ann@acme.example"])
        var settings = Self.settings(server)
        settings.encryption = .required

        let delivery = try room.send(by: settings)

        #expect(delivery.waiting == 1 && delivery.trouble?.contains("offers no encryption") == true)
        #expect(server.mails(atLeast: 0).isEmpty)
    }

    @Test(arguments: [(MailServer.Mode.starttls, SMTPSettings.Encryption.required), (.tls, .implicit)])
    func `a server whose certificate nobody vouches for gets nothing`(_ mode: MailServer.Mode, _ encryption: SMTPSettings.Encryption) throws {
        let server = try MailServer(mode)
        let room = try Room(to: ["ann@acme.example"])
        var settings = Self.settings(server, encryption)
        settings.authorities = nil

        let delivery = try room.send(by: settings)

        #expect(delivery.waiting == 1 && delivery.trouble?.contains("certificate") == true)
        #expect(server.mails(atLeast: 0).isEmpty)
    }

    @Test func `credentials are used where the server wants them, and refused ones are told apart`() throws {
        let server = try MailServer(.login)
        let room = try Room(to: ["ann@acme.example"])
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
        let room = try Room(to: ["ann@acme.example"])
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
        let room = try Room(to: ["ann@acme.example"])
        _ = try room.ledger.write { try $0.claimMail(now: room.clock.timeline.now(), patience: Mailroom.claim) }

        #expect(try room.send(by: Self.settings(server)) == Mailroom.Delivery())
        room.clock.advance(by: Mailroom.claim)
        #expect(try room.send(by: Self.settings(server)).sent == 1)
    }
}
