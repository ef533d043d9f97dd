/// A column as filters and sort orders see it.
package enum SearchableField<Row>: Sendable {
    /// Compared by the database's collation.
    case text(@Sendable (Row) -> String)
    /// The same with the folded form at hand, so that a million rows need not be folded per search.
    case folded(@Sendable (Row) -> String)
    case number(@Sendable (Row) -> Quantity)
    /// A moment as the database writes it.
    case stamp(@Sendable (Row) -> String)
    /// A text or nothing.
    case optional(@Sendable (Row) -> String?)

    func key(_ row: Row) -> SearchKey {
        switch self {
        case .stamp(let read): .text(read(row))
        case .optional(let read): read(row).map { .text(Collation.fold($0)) } ?? .null
        case .text(let read): .text(Collation.fold(read(row)))
        case .folded(let read): .text(read(row))
        case .number(let read): .number(read(row))
        }
    }

    /// A filter's value in this column's terms. MySQL reads a text that is no number as 0.
    func key(of value: String) -> SearchKey {
        switch self {
        case .stamp: .text(Self.stamp(value))
        case .text, .folded, .optional: .text(Collation.fold(value))
        case .number: .number(Quantity(numeric: value) ?? .zero)
        }
    }
}

extension SearchableField {
    /// MySQL reads a `T` between date and time, passes over what follows the seconds, even a zone, and takes what is no
    /// date for the beginning of time.
    private static func stamp(_ value: String) -> String {
        var bytes = Array(value.utf8.prefix(19))
        guard bytes.count >= 10, bytes[..<4].allSatisfy(isDigit), bytes[4] == UInt8(ascii: "-") else { return "0000-00-00 00:00:00" }
        if bytes.count > 10 { bytes[10] = UInt8(ascii: " ") }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}

enum SearchKey: Hashable, Sendable, Comparable {
    /// Before everything else when sorted; no comparison holds for it.
    case null
    case text(String)
    case number(Quantity)

    var text: String {
        switch self {
        case .null: ""
        case .text(let text): text
        case .number(let number): number.number
        }
    }
}
