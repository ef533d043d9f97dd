import ArgumentParser
import Domain
import Engine
import StateStore

struct ResendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resend",
        abstract: "Send orders once more that have left already, marked as sent again. Nothing else ever sends an order twice.",
        discussion: Examples.of("resend")
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "The orders' numbers.") var orders: [String] = []
    @Option(help: "Every order of this consignment.") var consignment: Int64?
    @Option(help: "Only this flow, where several carry the order.", completion: Suggestions.flows) var flow: String?
    @Option(help: "Why, for the audit.") var because: String
    @Flag(help: "List the orders that would leave once more; change nothing.") var dryRun = false

    func run() async throws {
        guard !orders.isEmpty || consignment != nil else { throw ValidationError("name orders, or a consignment with --consignment") }
        let assembly = try common.assembly()
        let ledger = try assembly.ledger()
        try assembly.proveHome(ledger)
        let runner = try assembly.runner(ledger)
        let documents = try chosen(ledger)
        if dryRun {
            let waiting = documents.filter { $0.standing == .sent && $0.resend == nil }
            for document in waiting { common.output.line("\(document.identity) of \(document.flow) would leave once more, marked as sent again") }
            return common.output.line("\(waiting.count) of \(documents.count) would be sent again; nothing was changed")
        }
        let count = try assembly.desk(runner).resend(documents, by: common.who, because: because)
        if count == 0 { common.output.line("nothing to send again: the order is on its way, or ordered again already") }
        for flow in Set(documents.map(\.flow)).sorted() {
            let report = try await assembly.withShop { shop in
                try await runner.run(try assembly.outboundFlow(flow, shop, ledger), cause: "resend")
            }
            try FlowPrinter(
                output: common.output, rejects: RejectFiles(assembly: assembly, ledger: ledger), isOutbound: true
            ).print(report)
            let status = ExitStatus(report.runs, trouble: report.trouble)
            if status != .done { throw status }
        }
    }

    private func chosen(_ ledger: Ledger) throws -> [OutboxDocument] {
        try ledger.read { reader in
            var chosen: [OutboxDocument] = []
            for order in orders {
                let known = try reader.outboxDocuments(identity: RecordKey(order)).filter { flow == nil || $0.flow == flow }
                guard let document = known.first else {
                    throw Diagnostic(
                        "ORDER-UNKNOWN", "no flow has sent the order \(Escaped(order))", fix: "`tallyman why \(Escaped(order))` tells what is known")
                }
                guard known.count == 1 else {
                    throw Diagnostic(
                        "ORDER-AMBIGUOUS", "several flows carry the order \(Escaped(order))",
                        fix: "name one with --flow: \(known.map(\.flow).joined(separator: ", "))")
                }
                guard document.standing == .sent else {
                    throw Diagnostic(
                        "ORDER-NOT-SENT", "the order \(Escaped(order)) has not left: it is \(document.standing.rawValue)",
                        fix: document.reason ?? "the next run sends it")
                }
                chosen.append(document)
            }
            guard let consignment else { return chosen }
            guard let found = try reader.consignment(consignment) else { throw ConsignmentsCommand.unknown(consignment) }
            return chosen
                + (try reader.consigned(in: consignment).compactMap { try reader.outboxDocument(flow: found.flow, identity: $0.identity) })
        }
    }
}
