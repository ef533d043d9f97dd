import ArgumentParser
import Domain
import Engine
import Reports
import StateStore

struct ConsignmentsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consignments", abstract: "The files that left, their orders, and what the ERP said of them.",
        discussion: Examples.of("consignments")
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("One consignment's id, with its orders.", valueName: "consignment")) var number: Int64?
    @Option(help: "Only this flow.", completion: Suggestions.flows) var flow: String?
    @Flag(help: "Only those whose answer is late.") var overdue = false
    @Option(help: "How many.") var limit = 20

    func run() throws {
        let assembly = try common.assembly()
        let ledger = try assembly.ledger()
        if let number { return try show(number, ledger) }
        let now = assembly.timeline.now()
        let found = try ledger.read { reader in
            overdue ? try reader.overdueConsignments(at: now, flow: flow) : try reader.recentConsignments(flow: flow, limit: limit)
        }
        let views = found.map { ConsignmentView($0) }
        if common.json { return try common.output.json(views) }
        if views.isEmpty { common.output.line(overdue ? "no answer is late" : "nothing has left yet") }
        common.output.table(
            ["consignment", "flow", "number", "file", KeyNoun.heading(of: found.map(\.entity)), "state", "placed", "answer due"],
            views.map {
                [
                    "\($0.consignment)", $0.flow, "\($0.sequence)", $0.file, "\($0.documents)", $0.state, ShopClock.told($0.placed),
                    ShopClock.told($0.due),
                ]
            }
        )
    }

    private func show(_ number: Int64, _ ledger: Ledger) throws {
        guard let consignment = try ledger.read({ try $0.consignment(number) }) else { throw Self.unknown(number) }
        let documents = try ledger.read { try $0.consigned(in: number) }
        var view = ConsignmentView(consignment)
        view.orders = documents.map { ConsignmentView.Order($0) }
        if common.json { return try common.output.json(view) }
        common.output.line("consignment \(view.consignment) · \(view.flow) · \(view.file) · \(view.state)")
        if let evidence = consignment.evidence { common.output.line("  \(ShopClock.told(evidence))") }
        common.output.table(
            ["line", KeyNoun.of(consignment.entity).one, "total", "again", "answered", "ERP number", "refused because"],
            documents.map { document in
                [
                    "\(document.position)", document.identity.description, "\(document.total)", document.isResent ? "yes" : "",
                    ShopClock.told(document.acknowledged.map { "\($0)" }), document.erpNumber.map { Escaped($0).description } ?? "",
                    document.refusal ?? "",
                ]
            }
        )
    }

    static func unknown(_ number: Int64) -> Diagnostic {
        Diagnostic("CONSIGNMENT-UNKNOWN", "there is no consignment \(number)", fix: "`tallyman consignments` lists them")
    }
}
