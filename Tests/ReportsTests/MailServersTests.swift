import Domain
import StateStore
import TestKit
import Testing

@testable import Reports

/// Mails from the outbox to real servers, in spite of what servers and wires do. What counts is what lies in the mailboxes.
struct MailServersTests {
    /// Longer than everything that is said before a mail's text, TLS included.
    private static let long = 1000
    /// Somewhere in the long mail's text.
    private static let middle = 20_000

    private static let both = [["ann@acme.example"], ["bob@acme.example"]]

    private static func settings(_ server: any MailReceiving, through port: Int? = nil) -> SMTPSettings {
        SMTPSettings(host: "127.0.0.1", port: port ?? server.port, encryption: .required, authorities: server.authority)
    }

    private static func recipients(_ mails: [ReceivedMail]) -> [[String]] { mails.map(\.to).sorted { $0[0] < $1[0] } }

    @Test(arguments: MailProgram.allCases, [(MailDemand.starttls, SMTPSettings.Encryption.required), (.tls, .implicit)])
    func `a mail goes encrypted to each recipient once, dots and all`(
        _ program: MailProgram, _ way: (demand: MailDemand, encryption: SMTPSettings.Encryption)
    ) throws {
        let server = try program.start(way.demand)
        let mail = try OutgoingMail()
        var settings = Self.settings(server)
        settings.encryption = way.encryption

        let first = try mail.send(by: settings)
        let again = try mail.send(by: settings)

        #expect(first == Mailroom.Delivery(sent: 2) && again == Mailroom.Delivery())
        let mails = server.mails(atLeast: 2)
        #expect(Self.recipients(mails) == Self.both)
        #expect(mails.allSatisfy { $0.tls && $0.from == "tallyman@acme.example" && $0.text.contains("\r\n.\r\n.. dots\r\n") })
    }

    @Test(arguments: MailProgram.allCases)
    func `a certificate can be trusted alone, without who vouches for it`(_ program: MailProgram) throws {
        let server = try program.start(.starttls)
        var settings = Self.settings(server)
        settings.authorities = server.certificate

        #expect(try OutgoingMail(to: ["ann@acme.example"]).send(by: settings).sent == 1)
        #expect(server.mails(atLeast: 1).map(\.tls) == [true])
    }

    @Test(arguments: MailProgram.allCases, [(MailDemand.starttls, SMTPSettings.Encryption.required), (.tls, .implicit)])
    func `a server whose certificate nobody vouches for gets nothing`(
        _ program: MailProgram, _ way: (demand: MailDemand, encryption: SMTPSettings.Encryption)
    ) throws {
        let server = try program.start(way.demand)
        var settings = Self.settings(server)
        settings.encryption = way.encryption
        settings.authorities = nil

        let delivery = try OutgoingMail(to: ["ann@acme.example"]).send(by: settings)

        #expect(delivery.waiting == 1 && delivery.trouble?.contains("certificate") == true)
        #expect(server.mails(atLeast: 0).isEmpty)
    }

    @Test(arguments: MailProgram.allCases)
    func `credentials are said under TLS only, and refused ones are told apart`(_ program: MailProgram) throws {
        let server = try program.start(.starttlsAndLogin)
        let wire = FaultProxy(to: server.port, plans: [.listen, .listen])
        let mail = try OutgoingMail(to: ["ann@acme.example"])
        var settings = Self.settings(server, through: wire.port)
        settings.user = "reports"
        settings.password = Secret("wrong")

        let refused = try mail.send(by: settings)
        mail.clock.advance(by: .seconds(3600))
        settings.password = Secret("open sesame")
        let taken = try mail.send(by: settings)

        #expect(refused.waiting == 1 && refused.trouble?.contains("refused the credentials") == true, "\(refused.trouble ?? "")")
        #expect(taken.sent == 1 && server.mails(atLeast: 1).map(\.user) == ["reports"])
        #expect(wire.said.contains("STARTTLS\r\n") && !wire.said.contains("AUTH") && !wire.said.contains("MAIL FROM"))
    }

