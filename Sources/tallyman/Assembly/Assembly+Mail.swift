import Domain
import Engine
import Foundation
import Reports
import StateStore

extension Assembly {
    /// How mails leave; `nil` where none are to.
    func mail() throws -> MailSettings? {
        try settings.root["mail"].map { node in
            var mail = try MailSettings(node, secrets: secrets.secret)
            if case .folder(let folder) = mail.way { mail.way = .folder(Settings.absolute(folder, beside: settings.path)) }
            return mail
        }
    }

    /// Where mails lead; `nil` where the settings name no console.
    var consoleLink: ConsoleLink? { settings.root["console"]?.text("url").map { ConsoleLink(url: $0, shop: settings.shop) } }

    func outcomeDesk(_ ledger: Ledger, from: MailAddress) throws -> OutcomeDesk {
        let owner = try settings.root.addresses("owner")
        let policies = try settings.flowNames.reduce(into: [:]) { policies, name in
            policies[name] = try ReportPolicy(settings.flow(name)["report"], owner: owner)
        }
        let rejects = RejectFiles(assembly: self, ledger: ledger)
        return OutcomeDesk(
            ledger: ledger, shop: settings.shop, zone: TimeZone(identifier: settings.timeZone) ?? .gmt, from: from, timeline: timeline,
            policy: { policies[$0] ?? ReportPolicy(recipients: owner) }, isPersonal: EntityCatalogue.isPersonal,
            personalFlows: personalScope().flows, console: consoleLink
        ) { run in
            guard settings.flowNames.contains(run.flow), let path = try rejects.write(for: try runner(ledger).report(on: run.id)) else { return nil }
            return MailMessage.Attachment(
                name: URL(fileURLWithPath: path).lastPathComponent, content: Array(try Data(contentsOf: URL(fileURLWithPath: path))))
        }
    }

    func mailroom(_ ledger: Ledger, _ mail: MailSettings) -> Mailroom {
        Mailroom(ledger: ledger, transport: mail.transport, from: mail.from, timeline: timeline, boundary: boundary)
    }

    /// The same after a command's work is done: whatever is wrong with mail is said beside it and changes nothing about the work.
    /// What was not told is told by the next call.
    func sendMail(_ ledger: Ledger, sayingTo output: Output) {
        do {
            guard let trouble = try sendMail(ledger)?.trouble, output.format != .json else { return }
            output.line("  → mail waits: \(trouble)")
        } catch {
            DiagnosticPrinter.print(
                error as? Diagnostic ?? Diagnostic("MAIL-FAILED", "no mail can be written: \(error)", fix: "see `tallyman mail`"))
        }
    }

    /// Tells of every run that came to rest and sends what waits. `nil` where no mail is set up.
    func sendMail(_ ledger: Ledger) throws -> Mailroom.Delivery? {
        guard let mail = try mail() else { return nil }
        _ = try outcomeDesk(ledger, from: mail.from).tell()
        return try mailroom(ledger, mail).send()
    }
}
