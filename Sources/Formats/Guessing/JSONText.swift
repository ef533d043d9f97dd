/// JSON in the form that profiles are written in: short objects on one line, keys in the order given.
indirect enum JSONText {
    case text(String)
    case number(Int)
    case flag(Bool)
    case null
    case list([JSONText])
    case object([(String, JSONText)])

    /// On one line.
    var inline: String {
        switch self {
        case .text(let text): Self.quoted(text)
        case .number(let number): "\(number)"
        case .flag(let flag): "\(flag)"
        case .null: "null"
        case .list(let items): "[" + items.map(\.inline).joined(separator: ", ") + "]"
        case .object(let pairs): "{" + pairs.map { "\(Self.quoted($0.0)): \($0.1.inline)" }.joined(separator: ", ") + "}"
        }
    }

    /// A line per key, and per item of what does not fit on a line. Ends with a line end.
    var block: String { lines(indent: "") + "\n" }

    private func lines(indent: String) -> String {
        guard inline.utf8.count + indent.utf8.count > 100 || indent.isEmpty else { return inline }
        let inner = indent + "  "
        switch self {
        case .list(let items):
            return "[\n" + items.map { inner + $0.lines(indent: inner) }.joined(separator: ",\n") + "\n\(indent)]"
        case .object(let pairs):
            let rows = pairs.map { "\(inner)\(Self.quoted($0.0)): \($0.1.lines(indent: inner))" }
            return "{\n" + rows.joined(separator: ",\n") + "\n\(indent)}"
        case .text, .number, .flag, .null: return inline
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\t": result += "\\t"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
