package import Domain

/// Rejected records as a file in the source's own layout, dialect and encoding, with five columns that say what is wrong.
///
/// The original bytes stay as they came, so that the corrected file can be dropped back: on re-reading, the five columns
/// are known and passed over. Only they are made safe against formulas, unless `Originals.formulaSafe` asks for more.
///
/// Records of other formats than delimited text cannot stand without what is around them. Their file is a table in UTF-8 for
/// people, with the record's text in a sixth column; they are corrected in the error queue.
package struct RejectWriter: Sendable {
    package static let columns = ["ErrorLine", "ErrorField", "ErrorValue", "Reason", "Fix"]

    /// What happens to the record's own cells.
    package enum Originals: String, Sendable, CaseIterable {
        /// Byte for byte as delivered; for files that go back to the ERP. The default.
        case untouched
        /// Cells that a spreadsheet would take for a formula get an apostrophe; for files that people only look at.
        case formulaSafe = "formula-safe"
    }

    private let profile: Profile
    private let originals: Originals
    private let writer: CSVWriter
    private static let original = "Original"

    package init(profile: Profile, originals: Originals = .untouched) {
        self.profile = profile
        self.originals = originals
        writer = CSVWriter(profile.dialect)
    }

    /// The file's beginning: byte order mark for UTF-16, and the header where the layout has one. `captions` are the
    /// source's own (`FileProof.header`), without our columns.
    package func head(captions: [String]) -> [UInt8] {
        if profile.format != .csv { return CSVWriter().row((Self.columns + [Self.original]).map { Array($0.utf8) }) }
        let mark = profile.encoding.isUTF16 ? profile.encoding.byteOrderMark : []
        guard profile.layout.headerRows > 0 else { return mark }
        let own = captions.suffix(5) == Self.columns[...] ? captions.dropLast(5) : captions[...]
        return mark + encoded(writer.row((own + Self.columns).map { Array($0.utf8) }))
    }

    /// One rejected record. `original` is what `RecordBatch.Rejection` holds; `line` is where it stood.
    package func row(original: [UInt8], line: Int, reason: RejectReason) -> [UInt8] {
        if profile.format != .csv {
            let cells = [
                String(line), reason.column ?? "", reason.value ?? "", reason.text, reason.fix, profile.text(of: original),
            ]
            return CSVWriter().row(cells.map { FormulaSafety.neutralised(Array($0.utf8)) })
        }
        let (content, ending) = split(original)
        let added = [
            profile.layout.headerRows > 0 ? String(line) : Self.marker + String(line), reason.column ?? "",
            reason.value ?? "", reason.text, reason.fix,
        ]
        let cells = added.map { writer.cell(FormulaSafety.neutralised(Array($0.utf8))) }
        let joined = Array(cells.map { [profile.dialect.separator] + $0 }.joined())
        return own(content) + encoded(joined) + ending
    }

    /// Without a header, our columns are known by how the first of them begins.
    private static let marker = "line "

    /// Whether the current row has our five cells behind its own.
    static func isAnnotated(_ rows: RowReader, ownWidth: Int) -> Bool {
        guard rows.row.fieldCount == ownWidth + columns.count else { return false }
        let cell = String(decoding: rows.cell(ownWidth), as: UTF8.self)
        return cell.hasPrefix(marker) && Int(cell.dropFirst(marker.count)) != nil
    }

    private func own(_ content: [UInt8]) -> [UInt8] {
        guard originals == .formulaSafe else { return content }
        let plain = profile.encoding.isUTF16 ? decodedUTF16(content) : content
        let cells = HeaderCells.cells(of: plain, profile: profile).map { cell in
            let text = profile.encoding.page.map { page in
                var decoded: [UInt8] = []
                cell.withUnsafeBufferPointer { page.decode($0, into: &decoded) }
                return decoded
            }
            return writer.cell(FormulaSafety.neutralised(text ?? cell))
        }
        return encoded(Array(cells.joined(separator: [profile.dialect.separator])))
    }

    private func decodedUTF16(_ bytes: [UInt8]) -> [UInt8] {
        var source = UTF16Source(MemoryByteSource(bytes), encoding: profile.encoding, file: "")
        var result = [UInt8](repeating: 0, count: bytes.count * 3 / 2 + 4)
        var filled = 0
        while let count = try? result.withUnsafeMutableBytes({ try source.read(into: .init(rebasing: $0[filled...])) }),
            count > 0
        {
            filled += count
        }
        return Array(result[..<filled])
    }

    /// The record without its line end, and the line end (CRLF where the record had none).
    private func split(_ original: [UInt8]) -> (content: [UInt8], ending: [UInt8]) {
        let width = profile.encoding.isUTF16 ? 2 : 1
        var end = original.count
        for unit in ["\n", "\r"] where end >= width {
            if original[(end - width)..<end].elementsEqual(profile.encoding.encode(unit).bytes) { end -= width }
        }
        let ending = Array(original[end...])
        return (Array(original[..<end]), ending.isEmpty ? profile.encoding.encode("\r\n").bytes : ending)
    }

    private func encoded(_ utf8: [UInt8]) -> [UInt8] {
        profile.encoding == .utf8 ? utf8 : profile.encoding.encode(String(decoding: utf8, as: UTF8.self)).bytes
    }
}
