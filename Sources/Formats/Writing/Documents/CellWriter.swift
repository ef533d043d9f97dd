import Domain
import Foundation

/// Makes the text of one cell within its field's limits, or says why it cannot be told.
struct CellWriter {
    let profile: OutputProfile
    let instants: InstantText
    /// What was cut, rounded or replaced: `Description cut from 71 to 60 characters`.
    private(set) var notes: [String] = []

    init(profile: OutputProfile, zoneName: String) {
        self.profile = profile
        instants = InstantText(zoneName: zoneName)
    }

    /// To be said where what is written differs from the text that was made, for a reason of the file's form.
    mutating func note(_ cell: OutputCell, _ what: String) { notes.append("\(cell.caption): \(what)") }

    /// What a file without quotes makes of a cell.
    static let flattened = "separators and line breaks became blanks, because the file has no quotes"

    mutating func text(_ cell: OutputCell, _ values: OutputValues) throws(DocumentRefusal) -> String {
        var text: String
        switch cell.source {
        case .constant(let constant): text = constant
        case .value(let name):
            switch values.value(name) {
            case nil: text = ""
            case .text(let value): text = value
            case .number(let number): text = try self.number(number, cell)
            case .instant(let instant): text = instants.text(instant, cell.dates ?? profile.dates)
            }
            if text.isEmpty { text = cell.fallback }
        }
        if cell.isRequired, text.isEmpty {
            throw refusal(
                cell, "FIELD-MISSING", "", "the ERP needs \(cell.caption), and the order has none",
                "fill it in the shop, or give the field a default in the output profile")
        }
        text = Self.composed(text)
        if profile.lineBreaks == .blank, text.unicodeScalars.contains(where: { $0 == "\r" || $0 == "\n" }) {
            notes.append("\(cell.caption): line breaks became blanks")
            text = Self.withoutLineBreaks(text)
        }
        if let bad = text.unicodeScalars.first(where: { $0.value < 0x20 && !"\t\r\n".unicodeScalars.contains($0) || $0.value == 0x7F }) {
            throw refusal(
                cell, "FIELD-CHARACTER", text, "\(cell.caption) holds the control character U+\(String(bad.value, radix: 16, uppercase: true))",
                "correct it in the shop")
        }
        text = try fitted(text, cell)
        return try encodable(text, cell)
    }

    private mutating func number(_ number: ExactDecimal, _ cell: OutputCell) throws(DocumentRefusal) -> String {
        guard let decimals = cell.decimals else { return number.description }
        var number = number
        if Int(number.scale) > decimals {
            guard cell.isRounded else {
                throw refusal(
                    cell, "FIELD-DECIMALS", number.description, "\(cell.caption) has \(number.scale) decimals, the field takes \(decimals)",
                    "let the output profile round the field, or give it more decimals")
            }
            notes.append("\(cell.caption): \(number) rounded to \(decimals) decimals")
            number = number.rounded(.halfUp, digits: decimals)
        }
        let text = number.description
        let missing = decimals - Int(number.scale)
        if missing == 0 { return text }
        return text + (number.scale == 0 ? "." : "") + String(repeating: "0", count: missing)
    }

    private mutating func fitted(_ text: String, _ cell: OutputCell) throws(DocumentRefusal) -> String {
        guard let length = cell.length, text.unicodeScalars.count > length else { return text }
        let count = text.unicodeScalars.count
        switch cell.overlong {
        case .reject:
            throw refusal(
                cell, "FIELD-LENGTH", text, "\(cell.caption) has \(count) characters, the ERP takes \(length)",
                "shorten it in the shop, or let the output profile truncate the field")
        case .truncate:
            notes.append("\(cell.caption) cut from \(count) to \(length) characters")
            var cut = String.UnicodeScalarView()
            cut.append(contentsOf: text.unicodeScalars.prefix(length))
            return String(cut)
        }
    }

    /// XML writes what its encoding lacks as a number; rows cannot.
    private mutating func encodable(_ text: String, _ cell: OutputCell) throws(DocumentRefusal) -> String {
        guard !profile.writesReferences, let page = profile.encoding.page else { return text }
        guard let unknown = text.unicodeScalars.first(where: { page.byte(for: $0) == nil }) else { return text }
        switch profile.unencodable {
        case .reject:
            throw refusal(
                cell, "FIELD-ENCODING", text, "\(cell.caption) holds '\(unknown)', which \(profile.encoding.rawValue) does not have",
                "correct it in the shop, or let the output profile replace such characters")
        case .replace:
            notes.append("\(cell.caption): '\(unknown)' is not in \(profile.encoding.rawValue)")
            return text
        }
    }

    /// A letter and the accent behind it as the one letter that they are: most encodings have only that, and it counts as one.
    private static func composed(_ text: String) -> String {
        text.unicodeScalars.contains { $0.value >= 0x300 } ? text.precomposedStringWithCanonicalMapping : text
    }

    static func withoutLineBreaks(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var isInBreak = false
        for scalar in text.unicodeScalars {
            let isBreak = scalar == "\r" || scalar == "\n"
            if !isBreak { result.append(scalar) } else if !isInBreak { result.append(" ") }
            isInBreak = isBreak
        }
        return String(result)
    }

    private func refusal(_ cell: OutputCell, _ code: String, _ value: String, _ text: String, _ fix: String) -> DocumentRefusal {
        DocumentRefusal(
            RejectReason(code, column: cell.caption, value: value.isEmpty ? nil : Escaped(value, limit: 80).description, text, fix: fix))
    }
}
