import ArgumentParser
import Domain
import Engine
import Formats
import Foundation
import Reports
import StateStore

struct ErrorsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "errors", abstract: "The error queue: what was rejected, why, and how to fix it.", discussion: Examples.of("errors"),
        subcommands: [List.self, Show.self, Retry.self, Edit.self, Dismiss.self], defaultSubcommand: List.self
    )
}

extension ErrorsCommand {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the rejected records that wait.")

        @OptionGroup var common: CommonOptions
        @Option(help: "Only this flow.", completion: Suggestions.flows) var flow: String?
        @Option(help: "How many.") var limit = 50

        func run() throws {
            try Self.print(try common.assembly().ledger().read { try $0.errors(flow: flow, limit: limit) }, common.output)
        }

        static func print(_ errors: [QueuedError], _ output: Output) throws {
            if output.format == .json { return try output.json(errors.map { ErrorView($0) }) }
            if errors.isEmpty { output.line("no rejected record is waiting") }
            output.table(
                ["error", "run", "line", KeyNoun.caption(of: errors.map(\.entity)), "code", "reason", "fix"],
                errors.map { error in
                    [
                        "\(error.id)", "\(error.run)", "\(error.verdict.origin.line)", error.verdict.key?.description ?? "-",
                        error.verdict.reason?.code ?? "", error.verdict.reason?.text ?? "", error.verdict.reason?.fix ?? "",
                    ]
                }
            )
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "One rejected record with its bytes.")

        @OptionGroup var common: CommonOptions
        @Argument(help: "The error's number.", completion: Suggestions.errors) var error: Int64

        func run() throws {
            let ledger = try common.assembly().ledger()
            let view = try ledger.read { reader in
                guard let queued = try reader.error(error) else { throw Self.unknown(error) }
                var view = ErrorView(queued)
                view.became = try Self.fate(of: queued, reader)
                return view
            }
            if common.json { return try common.output.json(view) }
            for (name, value) in view.lines { common.output.line("\(name): \(value)") }
        }

        /// What became of a record after it was rejected; for one that waits, what to do next.
        private static func fate(of error: QueuedError, _ reader: LedgerReader) throws -> String {
            guard let settled = error.settledBy else {
                switch error.state {
                case .open where error.edited != nil: return "it waits with its new line: tallyman errors retry \(error.id)"
                case .open: return "it waits: correct it with `tallyman errors edit \(error.id)`, or dismiss it"
                case .dismissed: return "it was dismissed; `tallyman audit` says by whom and why"
                case .retried: return "a later file brought the product again"
                }
            }
            guard let run = try reader.run(settled) else { return "it was taken up by run \(settled)" }
            let how = run.cause == "retry" ? "it was retried by run \(settled)" : "run \(settled) brought it again"
            let again = try reader.openErrorNumbers(run: settled)
            let rejected = again.isEmpty ? "" : "; what was rejected again waits as \(NumberList.text(again))"
            return "\(how), which is \(run.state.rawValue)\(run.verdict.map { ": \($0)" } ?? "")\(rejected)"
        }

        /// Throws `ERROR-UNKNOWN` where one of the numbers is none.
        static func errors(_ ids: [Int64], _ reader: LedgerReader) throws -> [QueuedError] {
            try ids.map { id in
                guard let error = try reader.error(id) else { throw unknown(id) }
                return error
            }
        }

        static func unknown(_ id: Int64) -> Diagnostic {
            Diagnostic("ERROR-UNKNOWN", "there is no error \(id)", fix: "`tallyman errors` lists them")
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send rejected records through again; all records of a product together."
        )

        @OptionGroup var common: CommonOptions
        @Argument(help: "The errors' numbers.", completion: Suggestions.errors) var errors: [Int64] = []
        @Flag(help: "Retry everything that waits.") var all = false
        @Option(help: "With --all: only this flow.", completion: Suggestions.flows) var flow: String?
        @Flag(help: "Show what the records would change; send nothing.") var dryRun = false

        func run() async throws {
            let assembly = try common.assembly()
            let ledger = try assembly.ledger()
            try assembly.proveHome(ledger)
            let desk = assembly.desk(try assembly.runner(ledger))
            let chosen = try ledger.read { reader in
                if all { return try reader.errors(flow: flow, limit: .max) }
                return try Show.errors(errors, reader)
            }
            if dryRun { return try await preview(chosen, assembly, ledger, desk) }
            let reports = try await assembly.withShop { shop in
                var reports: [RunReport] = []
                for (flow, group) in Dictionary(grouping: chosen, by: \.flow).sorted(by: { $0.key < $1.key }) {
                    if try assembly.isOutbound(flow) {
                        // Every run tries every waiting order again; nothing else is done for these.
                        let runner = try assembly.runner(ledger)
                        reports += try await runner.run(try assembly.outboundFlow(flow, shop, ledger), cause: "retry").runs
                        continue
                    }
                    reports += try await desk.retry(group.map(\.id), of: try await assembly.flow(flow, shop, ledger), by: common.who)
                }
                return reports
            }
            if reports.isEmpty { common.output.line("nothing is waiting") }
            let rejects = RejectFiles(assembly: assembly, ledger: ledger)
            for report in reports {
                try RunPrinter(output: common.output).print(report, rejectFile: rejects.writeAside(for: report), errors: rejects.waiting(of: report))
            }
            let status = ExitStatus(reports)
            if status != .done { throw status }
        }

