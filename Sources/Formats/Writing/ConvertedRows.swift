import Domain

/// Collected records as rows of text, one column of the schema after another.
final class ConvertedRows: RecordSink {
    private let columnCount: Int
    private let leftOut: Set<Int>
    private let write: ([UInt8]) throws -> Void
    private let reject: (RecordOrigin, RejectReason) -> Void
    private let writer = CSVWriter()

    init(
        columnCount: Int, leavingOut: Set<Int>, write: @escaping ([UInt8]) throws -> Void, reject: @escaping (RecordOrigin, RejectReason) -> Void
    ) {
        self.columnCount = columnCount
        leftOut = leavingOut
        self.write = write
        self.reject = reject
    }

    func take(_ record: CollectedRecord) throws {
        if let fault = record.fault { return reject(record.origin, fault) }
        guard !leftOut.contains(record.origin.number) else { return }
        for row in 0..<max(1, record.rowCount) {
            try write(writer.row((0..<columnCount).map { column in record.value(column, row: row).map { Array($0) } ?? [] }))
        }
    }

    /// What was written stays written: the converted file is for people, who are told.
    func rejectAll(_ originals: [UnsafeBufferPointer<UInt8>], because reason: RejectReason) {
        let place = RecordOrigin(number: 0, line: 0, offset: 0, length: 0)
        for _ in originals { reject(place, reason) }
    }
}
