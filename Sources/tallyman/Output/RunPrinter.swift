import Domain
import Engine
import Reports
import StateStore

/// A run as people and programs read it.
struct RunPrinter {
    let output: Output

    /// - Parameter errors: the numbers of the run's records that wait in the error queue.
    func print(_ report: RunReport, rejectFile: String?, errors: [Int64] = []) throws {
        if output.format == .json { return try output.json(RunView(report, rejectFile: rejectFile, errors: errors)) }
        // Without a file it is the cause that says what it was about.
        let name = report.fileName ?? report.run.cause
        output.line(output.styled("run \(report.run.id)", .strong) + " · \(report.run.flow) · \(name) · \(state(report.run))")
        if let verdict = report.run.verdict { output.line("  \(ShopClock.told(verdict))") }
        for (entity, tally) in report.tallies { output.line("  \(entity): \(tally)") }
        if let consignment = report.consignment {
            let count = consignment.documents == 1 ? "1 document" : "\(consignment.documents) documents"
            output.line("  consignment \(consignment.sequence) · \(consignment.name) · \(count) · \(consignment.state.word)")
        }
        for plan in report.plans {
            let summary = plan.summary
            if report.isOutbound {
                if report.consignment == nil { output.line("  plan: \(summary.creates) to leave") }
            } else {
                let drifted = summary.drifted == 0 ? "" : " (\(summary.drifted) had moved in the shop)"
                output.line(
                    "  plan: \(summary.creates) new, \(summary.updates) changed\(drifted), \(summary.unchanged) unchanged of \(summary.keys) \(KeyNoun.of(plan.entity).many) (\(plan.mode.rawValue) file, as at \(ShopClock.told(plan.version)))"
                )
            }
            if summary.scheduled > 0 { output.line("  later: \(summary.scheduled) values with a day of their own") }
            for (mark, counted) in summary.marks.sorted(by: { $0.key < $1.key }) {
                let examples = counted.examples.prefix(2).joined(separator: "; ")
                output.line("  \(mark.replacing("_", with: " ")): \(counted.count), such as \(examples)")
            }
            for finding in plan.findings {
                output.line(output.styled("  gate \(finding.gate): \(ShopClock.told(finding.text))", .warning))
                if report.run.state == .held, let setting = GateSetting.path(of: finding.gate, entity: plan.entity, flow: report.run.flow) {
                    output.line("    setting: \(setting)")
                }
            }
        }
        if let first = RunTimesText(report.times).first, report.run.state != .held, report.run.state != .previewed {
            output.line("  first: \(first)")
        }
        if report.run.state == .held {
            output.line("  → tallyman approve \(report.run.id), or tallyman discard \(report.run.id)")
        }
        if let trouble = report.trouble {
            if report.run.state == .discarded { output.line(output.styled("  \(trouble.code)", .bad)) }
            output.line("  → \(ShopClock.told(trouble.fix))")
        }
        if let rejectFile { output.line("  rejected records: \(rejectFile)") }
        if let first = errors.first {
            output.line("  errors waiting: \(NumberList.text(errors)) → tallyman errors show \(first)")
        }
    }

    private func state(_ run: Run) -> String {
        switch run.state {
        case .finished, .scheduled: output.styled(run.state.rawValue, .good)
        case .failed: output.styled(run.state.rawValue, .bad)
        case .held, .waiting: output.styled(run.state.rawValue, .warning)
        case .planning, .approved, .applying, .discarded, .previewed: run.state.rawValue
        }
    }
}
