import Domain
import Engine
import Reports

/// A flow's report: its runs, and what is still waiting.
struct FlowPrinter {
    let output: Output
    let rejects: RejectFiles
    var isOutbound = false
    /// Whether a report of nothing is left out, so that cron mails nobody.
    var omitsNothingToDo = false

    func print(_ report: FlowReport) throws {
        let files = report.runs.map { rejects.writeAside(for: $0) }
        defer { if let trouble = report.trouble { DiagnosticPrinter.print(trouble) } }
        if output.format == .json {
            struct View: Encodable {
                var flow: String
                var runs: [RunView]
                var waiting: [String]
                var notes: [String]
                var trouble: String?
            }
            let runs = try zip(report.runs, files).map { RunView($0, rejectFile: $1, errors: try rejects.waiting(of: $0)) }
            return try output.json(
                View(flow: report.flow, runs: runs, waiting: report.waitingFiles, notes: report.notes, trouble: report.trouble?.code))
        }
        for note in report.notes { output.line(note) }
        for (run, file) in zip(report.runs, files) {
            try RunPrinter(output: output).print(run, rejectFile: file, errors: try rejects.waiting(of: run))
        }
        for waiting in report.waitingFiles { output.line("waiting · \(waiting)") }
        guard report.runs.isEmpty, report.waitingFiles.isEmpty, !omitsNothingToDo else { return }
        guard isOutbound else { return output.line("\(report.flow): 0 files, nothing to do") }
        output.line("\(report.flow): \(report.looked) \(report.documents) looked at, nothing to send")
    }
}
