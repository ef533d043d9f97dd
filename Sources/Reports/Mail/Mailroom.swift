package import Domain
package import StateStore

/// Sends what waits in the outbox, one recipient at a time, and writes down each answer.
///
/// A copy is claimed before it is handed over and settled after. Where the answer is lost, or the process, it goes again
/// with the same Message-ID: a report that comes twice is better than one that never does.
package struct Mailroom: Sendable {
    /// Pauses between attempts; the last one repeats.
    static let pauses: [Duration] = [.seconds(60), .seconds(300), .seconds(900), .seconds(3600)]
    /// After this long nobody waits for the news any more.
    static let patience = Duration.seconds(3 * 86_400)
    /// How long a claimed copy is left alone by others: longer than any conversation with a server takes.
    static let claim = Duration.seconds(300)

    private let ledger: Ledger
    private let transport: any MailTransport
    private let from: MailAddress
    private let timeline: Timeline
    private let boundary: Boundary

    package init(ledger: Ledger, transport: any MailTransport, from: MailAddress, timeline: Timeline, boundary: Boundary = .open) {
        self.ledger = ledger
        self.transport = transport
        self.from = from
        self.timeline = timeline
        self.boundary = boundary
    }

    package struct Delivery: Hashable, Sendable {
        package var sent = 0
        package var waiting = 0
        package var refused = 0
        /// What the server said last where something did not go through.
        package var trouble: String?
    }

    /// Tries each copy whose time has come, once. It blocks while it talks to the server.
    package func send() throws -> Delivery {
        var delivery = Delivery()
        while true {
            let copies = try ledger.write(.mail) { try $0.claimMail(now: timeline.now(), patience: Self.claim) }
            guard !copies.isEmpty else { return delivery }
            for copy in copies { try send(copy, &delivery) }
        }
    }

    private func send(_ copy: MailCopy, _ delivery: inout Delivery) throws {
        guard let recipient = MailAddress(copy.recipient) else {
            try settle(copy, as: .refused, "this is no address")
            delivery.refused += 1
            return
        }
        let fault: MailFault?
        do {
            try boundary.around("mail.send") { try transport.deliver(copy.content, from: from, to: recipient) }
            fault = nil
        } catch let error as MailFault {
            fault = error
        }
        switch fault?.kind {
        case nil:
            try settle(copy, as: .sent, nil)
            delivery.sent += 1
        case .refused:
            try settle(copy, as: .refused, fault?.text)
            delivery.refused += 1
            delivery.trouble = fault?.text
        case .transient, .unsafe:
            try wait(copy, fault?.text)
            delivery.waiting += 1
            delivery.trouble = fault?.text
        }
    }

    private func wait(_ copy: MailCopy, _ text: String?) throws {
        let now = timeline.now()
        guard now.since(copy.written) < Self.patience else { return try settle(copy, as: .givenUp, text) }
        let pause = Self.pauses[min(copy.attempts, Self.pauses.count - 1)]
        try ledger.write(.mail) { try $0.settle(copy, as: .waiting, answer: text, nextTry: now.adding(pause), at: now) }
    }

    private func settle(_ copy: MailCopy, as state: MailCopy.State, _ answer: String?) throws {
        try ledger.write(.mail) { try $0.settle(copy, as: state, answer: answer, at: timeline.now()) }
    }
}
