extension JSON {
    /// The document as bytes again: numbers digit by digit, members by their names, so that equal documents are equal bytes.
    package var bytes: [UInt8] {
        var text = JSONText()
        write(into: &text)
        return text.bytes
    }

    private func write(into text: inout JSONText) {
        switch self {
        case .null: text.raw("null")
        case .bool(true): text.raw("true")
        case .bool(false): text.raw("false")
        case .number(let digits): text.number(digits)
        case .string(let string): text.string(string)
        case .array(let elements): text.list(elements) { text, element in element.write(into: &text) }
        case .object(let members):
            text.raw("{")
            for (index, name) in members.names.sorted().enumerated() {
                if index > 0 { text.raw(",") }
                text.string(name)
                text.raw(":")
                (members[name] ?? .null).write(into: &text)
            }
            text.raw("}")
        }
    }
}
