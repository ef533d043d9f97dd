import Domain
import Engine
import StateStore

/// What the gates of a held plan are about, row by row.
struct HeldRows: Encodable {
    var gate: String
    var entity: String
    var row: String

    /// Each row that a finding of the plan counts. A finding about the file as a whole has none.
    static func all(in report: RunReport, _ words: ValueWords, _ reader: LedgerReader) throws -> [HeldRows] {
        var rows: [HeldRows] = []
        for plan in report.plans {
            for finding in plan.findings {
                if let marked = plan.summary.marks[finding.gate] {
                    rows += marked.examples.map { HeldRows(gate: finding.gate, entity: plan.entity, row: $0) }
                    if marked.count > marked.examples.count {
                        let rest = marked.count - marked.examples.count
                        rows.append(HeldRows(gate: finding.gate, entity: plan.entity, row: "and \(rest) more"))
                    }
                } else if finding.gate == "to_zero", let definition = words[plan.entity] {
                    rows += try unavailable(report.run.id, plan.entity, definition, reader).map {
                        HeldRows(gate: finding.gate, entity: plan.entity, row: $0)
                    }
                }
            }
        }
        return rows
    }

    /// Those that can be bought now and could no longer be.
    private static func unavailable(_ run: Int64, _ entity: String, _ definition: any EntityDefinition, _ reader: LedgerReader) throws -> [String] {
        var found: [String] = []
        var last: Int64 = 0
        while case let page = try reader.changes(run: run, after: last, limit: 1000), let end = page.last {
            last = end.change.id
            for planned in page where planned.entity == entity {
                guard let before = planned.change.before, definition.isAvailable(before[...]), !definition.isAvailable(planned.change.after[...])
                else {
                    continue
                }
                found.append("\(planned.change.key) \(definition.describe(before)) → \(definition.describe(planned.change.after))")
            }
        }
        return found
    }
}
