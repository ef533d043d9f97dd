import Domain

/// Makes records of lines that are no cells of a table and hands them to a sink.
protocol LineCollector {
    /// The lines name their columns, so that one that no record has was renamed, or this is another feed.
    static var namesColumns: Bool { get }

    /// Takes lines until `limit` more records were handed over or the file ends.
    mutating func readOn(limit: Int) throws
    var isFinished: Bool { get }
    var recordCount: Int { get }
    var rows: RowReader { get }
    var statements: FileStatements { get }
    var account: LineAccount { get }
    /// Another encoding than the declared one, where the file's bytes prove it.
    var contradiction: String? { get }
    /// What the file says of itself outside of records, once it was read.
    func withStatements(_ body: (CollectedRecord) -> Void)
}
