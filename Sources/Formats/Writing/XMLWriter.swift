/// Writes XML piece by piece: what any parser reads back to the same values, in the encoding that it declares.
///
/// Elements are opened and closed by the caller in order; a name that is none, or a close too many, is a programmer's mistake and
/// traps. Characters that XML cannot hold are handled by `IllegalCharacters` and counted.
package struct XMLWriter: Sendable {
    /// What becomes of control characters and other code points that no XML document may hold.
    package enum IllegalCharacters: String, Sendable, CaseIterable {
        /// U+FFFD in their place.
        case replace
        case remove
    }

    private let encoding: TextEncoding
    private let illegal: IllegalCharacters
    private let indentation: Int
    private var open: [(name: String, hasText: Bool, hasChild: Bool)] = []
    private var isTagOpen = false
    private var pending = ""
    /// Illegal characters met so far.
    package private(set) var illegalCount = 0

    /// `indentation` is the number of blanks per level; `nil` writes everything in one line.
    package init(_ encoding: TextEncoding = .utf8, indentation: Int? = 2, illegal: IllegalCharacters = .replace) {
        self.encoding = encoding
        self.illegal = illegal
        self.indentation = indentation ?? -1
        pending = "<?xml version=\"1.0\" encoding=\"\(Self.declared(encoding))\"?>\n"
    }

    /// The bytes written since the last call. With the first come the declaration and, for UTF-16, the byte order mark.
    package mutating func take() -> [UInt8] {
        defer { pending = "" }
        let isStart = pending.hasPrefix("<?xml") && encoding.isUTF16
        return (isStart ? encoding.byteOrderMark : []) + encoding.encode(pending).bytes
    }

    /// Opens an element. Attributes stand in the order given.
    package mutating func start(_ name: String, _ attributes: [(name: String, value: String)] = []) {
        precondition(Self.isName(name) && attributes.allSatisfy { Self.isName($0.name) }, "not a name")
        closeTag()
        if !open.isEmpty { open[open.count - 1].hasChild = true }
        breakLine()
        pending += "<\(name)"
        for attribute in attributes { pending += " \(attribute.name)=\"\(escaped(attribute.value, in: .attribute))\"" }
        open.append((name, false, false))
        isTagOpen = true
    }

    package mutating func text(_ text: String) {
        precondition(!open.isEmpty, "text outside of any element")
        guard !text.isEmpty else { return }
        closeTag()
        open[open.count - 1].hasText = true
        pending += escaped(text, in: .content)
    }

    package mutating func end() {
        guard let element = open.popLast() else { preconditionFailure("no element is open") }
        if isTagOpen {
            pending += "/>"
            isTagOpen = false
        } else {
            if element.hasChild, !element.hasText { breakLine() }
            pending += "</\(element.name)>"
        }
        if open.isEmpty { pending += "\n" }
    }

    /// An element with text and nothing else.
    package mutating func element(_ name: String, _ text: String, _ attributes: [(name: String, value: String)] = []) {
        start(name, attributes)
        self.text(text)
        end()
    }

    private mutating func closeTag() {
        if isTagOpen { pending += ">" }
        isTagOpen = false
    }

    /// No layout where text stands: it would become part of it.
    private mutating func breakLine() {
        guard indentation >= 0, !open.isEmpty || !pending.hasSuffix("\n"), !open.contains(where: \.hasText) else { return }
        pending += "\n" + String(repeating: " ", count: indentation * open.count)
    }

    private enum Place { case content, attribute }

    private mutating func escaped(_ text: String, in place: Place) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            case "\"" where place == .attribute: result += "&quot;"
            // A parser turns these into line feeds and blanks unless they are written as numbers.
            case "\r": result += "&#13;"
            case "\n" where place == .attribute: result += "&#10;"
            case "\t" where place == .attribute: result += "&#9;"
            default:
                if Self.isAllowed(scalar) {
                    result += written(scalar)
                } else {
                    illegalCount += 1
                    if illegal == .replace { result += written("\u{FFFD}") }
                }
            }
        }
        return result
    }

    /// As it is, or as a number where the encoding does not have it.
    private func written(_ scalar: Unicode.Scalar) -> String {
        if let page = encoding.page, page.byte(for: scalar) == nil { return "&#\(scalar.value);" }
        return String(Character(scalar))
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, first.properties.isAlphabetic || first == "_" else { return false }
        return name.unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || scalar.properties.numericType != nil || "_-.:".unicodeScalars.contains(scalar)
        }
    }

    private static func declared(_ encoding: TextEncoding) -> String {
        switch encoding {
        case .utf16LittleEndian, .utf16BigEndian: "UTF-16"
        case .codePage850: "IBM850"
        case .utf8, .windows1252, .latin1, .latin9: encoding.rawValue
        }
    }
}
