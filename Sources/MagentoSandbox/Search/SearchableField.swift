/// A column as filters and sort orders see it.
package enum SearchableField<Row>: Sendable {
    /// Compared by the database's collation.
    case text(@Sendable (Row) -> String)
    /// The same with the folded form at hand, so that a million rows need not be folded per search.
    case folded(@Sendable (Row) -> String)
    case number(@Sendable (Row) -> Quantity)

    func key(_ row: Row) -> SearchKey {
        switch self {
        case .text(let read): .text(Collation.fold(read(row)))
        case .folded(let read): .text(read(row))
        case .number(let read): .number(read(row))
        }
    }

    /// A filter's value in this column's terms. MySQL reads a text that is no number as 0.
    func key(of value: String) -> SearchKey {
        switch self {
        case .text, .folded: .text(Collation.fold(value))
        case .number: .number(Quantity(numeric: value) ?? .zero)
        }
    }
}

enum SearchKey: Hashable, Sendable, Comparable {
    case text(String)
    case number(Quantity)

    var text: String {
        switch self {
        case .text(let text): text
        case .number(let number): number.number
        }
    }
}
