package import Domain

/// The first records of a sample as a profile maps them, for a person to look at.
package struct MappedPreview: Sendable {
    /// `line` and the fields.
    package let header: [String]
    package let rows: [[String]]
    /// Field to its different values in the sample, in order of appearance; at most 50. For the fields that settings map.
    private let codes: [String: [String]]
    /// Over the whole sample.
    package let records: Int
    package let rejected: Int
    /// Of the first rejected record.
    package let firstReason: RejectReason?

    /// Fields whose codes the settings translate.
    private static let translated = ["warehouse", "group", "price_group", "website", "tax_code", "price_group"]

    /// The different values of a field that the settings map: warehouses, groups, websites, tax codes.
    package func values(of field: String) -> [String] { codes[field] ?? [] }

    /// Throws what reading throws.
    init(_ profile: Profile, sample: [UInt8], limit: Int = 10) throws {
        let names = FieldVocabulary.fields.map(\.name).filter(profile.mappedFields.contains)
        let fields = (names + profile.mappedFields.filter { !names.contains($0) }).map {
            FieldVocabulary.entityField($0)
        }
        var reader = try profile.makeReader(
            MemoryByteSource(sample), fields: fields, context: ReadContext(fileName: "sample", modified: UTCInstant(milliseconds: 0)))
        var batch = RecordBatch(fieldCount: fields.count)
        var rows: [[String]] = []
        var rejected = 0
        var firstReason: RejectReason?
        var codes: [String: [String]] = [:]
        while try reader.next(into: &batch) {
            rejected += batch.rejections.count
            if firstReason == nil { firstReason = batch.rejections.first?.reason }
            for entry in batch.entries where entry.rejection < 0 {
                for row in 0..<entry.rowCount {
                    for (index, field) in fields.enumerated() where Self.translated.contains(field.name) {
                        guard case .text(let range) = batch.cell(entry, row: row, field: index) else { continue }
                        let code = String(decoding: batch.bytes[range], as: UTF8.self)
                        if codes[field.name, default: []].count < 50, codes[field.name]?.contains(code) != true {
                            codes[field.name, default: []].append(code)
                        }
                    }
                    guard rows.count < limit else { continue }
                    rows.append(["\(entry.origin.line)"] + fields.indices.map { Self.text(batch.cell(entry, row: row, field: $0), batch) })
                }
            }
        }
        header = ["line"] + fields.map(\.name)
        self.rows = rows
        self.codes = codes
        self.rejected = rejected
        self.firstReason = firstReason
        records = reader.proof.records
    }

    private static func text(_ cell: RecordBatch.Cell, _ batch: RecordBatch) -> String {
        switch cell {
        case .absent: "-"
        case .blank: ""
        case .cleared: "(none)"
        case .text(let range): Escaped(batch.bytes[range], limit: 40).description
        case .decimal(let number): number.description
        case .instant(let instant): "\(instant)"
        case .boolean(let value): value ? "yes" : "no"
        }
    }
}
