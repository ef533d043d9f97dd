import Domain

/// The values in reach of a cell: the innermost record first, the batch last.
struct OutputValues {
    var records: [DocumentRecord]
    var batch: [String: DocumentValue]

    func value(_ name: String) -> DocumentValue? {
        if name.hasPrefix("batch.") { return batch[name] }
        for record in records.reversed() { if let value = record.values[name] { return value } }
        return nil
    }

    func group(_ name: String) -> [DocumentRecord] {
        for record in records.reversed() { if let group = record.groups[name] { return group } }
        return []
    }

    func below(_ record: DocumentRecord) -> OutputValues { OutputValues(records: records + [record], batch: batch) }
}
