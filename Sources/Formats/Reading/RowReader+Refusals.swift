import Domain

extension RowReader {
    /// The current row is what a report prints on each page. One with a value in every column is a record.
    func isPageTitle() -> Bool {
        let filled = (0..<row.fieldCount).count { !fields.spans[$0].isEmpty }
        guard filled < max(row.fieldCount, captions.count) else { return false }
        return layout.pageTitles.contain(decoded(Array(UnsafeBufferPointer(start: UnsafePointer(window.current), count: row.contentLength))))
    }
}

/// Why a table cannot be read any further.
extension RowReader {
    func tooLong() -> Diagnostic {
        Diagnostic(
            "CSV-RECORD-LENGTH", "a record is longer than \(layout.maximumRecordLength) bytes",
            at: .init(file: file, line: nextLine),
            fix: "check the line ends with `inspect`; if such records are right, raise layout.max_record_bytes")
    }

    func quoteOpen(at position: Int) -> Diagnostic {
        let line = nextLine + CSVScanner.countLines(window.current, from: 0, to: position)
        return Diagnostic(
            "CSV-QUOTE-OPEN", "a quote is opened here and never closed, so the rest of the file cannot be told apart",
            at: .init(file: file, line: line),
            fix: "correct that line; if quotes are inch marks in this file, set quoteChar to null in dialect.json")
    }
}
