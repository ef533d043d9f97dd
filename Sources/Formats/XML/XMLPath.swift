/// A path to values inside an XML document, by local names: `Price/Amount/@currencyID`, `/Header/Currency`, `../@sku`,
/// `Price[@type='net']/Amount`, `Property[Name='Weight']/Value`, `*/name()`, `.`.
///
/// Relative to the record; a leading `/` starts at the document's element, `../` at one of the record's ancestors.
struct XMLPath: Hashable, Sendable {
    enum Start: Hashable, Sendable {
        case document
        /// So many elements above the record; 0 is the record itself.
        case record(above: Int)
    }

    enum Condition: Hashable, Sendable {
        case attribute(name: String, value: String)
        /// The text of a child element.
        case child(name: String, value: String)
    }

    struct Step: Hashable, Sendable {
        /// `nil` stands for any element.
        var name: String?
        var condition: Condition?
    }

    /// What is taken at the end of the steps.
    enum Value: Hashable, Sendable {
        case text
        case attribute(String)
        /// The element's own local name.
        case name
    }

    struct Fault: Error, Hashable { let text: String }

    let text: String
    private(set) var start = Start.record(above: 0)
    private(set) var steps: [Step] = []
    private(set) var value = Value.text

    init(_ text: String) throws(Fault) {
        self.text = text
        var rest = Substring(text)
        if rest.hasPrefix("/") {
            start = .document
            rest.removeFirst()
        } else {
            var above = 0
            while rest == ".." || rest.hasPrefix("../") {
                above += 1
                rest = rest.dropFirst(3)
            }
            start = .record(above: above)
        }
        if rest.isEmpty || rest == "." { return }
        var parts = try Self.split(rest)
        if let last = parts.last {
            if last.hasPrefix("@") {
                value = .attribute(try Self.name(last.dropFirst()))
                parts.removeLast()
            } else if last == "name()" || last == "text()" {
                value = last == "name()" ? .name : .text
                parts.removeLast()
            }
        }
        for part in parts { steps.append(try Self.step(part)) }
        guard steps.count(where: { if case .child = $0.condition { true } else { false } }) <= 1 else {
            throw Fault(text: "only one condition on a child element is possible")
        }
    }

    /// A path of element names only: where records are (`Stock/Item`), or where rows repeat.
    static func names(_ text: String) throws(Fault) -> (names: [String], isAbsolute: Bool) {
        let path = try XMLPath(text)
        var names: [String] = []
        for step in path.steps {
            guard let name = step.name, step.condition == nil else { throw Fault(text: "only element names can stand here") }
            names.append(name)
        }
        guard path.value == .text, !names.isEmpty, path.start == .document || path.start == .record(above: 0) else {
            throw Fault(text: "only element names can stand here")
        }
        return (names, path.start == .document)
    }

    /// At slashes outside of brackets.
    private static func split(_ text: Substring) throws(Fault) -> [Substring] {
        var parts: [Substring] = []
        var start = text.startIndex
        var isInside = false
        for index in text.indices {
            switch text[index] {
            case "[": isInside = true
            case "]": isInside = false
            case "/" where !isInside:
                parts.append(text[start..<index])
                start = text.index(after: index)
            default: break
            }
        }
        parts.append(text[start...])
        guard !isInside, parts.allSatisfy({ !$0.isEmpty }) else { throw Fault(text: "it is not a path") }
        return parts
    }

    private static func step(_ part: Substring) throws(Fault) -> Step {
        guard let bracket = part.firstIndex(of: "[") else {
            return Step(name: part == "*" ? nil : try name(part), condition: nil)
        }
        let inside = part[part.index(after: bracket)...]
        guard inside.hasSuffix("]"), let equals = inside.firstIndex(of: "=") else {
            throw Fault(text: "a condition is written [@type='net'] or [Type='net']")
        }
        let quoted = inside[inside.index(after: equals)...].dropLast()
        guard quoted.count >= 2, let quote = quoted.first, quote == "'" || quote == "\"", quoted.last == quote else {
            throw Fault(text: "the value of a condition stands in quotes")
        }
        let value = String(quoted.dropFirst().dropLast())
        let left = inside[..<equals]
        let condition: Condition =
            left.hasPrefix("@")
            ? .attribute(name: try name(left.dropFirst()), value: value) : .child(name: try name(left), value: value)
        let before = part[..<bracket]
        return Step(name: before == "*" ? nil : try name(before), condition: condition)
    }

    private static func name(_ text: Substring) throws(Fault) -> String {
        if text.contains(":") { throw Fault(text: "'\(text)' has a prefix: paths are written with local names") }
        let isName = text.unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || scalar.properties.numericType != nil || "_-.".unicodeScalars.contains(scalar)
        }
        guard !text.isEmpty, isName, text != ".", text != ".." else { throw Fault(text: "'\(text)' is not a name") }
        return String(text)
    }
}
