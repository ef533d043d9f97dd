/// What the values of a column are, and what else they could be.
package enum ColumnReading: Hashable, Sendable {
    case empty
    case text
    /// Digits that must not become a number: leading zeros, barcodes.
    case code
    case number(NumberReading)
    case date(DateReading)
    /// The words as they stand in the file.
    case boolean(yes: [String], no: [String])

    package struct NumberReading: Hashable, Sendable {
        package var style: NumberStyle
        /// A second style that reads every value as well, with other amounts.
        package var other: NumberStyle?
        /// A value that the two read differently.
        package var doubtful: String?
        package var isWhole = false
        package var hasCurrency = false
        package var hasTrailingMinus = false
        package var hasParentheses = false
    }

    package struct DateReading: Hashable, Sendable {
        package var format: String
        /// The format with day and month the other way round, where no value decides.
        package var other: String?
    }

    /// The type's name in `schema.json`; `empty` for a column without values.
    package var type: String {
        switch self {
        case .empty: "empty"
        case .text, .code: "string"
        case .number(let number): number.isWhole ? "integer" : "number"
        case .date(let date): date.format.contains("%H") ? "datetime" : "date"
        case .boolean: "boolean"
        }
    }

    /// The format for `schema.json`, where the type has one.
    package var format: String? {
        if case .date(let date) = self { date.format } else { nil }
    }
}
