/// A JSON document with its numbers as they were written and its members in order.
///
/// The stand-in reads and writes JSON by itself, so that it shares no code with the client it is to catch out.
package indirect enum JSONValue: Hashable, Sendable {
    package struct Member: Hashable, Sendable {
        package var name: String
        package var value: JSONValue

        package init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    case null
    case bool(Bool)
    /// The digits exactly as sent: `1.50` stays `1.50`.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// The last member of that name, as PHP reads duplicates.
    package subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    package var text: String? { if case .string(let text) = self { text } else { nil } }
    package var elements: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
    package var members: [Member]? { if case .object(let members) = self { members } else { nil } }
    package var isTrue: Bool { self == .bool(true) }

    /// A whole number, written as a number or as text.
    package var whole: Int? {
        switch self {
        case .number(let digits), .string(let digits): Int(digits)
        case .bool(let flag): flag ? 1 : 0
        case .null, .array, .object: nil
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .number(String(value)) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }

    package init(_ number: Int) { self = .number(String(number)) }
}
