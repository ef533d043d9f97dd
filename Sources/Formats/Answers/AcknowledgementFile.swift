package import Domain

/// The ERP's answer to a file: empty, or a line per document with its number, the ERP's number, and `REJECTED` with a reason where
/// it was not taken. Separated by comma, semicolon, tab or bar; quotes around a cell do not count.
package struct AcknowledgementFile {
    /// The line is not at its end yet: the file is still being written.
    package struct Unfinished: Error {}

    /// A few thousand documents at the most.
    package static let limit = 4 << 20

    package private(set) var answers: [DocumentAnswer]
    /// Numbers that are not in the consignment; a header line among them.
    package private(set) var strangers: Int

    /// - Parameter documents: what the consignment holds; an empty file answers for all of them.
    package init(_ bytes: [UInt8], documents: [RecordKey]) throws(Unfinished) {
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        guard !content.allSatisfy({ $0 == 0x20 || $0 == 0x0A || $0 == 0x0D }) else {
            answers = documents.map { DocumentAnswer(identity: $0) }
            strangers = 0
            return
        }
        guard content.last == 0x0A || content.last == 0x0D else { throw Unfinished() }
        let known = Set(documents)
        // The first word about a document counts: a file of a million lines has no more answers than there are documents.
        var answered: Set<RecordKey> = []
        answers = []
        strangers = 0
        for line in content.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            let cells = Self.cells(line)
            guard let first = cells.first, known.contains(RecordKey(first)) else {
                strangers += 1
                continue
            }
            guard answered.insert(RecordKey(first)).inserted else { continue }
            func text(_ index: Int) -> String? {
                guard index < cells.count, !cells[index].isEmpty else { return nil }
                return String(decoding: cells[index], as: UTF8.self)
            }
            let isRefused = Self.refusals.contains(text(2)?.uppercased() ?? "")
            answers.append(
                DocumentAnswer(
                    identity: RecordKey(first), erpNumber: text(1),
                    refusal: isRefused ? text(3).map { Escaped($0).description } ?? "without a reason" : nil
                )
            )
        }
    }

    private static let refusals: Set = ["REJECTED", "REFUSED", "ERROR", "FAILED"]

    private static func cells(_ line: ArraySlice<UInt8>) -> [[UInt8]] {
        let separator = line.first { ",;\t|".utf8.contains($0) } ?? UInt8(ascii: ",")
        return line.split(separator: separator, maxSplits: 16, omittingEmptySubsequences: false).map { cell in
            let trimmed = cell.drop { $0 == 0x20 }
            guard trimmed.count >= 2, trimmed.first == UInt8(ascii: "\""), trimmed.last == UInt8(ascii: "\"") else { return Array(trimmed) }
            return Array(trimmed.dropFirst().dropLast())
        }
    }
}
