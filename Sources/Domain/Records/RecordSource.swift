/// A file being read as typed records: the pull cursor that every format offers.
///
/// Single-threaded and synchronous. Memory does not grow with the file.
package protocol RecordSource {
    /// Fills `batch` with the next records (some hundreds) and answers whether there were any.
    /// Throws a `Diagnostic` where the file as a whole cannot be trusted any further (a quote that never closes, an
    /// impossible encoding, a missing column): then nothing of it may be applied.
    mutating func next(into batch: inout RecordBatch) throws -> Bool

    /// What the file proved about itself. Only meaningful after `next` answered `false`.
    var proof: FileProof { get }
}

/// What was learnt of a file on reading it to the end.
package struct FileProof: Hashable, Sendable {
    /// Records read, rejected ones included.
    package var records: Int
    /// The count that the file's own trailer claims.
    package var claimedRecords: Int?
    package var endsWithLineEnd: Bool
    /// From the file's header record or a constant column, where the profile names one.
    package var eventTime: UTCInstant?
    package var sequence: Int64?
    /// Physical lines by what they were; with `records` they account for the whole file (reliability A3).
    package var lines: LineAccount
    /// The captions as found, for the header-drift gate.
    package var header: [String]
    /// True where the file says of itself that it is a full snapshot, false for a delta, nil where it says nothing.
    package var saysFull: Bool?
    /// Whether it is one of our own reject files, mended by a person: its last columns are ours.
    package var isRejectFile = false

    package init(
        records: Int = 0,
        claimedRecords: Int? = nil,
        endsWithLineEnd: Bool = false,
        eventTime: UTCInstant? = nil,
        sequence: Int64? = nil,
        lines: LineAccount = LineAccount(),
        header: [String] = [],
        saysFull: Bool? = nil
    ) {
        self.records = records
        self.claimedRecords = claimedRecords
        self.endsWithLineEnd = endsWithLineEnd
        self.eventTime = eventTime
        self.sequence = sequence
        self.lines = lines
        self.header = header
        self.saysFull = saysFull
    }
}

/// Bytes of a file by what they were. Their sum is the file's size.
package struct LineAccount: Hashable, Sendable {
    package var byteOrderMark = 0
    package var preamble = 0
    package var header = 0
    package var records = 0
    package var blank = 0
    package var comment = 0
    package var trailer = 0
    /// A lone Ctrl-Z or NUL padding after the last line.
    package var padding = 0

    package init() {}

    package var total: Int { byteOrderMark + preamble + header + records + blank + comment + trailer + padding }
}
