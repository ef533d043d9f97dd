import Domain

/// A look at the first records before any of them is read.
extension RowReader {
    private static let sampleRows = 32
    private static let sampleBytes = 64 * 1024

    /// The current row and those behind it, without blank lines, comments and rows of several lines that a broken quote joins.
    mutating func samplesAhead() throws -> [TableShape.Sample] {
        let cells = peeked ?? FieldBuffer(capacity: Layout.maximumColumns)
        peeked = cells
        var samples: [TableShape.Sample] = []
        var start = 0
        var rows = 0
        while rows < Self.sampleRows, start < Self.sampleBytes {
            if start == window.available {
                if window.isFinal { break }
                try window.refill()
                continue
            }
            let limit = min(window.available, Self.sampleBytes)
            let isFinal = window.isFinal && window.available <= Self.sampleBytes
            var found = ScannedRow()
            switch scanner.scan(window.current + start, count: limit - start, isFinal: isFinal, fields: cells.spans, row: &found) {
            case .openQuote, .tooManyFields: return samples
            case .needsMore:
                if window.available >= Self.sampleBytes { return samples }
                try window.refill()
            case .row:
                rows += 1
                let base = window.current + start
                let filled = (0..<found.fieldCount).last { !cells.spans[$0].isEmpty }.map { $0 + 1 } ?? 0
                if filled > 0, !found.hasBrokenQuote || found.lineCount <= 1, !isComment(base, count: limit - start) {
                    samples.append(.init(count: found.fieldCount, filled: filled))
                }
                start += found.length
            }
        }
        return samples
    }

    /// The count of cells of the row behind the current one; `nil` where there is none.
    mutating func nextCount() throws -> Int? {
        let cells = peeked ?? FieldBuffer(capacity: Layout.maximumColumns)
        peeked = cells
        while true {
            let start = row.length
            let limit = min(window.available, start + Self.sampleBytes)
            if limit == start {
                if window.isFinal { return nil }
                try window.refill()
                continue
            }
            let isFinal = window.isFinal && window.available == limit
            var found = ScannedRow()
            switch scanner.scan(window.current + start, count: limit - start, isFinal: isFinal, fields: cells.spans, row: &found) {
            case .row: return found.fieldCount
            case .openQuote, .tooManyFields: return nil
            case .needsMore:
                if limit < window.available || window.isFinal { return nil }
                try window.refill()
            }
        }
    }

    private func isComment(_ base: UnsafePointer<UInt8>, count: Int) -> Bool {
        let prefix = dialect.commentPrefix
        return !prefix.isEmpty && UnsafeBufferPointer(start: base, count: min(prefix.count, count)).elementsEqual(prefix)
    }
}
