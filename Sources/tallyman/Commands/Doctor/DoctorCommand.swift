import ArgumentParser
import Domain
import Endpoints
import Entities
import Magento
import Reports
import StateStore

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check settings, ledger, endpoints and shop; each failing check says the fix.",
        discussion: Examples.of("doctor")
    )

    @OptionGroup var common: CommonOptions
    @Option(
        help: ArgumentHelp(
            "How long to leave a connection to each server without a word, such as 5m, to see whether it is cut.", valueName: "duration"))
    var idle: String?

    typealias Line = DoctorLine

    func run() async throws {
        let silence = try idle.map { text -> Duration in
            guard let length = Duration(setting: text), length > .zero, length <= .seconds(3600) else {
                throw ValidationError("--idle is a duration such as 90s or 5m, at most 1h")
            }
            return length
        }
        let assembly = try common.assembly()
        var lines = settingLines(assembly) + secretLines(assembly)
        lines += [ledgerLine(assembly), diskLine(assembly)]
        for name in (assembly.settings.root["endpoints"]?.map ?? []).map(\.key) {
            let found = await endpointLines(name, assembly)
            lines += found
            // What kept us from the server would only be said again.
            if found.contains(where: { $0.verdict == DoctorLine.Verdict.good.rawValue }) {
                lines += await probeLines(name, assembly, silence: silence)
            }
        }
        lines += mailLines(assembly)
        lines += consoleLines(assembly)
        lines += await shopLines(assembly)
        if lines.contains(where: { $0.check == "shop \(ShopFinding.Check.reachable.rawValue)" && $0.verdict == DoctorLine.failed }) {
            lines.append(
                .init("flows", .skipped, "rights, attributes, order numbers and what is on sale are not asked while the shop does not answer"))
        } else {
            lines += await rightLines(assembly)
            lines += await attributeLines(assembly)
            lines += await connectionLines(assembly)
            lines += await numberLines(assembly)
            lines += await saleLines(assembly)
        }
        lines = DoctorLine.sayingEachCauseOnce(lines)
        if common.json {
            try common.output.json(lines)
        } else {
            common.output.table(["check", "verdict", "found"], lines.map { [$0.check, $0.verdict, $0.found] })
            for line in lines where !line.fix.isEmpty { common.output.line("→ \(line.check): \(line.fix)") }
        }
        if lines.contains(where: { $0.verdict == DoctorLine.failed }) { throw ExitStatus.failed }
    }

    private func ledgerLine(_ assembly: Assembly) -> Line {
        do {
            let ledger = try assembly.ledger()
            let damage = try ledger.checkIntegrity()
            let unbalanced = try ledger.read { try $0.unbalancedRuns() }
            guard damage.isEmpty, unbalanced.isEmpty else {
                return Line(
                    check: "ledger", verdict: "failed", text: damage.first ?? "runs \(unbalanced) do not balance",
                    fix: "stop all runs and restore the last backup (docs/operations.md)"
                )
            }
            return Line(check: "ledger", verdict: "good", text: "intact, all books balance", fix: "")
        } catch {
            return failed("ledger", error)
        }
    }

    /// SQLite's locks and flushes are only as good as the disk's: a network disk may promise both and keep neither (reliability F85).
    private func diskLine(_ assembly: Assembly) -> Line {
        guard let kind = DiskKind.of(assembly.settings.stateFolder) else {
            return Line(check: "disk", verdict: "skipped", text: "the machine does not say what it is", fix: "")
        }
        guard kind.isRemote else { return Line(check: "disk", verdict: "good", text: kind.name, fix: "") }
        return Line(
            check: "disk", verdict: "failed", text: "\(assembly.settings.stateFolder) is on a network disk (\(kind.name))",
            fix: "move the state folder to a disk of this machine: stop the service, move it, change state in the settings")
    }

    /// Nothing is sent: a doctor that mails somebody is not asked twice.
    private func mailLines(_ assembly: Assembly) -> [Line] {
        do {
            guard try assembly.mail() != nil else {
                return [Line(check: "mail", verdict: "warning", text: "none is set up", fix: "add mail: {…}, so that trouble is told to somebody")]
            }
            let stuck = try assembly.ledger().read { reader in
                try [.refused, .givenUp].flatMap { (state: MailCopy.State) in try reader.mailCopies(in: state) }
            }
            guard let first = stuck.first else {
                return [Line(check: "mail", verdict: "good", text: "set up, nothing stuck; `tallyman mail test ADDRESS` proves the way", fix: "")]
            }
            return [
                Line(
                    check: "mail", verdict: "failed",
                    text: "\(stuck.count) mails were not taken, such as to \(first.recipient): \(first.answer ?? "")",
                    fix: "correct the address or the server, then `tallyman mail retry`")
            ]
        } catch {
            return [failed("mail", error)]
        }
    }

    func failed(_ check: String, _ error: any Error) -> Line { DoctorLine(check, error) }
}
