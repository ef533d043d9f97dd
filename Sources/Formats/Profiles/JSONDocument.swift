package import Domain
import Foundation

/// Strict JSON with the place of every value, so that a mistake in a profile is shown where it stands.
///
/// Differs from Foundation's reader in what a person needs: line and column on each node, a key given twice is an error.
package struct JSONDocument {
    private var bytes: [UInt8]
    private var position = 0
    private let file: String

    /// Throws `JSON-SYNTAX`.
    package static func parse(_ bytes: [UInt8], file: String) throws -> SettingNode {
        var document = JSONDocument(bytes: bytes, file: file)
        let node = try document.value(depth: 0)
        document.skipBlanks()
        guard document.position == document.bytes.count else { throw document.fault("there is more behind the end") }
        return node
    }

    private init(bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    private var location: Diagnostic.Location {
        let before = bytes[..<min(position, bytes.count)]
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return .init(file: file, line: line, column: position - lineStart + 1)
    }

    private func fault(_ text: String) -> Diagnostic {
        Diagnostic("JSON-SYNTAX", text, at: location, fix: "correct the file at this place")
    }

    private mutating func skipBlanks() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    private mutating func take(_ byte: Character) -> Bool {
        guard position < bytes.count, bytes[position] == byte.asciiValue else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws -> SettingNode {
        skipBlanks()
        guard depth < 64 else { throw fault("it is nested too deeply") }
        guard position < bytes.count else { throw fault("a value is missing") }
        let start = location
        switch bytes[position] {
        case UInt8(ascii: "{"): return SettingNode(.map(try object(depth: depth)), at: start)
        case UInt8(ascii: "["): return SettingNode(.list(try array(depth: depth)), at: start)
        case UInt8(ascii: "\""): return SettingNode(.scalar(try string()), at: start)
        default:
            let word = word()
            if word == "null" { return SettingNode(.null, at: start) }
            guard word == "true" || word == "false" || Self.isNumber(word) else {
                throw fault("'\(Escaped(word))' is not a JSON value")
            }
            return SettingNode(.scalar(word), at: start)
        }
    }

    private mutating func object(depth: Int) throws -> [(key: String, node: SettingNode)] {
        position += 1
        var pairs: [(key: String, node: SettingNode)] = []
        skipBlanks()
        if take("}") { return pairs }
        repeat {
            skipBlanks()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw fault("a key is missing") }
            let key = try string()
            if pairs.contains(where: { $0.key == key }) { throw fault("the key '\(Escaped(key))' stands twice") }
            skipBlanks()
            guard take(":") else { throw fault("a colon is missing behind '\(Escaped(key))'") }
            pairs.append((key, try value(depth: depth + 1)))
            skipBlanks()
        } while take(",")
        guard take("}") else { throw fault("a } or a comma is missing") }
        return pairs
    }

    private mutating func array(depth: Int) throws -> [SettingNode] {
        position += 1
        var nodes: [SettingNode] = []
        skipBlanks()
        if take("]") { return nodes }
        repeat {
            nodes.append(try value(depth: depth + 1))
            skipBlanks()
        } while take(",")
        guard take("]") else { throw fault("a ] or a comma is missing") }
        return nodes
    }

    private mutating func word() -> String {
        let start = position
        while position < bytes.count, !",]} \t\r\n:".utf8.contains(bytes[position]) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func string() throws -> String {
        let start = position
        position += 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            if bytes[position] < 0x20 { throw fault("a string holds a control character") }
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard take("\"") else { throw fault("a string is not closed") }
        let raw = bytes[start..<position]
        if !raw.contains(UInt8(ascii: "\\")), let text = String(validating: raw.dropFirst().dropLast(), as: UTF8.self) {
            return text
        }
        let decoded = try? JSONSerialization.jsonObject(with: Data(raw), options: .fragmentsAllowed)
        guard let text = decoded as? String else { throw fault("a string is not valid") }
        return text
    }

    private static func isNumber(_ word: String) -> Bool {
        let digits = word.hasPrefix("-") ? word.dropFirst() : word[...]
        return ExactDecimal(plain: word) != nil && (digits == "0" || !digits.hasPrefix("0") || digits.hasPrefix("0."))
    }
}
