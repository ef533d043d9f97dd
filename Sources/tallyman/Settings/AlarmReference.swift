import Domain

/// The runbook: one entry for each alarm, made from the catalogue.
enum AlarmReference {
    static func page() -> String {
        var text = """
            # Alarms

            One entry for each alarm. This page is written by `make docs` from the catalogue in the code; do not edit it.
            `tallyman alarms` shows what is open. An alarm is told once when it begins, once if it becomes red, and once when it is
            over, however often its cause is found.

            | alarm | levels | told after | not told while |
            | --- | --- | --- | --- |

            """
        for code in AlarmCode.allCases {
            let definition = code.definition
            let after = definition.visibleAfter == .zero ? "at once" : definition.visibleAfter.setting
            let covers = definition.dependsOn.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            text += "| [`\(code.rawValue)`](#\(code.rawValue.lowercased())) | \(definition.levels) | \(after) | \(covers) |\n"
        }
        for code in AlarmCode.allCases {
            text += "\n## \(code.rawValue)\n\n\(code.definition.meaning)\n\n**Fix.** \(code.definition.fix)\n"
        }
        return text
    }
}
