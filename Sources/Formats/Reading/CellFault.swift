import Domain

/// Why a cell could not be taken. Small and without text: the words are made only when somebody will read them.
enum CellFault: Hashable, Sendable {
    case missing
    case control
    case damaged(SpreadsheetDamage)
    case code(CodeDamage)
    case number(DecimalFormat.Fault)
    case notWhole
    case date(InstantFormat.Fault)
    case boolean
    case belowMinimum
    case aboveMaximum
    case tooShort
    case tooLong
    case pattern
    case choice
    case word
    /// The record has the value several times, and nobody said which one counts.
    case repeated

    /// The reason for people. `value` is the cell's content in UTF-8.
    func reason(rules: ColumnRules, value: some Sequence<UInt8>) -> RejectReason {
        let (code, text, fix) = words(rules)
        let shown = Escaped(value, limit: 80).description
        return RejectReason(code, column: rules.caption, value: shown.isEmpty ? nil : shown, text, fix: fix)
    }

    private func words(_ rules: ColumnRules) -> (code: String, text: String, fix: String) {
        let constraints = rules.constraints
        switch self {
        case .missing: return ("VALUE-MISSING", "the cell is empty and must not be", "fill it in")
        case .control:
            return ("CONTROL-CHARACTER", "the value holds a control character", "type the value anew in the ERP")
        case .damaged(.exponent):
            return (
                "EXCEL-DAMAGE", "a spreadsheet turned this code into a number; its digits are lost",
                "export from the ERP without opening the file in a spreadsheet"
            )
        case .damaged(.errorValue):
            return (
                "EXCEL-DAMAGE", "a spreadsheet's error stands where a value should be",
                "correct the formula, or export from the ERP without a spreadsheet"
            )
        case .damaged(.date):
            return (
                "EXCEL-DAMAGE", "a spreadsheet turned this code into a date",
                "export from the ERP without opening the file in a spreadsheet"
            )
        case .code(.guarded):
            return (
                "EXCEL-DAMAGE", "the code has marks in front of it that keep a spreadsheet from changing it; they are not a part of it",
                "export the code without = and quotes or an apostrophe in front"
            )
        case .code(.number):
            return (
                "EXCEL-DAMAGE", "a spreadsheet or program turned this code into a number",
                "export from the ERP without a spreadsheet; if codes do look like this, describe them with a pattern in schema.json"
            )
        case .code(.date):
            return (
                "EXCEL-DAMAGE", "a spreadsheet turned this code into a date",
                "export from the ERP without a spreadsheet; if codes do look like this, describe them with a pattern in schema.json"
            )
        case .code(.invisible(let scalar, let place)):
            return (
                "TEXT-INVISIBLE", "the code has a \(CodeDamage.name(of: scalar)) as its character \(place), which nobody sees",
                "type the code anew in the ERP, without characters that cannot be seen"
            )
        case .number(let fault):
            return ("NUMBER-FORMAT", Self.words(fault), "write a plain number such as \(rules.sampleNumber)")
        case .notWhole: return ("NUMBER-FORMAT", "this must be a whole number", "remove the fraction")
        case .date(.notADate):
            return (
                "DATE-FORMAT", "this is not a date of the form \(rules.dateText)", "write it like \(rules.dateText)"
            )
        case .date(.noSuchDay): return ("DATE-FORMAT", "there is no such day or time", "correct the date")
        case .date(.gap):
            return ("DATE-GAP", "the clocks never showed this time: they went forward over it", "correct the time")
        case .date(.overlap):
            return (
                "DATE-OVERLAP", "the clocks showed this time twice on that night",
                "write the time with its offset, or set dates.overlap in the profile"
            )
        case .boolean:
            return (
                "BOOLEAN-FORMAT", "this is neither yes nor no as the profile knows them", "use one of the known words"
            )
        case .belowMinimum:
            return ("VALUE-RANGE", "the value is below \(bound(constraints.minimum))", "correct the value")
        case .aboveMaximum:
            return ("VALUE-RANGE", "the value is above \(bound(constraints.maximum))", "correct the value")
        case .tooShort:
            return (
                "VALUE-LENGTH", "the value is shorter than \(constraints.minimumLength ?? 0) characters", "complete it"
            )
        case .tooLong:
            return (
                "VALUE-LENGTH", "the value is longer than \(constraints.maximumLength ?? 0) characters", "shorten it"
            )
        case .pattern:
            return (
                "VALUE-PATTERN", "the value does not have the form \(constraints.pattern?.text ?? "")",
                "correct the value"
            )
        case .repeated:
            return (
                "VALUE-REPEATED", "the record has this value more than once",
                "remove the others, or say in document.json which one counts (\"repeat\")"
            )
        case .choice:
            let choices = (constraints.choices ?? []).prefix(10).joined(separator: ", ")
            return ("VALUE-CHOICE", "the value is not one of: \(choices)", "correct it, or add it to the schema")
        case .word:
            let words = rules.values.prefix(10).map { Escaped($0.word).description }.joined(separator: ", ")
            return (
                "VALUE-CHOICE", "the profile does not know this word; it knows: \(words)",
                "correct it, or add it to the field's values in profile.json"
            )
        }
    }

    private func bound(_ number: ExactDecimal?) -> String { number?.description ?? "" }

    private static func words(_ fault: DecimalFormat.Fault) -> String {
        switch fault {
        case .notANumber: "this is not a number"
        case .tooLong: "this number has more than \(ExactDecimal.maximumDigits) digits"
        case .exponent: "a number with an exponent has lost its digits"
        case .badGroups: "the thousands are not grouped by three"
        case .cutOff: "this number ends with its decimal point, as if it were cut off"
        }
    }
}
