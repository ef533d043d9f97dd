/// What happens to one row of a table on its way, or while somebody edits it. The kinds are those of published studies of real files.
package enum RowDamage: String, CaseIterable, Sendable {
    case separatorLost, separatorAdded, quoteLost, quoteAdded
    /// The row and the one below it become one.
    case lineEndLost
    /// The row becomes two, broken behind its first cell and before its last one.
    case lineEndAdded

    /// `lines` with this damage to the line at `index`; `nil` where that changes nothing. `quotes` are the signs around cells, and those
    /// before signs inside.
    package func applied(
        to lines: [String], at index: Int, separator: Character, quotes: [Character] = ["\""], using generator: inout some RandomNumberGenerator
    ) -> [String]? {
        var lines = lines
        var characters = Array(lines[index])
        switch self {
        case .separatorLost:
            guard let place = separators(in: characters, separator, quotes).randomElement(using: &generator) else { return nil }
            characters.remove(at: place)
        case .separatorAdded: characters.insert(separator, at: Int.random(in: 0...characters.count, using: &generator))
        case .quoteLost:
            guard let place = characters.indices.filter({ quotes.contains(characters[$0]) }).randomElement(using: &generator) else { return nil }
            characters.remove(at: place)
        case .quoteAdded:
            let quote = quotes.count == 1 ? quotes[0] : quotes.randomElement(using: &generator) ?? "\""
            characters.insert(quote, at: Int.random(in: 0...characters.count, using: &generator))
        case .lineEndLost:
            guard index + 1 < lines.count else { return nil }
            characters += Array(lines.remove(at: index + 1))
        case .lineEndAdded:
            let places = separators(in: characters, separator, quotes)
            guard let first = places.first, let last = places.last, first < last else { return nil }
            characters.insert("\n", at: Int.random(in: first + 1...last, using: &generator))
        }
        if String(characters) == lines[index] { return nil }
        lines[index] = String(characters)
        return lines
    }

    /// Separators between cells, not those inside quoted ones.
    private func separators(in characters: [Character], _ separator: Character, _ quotes: [Character]) -> [Int] {
        var isQuoted = false
        return characters.indices.filter { index in
            if characters[index] == quotes.first, index == 0 || quotes.count == 1 || !quotes.dropFirst().contains(characters[index - 1]) {
                isQuoted.toggle()
            }
            return characters[index] == separator && !isQuoted
        }
    }
}