    /// One is in the mailbox, one is refused for good, one comes back later.
    @Test(arguments: MailProgram.allCases)
    func `F99 of several recipients each gets what the server said of him`(_ program: MailProgram) throws {
        let server = try program.start(.starttls, faults: [.knowsNo("carl@acme.example"), .doubts("bob@acme.example", 1)])
        let mail = try OutgoingMail(to: ["ann@acme.example", "bob@acme.example", "carl@acme.example"])

        let first = try mail.send(by: Self.settings(server))
        let early = Self.recipients(server.mails(atLeast: 1))
        let rest = try mail.sendAll(by: Self.settings(server))

        #expect((first.sent, first.waiting, first.refused) == (1, 1, 1) && first.trouble?.contains("said 5") == true, "\(first)")
        #expect(early == [["ann@acme.example"]])
        #expect((rest.sent, rest.refused) == (1, 0) && Self.recipients(server.mails(atLeast: 2)) == Self.both)
        #expect(try mail.states() == [.sent: 2, .refused: 1])
        #expect(try mail.ledger.write { try $0.requeueMail(at: mail.clock.timeline.now()) } == 1)
    }

    @Test(arguments: MailProgram.allCases, [MailServerFault.greylists(2), .isFull(1)])
    func `F99 a 4yz answer delays a mail and doubles none`(_ program: MailProgram, _ fault: MailServerFault) throws {
        let server = try program.start(.starttls, faults: [fault])
        let mail = try OutgoingMail()

        let first = try mail.send(by: Self.settings(server))
        let all = try mail.sendAll(by: Self.settings(server))

        #expect(first.waiting > 0 && all.refused == 0 && first.sent + all.sent == 2)
        #expect(Self.recipients(server.mails(atLeast: 2)) == Self.both)
    }

    @Test func `F99 a server that turns everybody away instead of greeting delays a mail, and refuses none for good`() throws {
        guard MailServer.isPresent else { try Test.cancel("aiosmtpd is not installed: scripts/python.sh") }
        let server = try MailServer(.plain, faults: [.turnsAway(2)])
        let mail = try OutgoingMail()
        var settings = Self.settings(server)
        settings.encryption = .offered

        let first = try mail.send(by: settings)
        let all = try mail.sendAll(by: settings)

        #expect(first == Mailroom.Delivery(waiting: 2, trouble: first.trouble) && first.trouble?.contains("554") == true, "\(first)")
        #expect(all.sent == 2 && all.refused == 0)
        #expect(Self.recipients(server.mails(atLeast: 2)) == Self.both)
    }

    @Test(arguments: MailProgram.allCases)
    func `F99 a connection that breaks in the middle of a mail delays it and doubles none`(_ program: MailProgram) throws {
        let server = try program.start(.starttls)
        let wire = FaultProxy(to: server.port, plans: [.reset(.fromClient, after: Self.middle)])
        let mail = try OutgoingMail(filling: Self.long)

        let all = try mail.sendAll(by: Self.settings(server, through: wire.port))

        #expect(all.sent == 2 && wire.connectionCount == 3)
        #expect(Self.recipients(server.mails(atLeast: 2)) == Self.both)
    }

    /// Nobody can know whether it was taken. The second copy has the first one's Message-ID, by which mailboxes drop it.
    @Test(arguments: MailProgram.allCases)
    func `F99 I1 a mail whose answer was lost goes again under the same Message-ID`(_ program: MailProgram) throws {
        let server = try program.start(.starttls)
        let wire = FaultProxy(to: server.port, plans: [.loseAnswer(afterSaying: Self.middle)])
        let mail = try OutgoingMail(to: ["ann@acme.example"], filling: Self.long)

        let first = try mail.send(by: Self.settings(server, through: wire.port))
        let taken = server.mails(atLeast: 1)
        let rest = try mail.sendAll(by: Self.settings(server, through: wire.port))

        #expect((first.sent, first.waiting) == (0, 1) && rest.sent == 1)
        #expect(taken.count == 1 && Set(server.mails(atLeast: 2).map(\.messageID)) == ["<one@acme.example>"])
    }

    @Test(arguments: MailProgram.allCases)
    func `F99 S4 where STARTTLS is taken out on the way nothing is said in the clear`(_ program: MailProgram) throws {
        let server = try program.start(.starttls)
        let wire = FaultProxy(to: server.port, plans: [.overwrite("STARTTLS")])
        let mail = try OutgoingMail(to: ["ann@acme.example"])
        var settings = Self.settings(server, through: wire.port)
        settings.user = "reports"
        settings.password = Secret("open sesame")

        let delivery = try mail.send(by: settings)

        #expect(delivery.waiting == 1 && delivery.trouble?.contains("does not offer TLS") == true)
        #expect(wire.said.split(separator: "\r\n").allSatisfy { $0 == "EHLO acme.example" || $0 == "QUIT" }, "\(wire.said)")
        #expect(server.mails(atLeast: 0).isEmpty)
    }
}
