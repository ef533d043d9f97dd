import Domain
import Reports
import StateStore

/// What a plan would change, old beside new, as a table.
struct ChangePrinter {
    let output: Output
    let assembly: Assembly

    /// Entity and day are columns only where they tell lines apart.
    func print(_ changes: [PlannedChange]) throws {
        let hasEntities = Set(changes.map(\.entity)).count > 1
        let hasDays = changes.contains { $0.due != nil }
        let words = try ValueWords(assembly)
        let captions =
            [KeyNoun.caption(of: changes.map(\.entity))] + (hasEntities ? ["entity"] : []) + ["now", "would be"] + (hasDays ? ["from"] : []) + ["why"]
        output.table(
            captions,
            changes.map { planned in
                let before = planned.change.before.map { words.describe($0, entity: planned.entity) } ?? "-"
                let after = words.describe(planned.change.after, entity: planned.entity)
                return [planned.change.key.description] + (hasEntities ? [planned.entity] : []) + [before, after]
                    + (hasDays ? [planned.due.map { "\($0)" } ?? "now"] : []) + [planned.evidence]
            }
        )
    }
}
