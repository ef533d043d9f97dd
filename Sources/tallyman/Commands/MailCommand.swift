import ArgumentParser
import Domain
import Reports
import StateStore

struct MailCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail", abstract: "The mails on their way: list, send, try again, prove the way.", discussion: Examples.of("mail"),
        subcommands: [MailListCommand.self, MailSendCommand.self, MailRetryCommand.self, MailTestCommand.self],
        defaultSubcommand: MailListCommand.self
    )
}

struct MailListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "What waits, and what no server would take.")

    @OptionGroup var common: CommonOptions

    private struct View: Encodable {
        var mail: Int64
        var recipient: String
        var subject: String
        var state: String
        var attempts: Int
        var written: String
        var nextTry: String
        var answer: String?
    }

    func run() throws {
        let ledger = try common.assembly().ledger()
        let copies = try ledger.read { reader in
            try [.waiting, .refused, .givenUp].flatMap { (state: MailCopy.State) in try reader.mailCopies(in: state) }
        }
        if common.json {
            return try common.output.json(
                copies.map { copy in
                    View(
                        mail: copy.mail, recipient: copy.recipient, subject: copy.subject, state: copy.state.rawValue, attempts: copy.attempts,
                        written: "\(copy.written)", nextTry: "\(copy.nextTry)", answer: copy.answer)
                })
        }
        if copies.isEmpty { return common.output.line("no mail waits") }
        common.output.table(
            ["mail", "recipient", "state", "tries", "subject", "answer"],
            copies.map { ["\($0.mail)", $0.recipient, $0.state.rawValue, "\($0.attempts)", $0.subject, $0.answer ?? ""] })
    }
}

struct MailSendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "send", abstract: "Tell of runs that came to rest and send what is due.")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let assembly = try common.assembly()
        guard let delivery = try assembly.sendMail(assembly.ledger()) else { throw MailCommand.isMissing }
        common.output.line("\(delivery.sent) sent, \(delivery.waiting) wait, \(delivery.refused) refused")
        if let trouble = delivery.trouble { common.output.line("  → \(trouble)") }
        if delivery.waiting > 0 { throw ExitStatus.tryLater }
        if delivery.refused > 0 { throw ExitStatus.failed }
    }
}

struct MailRetryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "retry", abstract: "Send refused and given-up copies on their way again.")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let assembly = try common.assembly()
        let count = try assembly.ledger().write(.mail) { writer in
            try writer.requeueMail(at: assembly.timeline.now())
        }
        common.output.line("\(count) copies wait again; `tallyman mail send` sends them")
    }
}

struct MailTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "test", abstract: "Send one mail to an address, now, and show the answer.")

    @OptionGroup var common: CommonOptions
    @Argument(help: "Whom to send it to.") var address: String

    func run() throws {
        let assembly = try common.assembly()
        guard let mail = try assembly.mail() else { throw MailCommand.isMissing }
        guard let recipient = MailAddress(address) else { throw ValidationError("\(Escaped(address)) is no mail address") }
        let text = "This is a test of tallyman for the shop \(assembly.settings.shop). Whoever reads it will get the reports.\n"
        let message = MailMessage(
            from: mail.from, to: [recipient], subject: "[OK] Test – \(assembly.settings.shop)", date: assembly.timeline.now(),
            messageID: "test.\(assembly.timeline.randomHex(byteCount: 8))@\(address.split(separator: "@").last ?? "")", text: text,
            html: "<p>\(text)</p>\n")
        do throws(MailFault) {
            try mail.transport.deliver(message.bytes, from: mail.from, to: recipient)
        } catch {
            throw Diagnostic(
                "MAIL-WAY", error.text, at: assembly.settings.root["mail"]?.location, fix: "correct mail: in the settings, then try again")
        }
        common.output.line("the server took it; look into the mailbox of \(recipient)")
    }
}

extension MailCommand {
    static let isMissing = Diagnostic("MAIL-MISSING", "no mail is set up", fix: "add mail: {smtp: smtps://HOST:465, from: …} to the settings")
}
