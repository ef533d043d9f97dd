import ArgumentParser
import Domain
import Engine
import StateStore

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "The decisions of people, newest first; and whether the log is as it was written.",
        discussion: """
            --verify checks every entry against the one before it and ends with 1 if one was changed, taken out or put in, or the end was
            cut off. It names the hash of the last entry: note it elsewhere, and --expect proves later that all up to it still stands.
            """ + "\n\n" + Examples.of("audit")
    )

    @OptionGroup var common: CommonOptions
    @Flag(help: "Check the whole log.") var verify = false
    @Option(help: "A hash that an earlier --verify has named; it must still be in the log.") var expect: String?
    @Option(help: "How many entries to list.") var limit = 20

    private struct View: Encodable {
        var number: Int64
        var at: String
        var who: String
        var action: String
        var subject: String
        var detail: String
        var hash: String
    }

    private struct Verdict: Encodable {
        var entries: Int
        var head: String
        var faults: [String]
    }

    func run() throws {
        let assembly = try common.assembly()
        let ledger = try assembly.ledger()
        if verify || expect != nil { return try check(assembly.desk(try assembly.runner(ledger))) }
        let entries = try ledger.read { try $0.audit(limit: max(0, limit)) }
        let views = entries.map { entry in
            View(
                number: entry.number, at: "\(entry.at)", who: entry.who, action: entry.action, subject: entry.subject, detail: entry.detail,
                hash: entry.hash)
        }
        if common.json { return try common.output.json(views) }
        if views.isEmpty { return common.output.line("no decisions yet") }
        common.output.table(
            ["entry", "at", "who", "action", "subject", "because"],
            views.map { ["\($0.number)", ShopClock.told($0.at), shown($0.who), shown($0.action), shown($0.subject), shown($0.detail)] })
    }

    private func shown(_ text: String) -> String { Escaped(text, limit: 80).description }

    private func check(_ desk: OperatorDesk) throws {
        let found = try desk.checkAudit(expecting: expect)
        let verdict = Verdict(entries: found.entries, head: found.head, faults: found.faults.map { "entry \($0.number): \($0.text)" })
        if common.json {
            try common.output.json(verdict)
        } else if verdict.faults.isEmpty {
            common.output.line(
                "\(found.entries) entries, all as they were written\(found.head.isEmpty ? "" : "; the last one's hash is \(found.head)")")
        } else {
            for fault in verdict.faults { common.output.line(fault) }
            common.output.line("the log was changed: keep a copy of the ledger, compare with a backup, find out who has access to the file")
        }
        if !verdict.faults.isEmpty { throw ExitStatus.failed }
    }
}
