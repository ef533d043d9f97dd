import Domain

@testable import Formats

/// A whole file read through a profile, with every value as text: easy to compare.
struct ReadFile: Equatable {
    struct Record: Equatable {
        var origin: RecordOrigin
        /// One list of cells per row: `text:A1`, `number:5`, `blank`, `absent`.
        var rows: [[String]]
        var reason: RejectReason?
        var original: [UInt8]?
    }

    var records: [Record] = []
    var proof = FileProof()

    var rejected: [Record] { records.filter { $0.reason != nil } }
    var good: [Record] { records.filter { $0.reason == nil } }
    var codes: [String] { rejected.compactMap { $0.reason?.code } }

    init(
        _ profile: Profile,
        _ bytes: [UInt8],
        fields: [EntityField] = SampleProfile.stockFields,
        portion: Int = .max,
        bufferSize: Int = 256 * 1024
    ) throws {
        var context = ReadContext(fileName: "test.csv", modified: UTCInstant(seconds: 1_790_000_000))
        context.bufferSize = bufferSize
        var reader = try profile.makeReader(MemoryByteSource(bytes, portion: portion), fields: fields, context: context)
        var batch = RecordBatch(fieldCount: fields.count)
        while try reader.next(into: &batch) {
            for entry in batch.entries {
                let rows = (0..<entry.rowCount).map { row in
                    fields.indices.map { Self.text(batch.cell(entry, row: row, field: $0), batch) }
                }
                let rejection = entry.rejection >= 0 ? batch.rejections[entry.rejection] : nil
                records.append(
                    Record(origin: entry.origin, rows: rows, reason: rejection?.reason, original: rejection?.original))
            }
        }
        proof = reader.proof
    }

    init(_ profile: Profile, _ text: String, fields: [EntityField] = SampleProfile.stockFields) throws {
        try self.init(profile, Array(text.utf8), fields: fields)
    }

    /// The values of one field of the first row of each good record.
    func values(_ field: String, fields: [EntityField] = SampleProfile.stockFields) -> [String] {
        guard let index = fields.firstIndex(where: { $0.name == field }) else { return [] }
        return good.map { $0.rows[0][index] }
    }

    private static func text(_ cell: RecordBatch.Cell, _ batch: RecordBatch) -> String {
        switch cell {
        case .absent: "absent"
        case .blank: "blank"
        case .cleared: "cleared"
        case .text(let range): "text:" + String(decoding: batch.bytes[range], as: UTF8.self)
        case .decimal(let number): "number:\(number)"
        case .instant(let instant): "instant:\(instant)"
        case .boolean(let value): "boolean:\(value)"
        }
    }
}