        private func preview(_ chosen: [QueuedError], _ assembly: Assembly, _ ledger: Ledger, _ desk: OperatorDesk) async throws {
            let reports = try await assembly.withShop { shop in
                var reports: [RunReport] = []
                for (flow, group) in Dictionary(grouping: chosen, by: \.flow).sorted(by: { $0.key < $1.key }) {
                    if try assembly.isOutbound(flow) {
                        let runner = try assembly.runner(ledger)
                        if let report = try await runner.preview(try assembly.outboundFlow(flow, shop, ledger)) { reports.append(report) }
                        continue
                    }
                    reports += try await desk.previewRetry(group.map(\.id), of: try await assembly.flow(flow, shop, ledger))
                }
                return reports
            }
            if reports.isEmpty { common.output.line("nothing is waiting") }
            for report in reports {
                try RunPrinter(output: common.output).print(report, rejectFile: nil)
                guard !common.json, !report.isOutbound else { continue }
                try ChangePrinter(output: common.output, assembly: assembly).print(
                    try ledger.read { try $0.changes(run: report.run.id, limit: .max) })
            }
        }
    }

    struct Edit: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Correct a rejected record's line; it is used when the record is retried."
        )

        @OptionGroup var common: CommonOptions
        @Argument(help: "The error's number.", completion: Suggestions.errors) var error: Int64
        @Option(help: "The corrected line. Read from standard input unless given.") var line: String?

        func run() throws {
            let assembly = try common.assembly()
            let ledger = try assembly.ledger()
            guard let queued = try ledger.read({ try $0.error(error) }) else { throw Show.unknown(error) }
            if try assembly.isOutbound(queued.flow) {
                throw Diagnostic(
                    "ERROR-NO-LINE", "error \(error) is about an order of the shop, not a line of a file",
                    fix: queued.verdict.reason?.fix ?? "mend it in the shop, then run \(queued.flow)")
            }
            guard let text = line ?? StandardStream.input(limit: 1 << 20).map({ String(decoding: $0, as: UTF8.self) }) else {
                throw Diagnostic("EDIT-INPUT", "standard input cannot be read, or is longer than a line can be", fix: "give the line with --line")
            }
            let flow = try assembly.settings.flow(queued.flow)
            let profile = try assembly.profile(of: flow)
            let encoded = profile.encoding.encode(text.trimmingCharacters(in: .newlines) + "\r\n").bytes
            try assembly.desk(try assembly.runner(ledger)).edit(
                error, to: encoded, profile, timeZone: flow.text("timezone") ?? assembly.settings.timeZone, by: common.who)
            common.output.line("error \(error) has a new line; retry it with: tallyman errors retry \(error)")
        }
    }

    struct Dismiss: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take records out of the queue for good.")

        @OptionGroup var common: CommonOptions
        @Argument(help: "The errors' numbers.", completion: Suggestions.errors) var errors: [Int64]
        @Option(help: "Why, for the audit.") var because: String
        @Flag(help: "List what would leave the queue; change nothing.") var dryRun = false

        func run() throws {
            let assembly = try common.assembly()
            let ledger = try assembly.ledger()
            if dryRun {
                let chosen = try ledger.read { try Show.errors(errors, $0) }
                return try List.print(chosen.filter { $0.state == .open }, common.output)
            }
            let desk = assembly.desk(try assembly.runner(ledger))
            let count = try desk.dismiss(errors, by: common.who, because: because)
            common.output.line("\(count) of \(errors.count) dismissed")
        }
    }
}

extension ErrorView {
    var lines: [(String, String)] {
        [
            ("error", "\(error) (\(state))"), ("run", "\(run), flow \(flow), \(entity)"), ("line", "\(line), record \(record)"),
            (KeyNoun.of(entity).one, key ?? "-"), ("code", code ?? "-"), ("column", column ?? "-"), ("value", value ?? "-"),
            ("reason", reason ?? "-"), ("fix", fix ?? "-"), ("original", original ?? "-"),
            ("edited", edited ?? "-"),
        ] + (became.map { [("became", $0)] } ?? [])
    }
}
