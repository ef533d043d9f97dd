package import Domain

/// Contents that are certainly not a delimited text file, known by their first bytes (reliability F47).
package enum ContentSignature: String, Sendable, CaseIterable {
    case gzip, zip, bzip2, xz, zstandard
    /// A zip archive whose first entries are those of an Office document.
    case spreadsheet = "Excel workbook (xlsx)"
    /// The compound file of Excel 97 and before.
    case legacySpreadsheet = "Excel workbook (xls)"
    case pdf = "PDF"
    case xml = "XML"
    case html = "HTML"
    case json = "JSON"

    package init?(head: some Collection<UInt8>) {
        let bytes = Array(head.prefix(2048))
        if let signature = Self.magic.first(where: { bytes.starts(with: $0.prefix) })?.signature {
            let isOffice = signature == .zip && Self.contains("[Content_Types].xml", bytes)
            self = isOffice ? .spreadsheet : signature
            return
        }
        let text = bytes.drop { $0 == 0xEF || $0 == 0xBB || $0 == 0xBF || $0 <= 0x20 }.prefix(16)
        let lower = text.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        if lower.starts(with: "<?xml".utf8) {
            self = .xml
        } else if lower.starts(with: "<!doctype html".utf8) || lower.starts(with: "<html".utf8) {
            self = .html
        } else if lower.first == UInt8(ascii: "<"), lower.count > 1, (0x61...0x7A).contains(lower[1]) {
            self = .xml
        } else if lower.starts(with: "{\"".utf8) || lower.starts(with: "[{".utf8) {
            self = .json
        } else {
            return nil
        }
    }

    /// What to tell the person whose flow received it.
    package func diagnostic(file: String) -> Diagnostic {
        let fix =
            switch self {
            case .gzip, .zip, .bzip2, .xz, .zstandard:
                "ask the sender to deliver the file unpacked; compressed files are not opened unless the flow allows it"
            case .spreadsheet, .legacySpreadsheet: "export it as CSV from the ERP, not through a spreadsheet"
            case .pdf, .html: "this is a report or an error page, not data: check the export job"
            case .xml, .json: "the flow's profile reads delimited text: check that the right file lands in this folder"
            }
        return Diagnostic(
            "FORMAT-NOT-TEXT", "the content is \(rawValue), not delimited text", at: .init(file: file), fix: fix)
    }

    private static let magic: [(prefix: [UInt8], signature: ContentSignature)] = [
        ([0x1F, 0x8B], .gzip), ([0x50, 0x4B, 0x03, 0x04], .zip), ([0x50, 0x4B, 0x05, 0x06], .zip),
        (Array("BZh".utf8), .bzip2), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], .xz),
        ([0x28, 0xB5, 0x2F, 0xFD], .zstandard),
        ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], .legacySpreadsheet), (Array("%PDF-".utf8), .pdf),
    ]

    private static func contains(_ word: String, _ bytes: [UInt8]) -> Bool {
        let word = Array(word.utf8)
        guard bytes.count >= word.count else { return false }
        return (0...bytes.count - word.count).contains { bytes[$0..<$0 + word.count].elementsEqual(word) }
    }
}
