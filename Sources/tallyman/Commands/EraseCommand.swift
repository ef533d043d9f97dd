import ArgumentParser
import Domain
import Engine
import Entities
import Formats
import StateStore

struct EraseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Forget a person: bytes, values and words go; counts stay and the books balance.",
        discussion: """
            Without --yes it only says what it would forget. What is not ours to change is listed: the ERP, files at endpoints, backups.
            Ends with 75 while another process keeps the old bytes in the ledger's file; every run tries again to clean it.
            Ends with 3 where a file must stay until an open run or a waiting record of somebody else is settled.
            """ + "\n\n" + Examples.of("erase")
    )

    @OptionGroup var common: CommonOptions
    @Option(help: "An order's number; may be given several times.") var order: [String] = []
    @Option(help: "An e-mail address, with the orders whose files hold it.") var email: String?
    @Flag(help: "Do it. There is no way back.") var yes = false
    @Flag(help: "Only say what would be forgotten, which is so without --yes as well.") var dryRun = false

    func validate() throws {
        guard !order.isEmpty || email != nil else { throw ValidationError("say whom: --order NUMBER or --email ADDRESS") }
        guard !(yes && dryRun) else { throw ValidationError("--yes and --dry-run are opposites") }
        if let email, !email.contains("@") || email.utf8.count < 6 { throw ValidationError("\(Escaped(email)) is no e-mail address") }
        if let short = order.first(where: { $0.utf8.count < Erasure.shortest }) {
            throw ValidationError("\(Escaped(short)) is too short to be told apart from other text")
        }
    }

    private struct View: Encodable {
        var done: Bool
        var orders: [String]
        var records: Int
        var changes: Int
        var values: Int
        var mails: Int
        var texts: Int
        var filesRemoved: [String]
        var filesKept: [String]
        var elsewhere: [String]
        var ledgerFileClean: Bool
    }

    func run() throws {
        let assembly = try common.assembly()
        let ledger = try assembly.ledger()
        let scope = assembly.personalScope()
        let eraser = Eraser(
            ledger: ledger, spool: try assembly.spool(), rejectFolder: "\(assembly.settings.stateFolder)/rejects", flows: scope.flows,
            timeline: assembly.timeline)
        let wanted = Erasure(orders: order.map { RecordKey($0) }, texts: email.map { [$0] } ?? [], entities: scope.entities.sorted())
        let desk = assembly.desk(try assembly.runner(ledger))
        let who = common.who
        let result = try eraser.erase(wanted, yes ? .erase : .look) { writer, found in
            // The address itself is not written down again.
            let subject = email == nil ? "orders \(order.joined(separator: ", "))" : "an e-mail address"
            try desk.note("erase", of: "\(subject), \(found.orders.count) orders", by: who, in: writer)
        }
        let view = View(
            done: yes, orders: result.orders, records: result.count.records, changes: result.count.changes, values: result.count.values,
            mails: result.count.mails, texts: result.count.texts, filesRemoved: yes ? result.filesRemoved : [], filesKept: result.filesKept,
            elsewhere: result.elsewhere, ledgerFileClean: result.isFileClean)
        if common.json { try common.output.json(view) } else { show(view) }
        if yes, !result.isFileClean { throw ExitStatus.tryLater }
        if yes, !result.filesKept.isEmpty { throw ExitStatus.rejects }
    }

    private func show(_ view: View) {
        let orders = view.orders.isEmpty ? "no orders" : "orders \(view.orders.joined(separator: ", "))"
        guard view.done else {
            common.output.line("would forget \(orders), and these files:")
            for name in view.filesKept { common.output.line("  \(name)") }
            return common.output.line("nothing was changed; --yes does it")
        }
        common.output.line(
            "forgotten: \(orders); \(view.records) rejected records, \(view.changes) changes, \(view.values) values, \(view.mails) mails, \(view.texts) texts"
        )
        for name in view.filesRemoved { common.output.line("  removed here: \(name)") }
        for name in view.filesKept { common.output.line("  stays here until it is settled: \(name); then erase again") }
        if !view.ledgerFileClean {
            common.output.line("NOT DONE: the ledger's file still holds the bytes, because another process reads in it.")
            common.output.line("  It is tried again with every run, and is an open alarm until then. Close what has the file open, then erase again.")
        }
        common.output.line("not ours to change, and to be seen to by hand: the ERP, the shop, backups of the ledger made before,")
        common.output.line(
            view.elsewhere.isEmpty ? "  and copies of files at the endpoints" : "  and at the endpoints: \(view.elsewhere.joined(separator: ", "))")
    }
}

extension Assembly {
    /// Outbound flows, those that feed an entity that tells of people, and those whose files have columns that do.
    func personalScope() -> PersonalScope {
        let entities = EntityCatalogue.names.filter(EntityCatalogue.isPersonal) + [OrderMaker.name, CustomerMaker.name, OrderCancellationMaker.name]
        let flows = settings.flowNames.filter { name in
            guard let flow = try? settings.flow(name) else { return false }
            return flow["push"] != nil || entities.contains { flow[$0] != nil } || (try? profile(of: flow))?.personalColumns.isEmpty == false
        }
        return PersonalScope(flows: Set(flows), entities: Set(entities), rejectFolder: "\(settings.stateFolder)/rejects")
    }
}
