import ArgumentParser
import Domain
import Engine
import StateStore

struct DoublesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doubles", abstract: "Documents that are in the shop more than once for one number of the ERP.",
        discussion: Examples.of("doubles"))

    @OptionGroup var common: CommonOptions
    @Option(help: "Only this flow.", completion: Suggestions.flows) var flow: String?
    @Option(help: "The numbers of those that you have put right in the shop; their alarm ends.") var dealt: [Int64] = []

    func run() throws {
        let assembly = try common.assembly()
        let ledger = try assembly.ledger()
        if !dealt.isEmpty {
            try assembly.desk(try assembly.runner(ledger)).dealWith(doubles: dealt, by: common.who)
            return common.output.line("\(dealt.count) dealt with")
        }
        let doubles = try ledger.read { try $0.doubledCalls(flow: flow) }
        if common.json { return try common.output.json(doubles.map(DoubleView.init)) }
        if doubles.isEmpty { common.output.line("nothing is in the shop twice") }
        common.output.table(
            ["number", "flow", "order", "of the ERP", "in the shop", "found"],
            doubles.map { double in
                [
                    "\(double.id)", double.flow, Escaped(double.call.subject).description, Escaped(double.call.mark).description,
                    Escaped(double.documents, limit: 400).description, "\(double.found)",
                ]
            })
    }
}

private struct DoubleView: Encodable {
    var number: Int64
    var flow: String
    var order: String
    var mark: String
    var documents: String
    var found: String

    init(_ double: DoubledCall) {
        number = double.id
        flow = double.flow
        order = double.call.subject
        mark = double.call.mark
        documents = double.documents
        found = "\(double.found)"
    }
}
