/// Markup that is safe by its making: the literal parts are ours, everything that is put in is text and is escaped, in elements and in
/// quoted attributes alike. There is no way to put in markup except a value of this type (decision 0130).
package struct HTML: Sendable, ExpressibleByStringInterpolation {
    package let text: String

    package init(stringLiteral value: String) { text = value }
    package init(stringInterpolation: Interpolation) { text = stringInterpolation.text }
    private init(verbatim text: String) { self.text = text }

    package static let empty: HTML = ""

    /// Any text, escaped; of what is longer than anybody reads, the beginning.
    package init(_ text: some StringProtocol) { self.text = Self.escaped(Self.shortened(text)) }

    /// Text that goes back with a form: all of it, whatever its length.
    static func whole(_ text: some StringProtocol) -> HTML { HTML(verbatim: escaped(text)) }

    /// In bytes. A cell may have megabytes, and a page of a hundred of them stops the browser.
    static let longest = 4 << 10

    private static func shortened(_ text: some StringProtocol) -> Substring {
        let text = Substring(text)
        guard text.utf8.count > longest else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: longest)
        // Between two characters: a byte that continues one is not the beginning of another.
        while end > text.startIndex, text.utf8[end] & 0xC0 == 0x80 { end = text.utf8.index(before: end) }
        return text[..<end] + "… (\(text.utf8.count) bytes)"
    }

    package static func joined(_ parts: [HTML], separator: HTML = "") -> HTML {
        HTML(verbatim: parts.map(\.text).joined(separator: separator.text))
    }

    package var isEmpty: Bool { text.isEmpty }

    package struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        package init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity * 2) }
        package mutating func appendLiteral(_ literal: String) { text += literal }
        /// A literal in a choice, as in `\(isOpen ? "<p>…</p>" : "")`, is markup of ours: only where it cannot be, it is text.
        @_disfavoredOverload
        package mutating func appendInterpolation(_ value: some StringProtocol) { text += HTML(value).text }
        package mutating func appendInterpolation(_ value: some BinaryInteger) { text += String(value) }
        package mutating func appendInterpolation(_ value: HTML) { text += value.text }
        package mutating func appendInterpolation(_ values: [HTML]) { for value in values { text += value.text } }
        package mutating func appendInterpolation(_ value: HTML?) { text += value?.text ?? "" }
    }

    /// Characters that nobody would see, or that change what stands beside them, appear as escapes; those that mean something in HTML as
    /// references.
    static func escaped(_ value: some StringProtocol) -> String {
        if value.utf8.allSatisfy(isPlain) { return String(value) }
        var shown = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "&": shown += "&amp;"
            case "<": shown += "&lt;"
            case ">": shown += "&gt;"
            case "\"": shown += "&quot;"
            case "'": shown += "&#39;"
            case "\n", "\t": shown.unicodeScalars.append(scalar)
            case _ where isVisible(scalar): shown.unicodeScalars.append(scalar)
            default: shown += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return shown
    }

    /// Text with what cannot be seen made visible, as pages show it.
    static func visible(_ value: String) -> String {
        String(
            value.unicodeScalars.reduce(into: "") { shown, scalar in
                if scalar == "\n" || scalar == "\t" || isVisible(scalar) {
                    shown.unicodeScalars.append(scalar)
                } else {
                    shown += "\\u{\(String(scalar.value, radix: 16))}"
                }
            })
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != 0x26 && byte != 0x3C && byte != 0x3E && byte != 0x22 && byte != 0x27
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == " " || scalar == "\u{A0}" { return true }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: return false
        default: return !scalar.properties.isDefaultIgnorableCodePoint
        }
    }
}

extension DefaultStringInterpolation {
    /// Markup inside a plain text would be escaped later on, and seen: it does not compile.
    @available(*, unavailable, message: "make the whole text a value of HTML")
    package mutating func appendInterpolation(_ value: HTML) {}
}
