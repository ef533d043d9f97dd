import Domain
import Entities
import Formats

/// Buffers of single products and classes, from a CSV file read like any other: through a profile, `tallyman/buffers`.
enum BufferOverrides {
    private enum Field: Int { case sku, productClass, units, percent, minimum, maximum, decimals }

    private static let fields = [
        EntityField("sku", .text, "The product, or empty for a class."), EntityField("class", .text, "The product class."),
        EntityField("units", .decimal, "Units kept back."), EntityField("percent", .decimal, "Per cent kept back."),
        EntityField("minimum", .decimal, "At least."), EntityField("maximum", .decimal, "At most."),
        EntityField("decimals", .decimal, "Decimals in the shop."),
    ]

    /// Blank cells take the flow's standard. Every line must be right: a buffer that is silently missing oversells.
    static func load(_ path: String, profiles: [String], standard: BufferPolicy.Rule) throws -> BufferPolicy {
        let profile = try ProfileCatalogue(folders: profiles).profile(named: "tallyman/buffers")
        let context = ReadContext(fileName: path, modified: UTCInstant(milliseconds: 0))
        var source = try profile.makeReader(FileByteSource(path: path), fields: fields, context: context)
        var batch = RecordBatch(fieldCount: fields.count)
        var policy = BufferPolicy(standard: standard)
        while try source.next(into: &batch) {
            for entry in batch.entries {
                let place = Diagnostic.Location(file: path, line: entry.origin.line)
                if entry.rejection >= 0 {
                    let reason = batch.rejections[entry.rejection].reason
                    throw Diagnostic("BUFFERS-LINE", reason.text, at: place, fix: reason.fix)
                }
                try add(entry, of: batch, to: &policy, at: place)
            }
            batch.removeAll()
        }
        return policy
    }

    private static func add(
        _ entry: RecordBatch.Entry, of batch: RecordBatch, to policy: inout BufferPolicy, at place: Diagnostic.Location
    ) throws {
        func text(_ field: Field) -> RecordKey? {
            if case .text(let range) = batch.cell(entry, row: 0, field: field.rawValue) { return RecordKey(batch.bytes[range]) }
            return nil
        }
        func number(_ field: Field) -> ExactDecimal? {
            if case .decimal(let number) = batch.cell(entry, row: 0, field: field.rawValue) { return number }
            return nil
        }
        let standard = policy.standard
        let rule = BufferPolicy.Rule(
            buffer: SafetyBuffer(
                units: number(.units) ?? standard.buffer.units, percent: number(.percent) ?? standard.buffer.percent,
                minimum: number(.minimum) ?? standard.buffer.minimum, maximum: number(.maximum) ?? standard.buffer.maximum
            ),
            decimals: number(.decimals).map { Int($0.coefficient) } ?? standard.decimals
        )
        if let sku = text(.sku) {
            policy.bySKU[sku] = rule
        } else if let productClass = text(.productClass) {
            policy.byClass[productClass] = rule
        } else {
            throw Diagnostic("BUFFERS-LINE", "the line names neither a product nor a class", at: place, fix: "fill sku or class")
        }
    }
}
