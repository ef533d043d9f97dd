package import Domain

/// Where the event time of a file comes from: the moment that its contents were true.
enum EventTimeSource: Sendable {
    case fileName(FileNamePattern)
    case modified
    /// The latest value of a column.
    case column(name: String)
    /// A cell of the preamble or header record, both counted from 1.
    case cell(row: Int, cell: Int, format: DatePattern)
}

enum SequenceSource: Sendable {
    case fileName(FileNamePattern)
    case cell(row: Int, cell: Int)
    /// A column that says it for the whole file.
    case column(name: String)
}

/// A column that says whether the file is full or a delta.
struct ModeColumn: Sendable {
    var column: String
    var fullWords: [String]
    var deltaWords: [String]
}

/// A cell of the preamble that says whether the file is full or a delta.
struct ModeCell: Sendable {
    var row: Int
    var cell: Int
    var fullWords: [String]
    var deltaWords: [String]
}

extension Profile {
    package static let defaultTimeZone = "Europe/London"

    /// The event time as far as the file's name and modification time tell, without opening it. `nil` where only the
    /// content says (then `FileProof.eventTime` has it). `timeZone` is the shop's; a profile's own goes before it.
    ///
    /// Throws `FILE-NAME` where the name is not of the declared form, `FILE-NAME-TIME` where it holds no possible time.
    package func eventTime(
        fileName: String,
        modified: UTCInstant,
        timeZone: String = Profile.defaultTimeZone
    ) throws -> UTCInstant? {
        switch eventTime {
        case nil, .column, .cell: return nil
        case .modified: return modified
        case .fileName(let pattern):
            let match = try match(pattern, fileName)
            let zone = try ZoneRules(zoneName ?? timeZone)
            guard let wall = match.reading.wallTime else { throw Self.impossibleTime(fileName, "that does not exist") }
            switch zone.instant(of: wall, overlap: overlap) {
            case .success(let instant): return instant
            case .failure(.gap): throw Self.impossibleTime(fileName, "that the clocks skipped")
            case .failure(.overlap): throw Self.impossibleTime(fileName, "that the clocks showed twice")
            }
        }
    }

    /// The sender's running number as far as the file's name tells it. Throws `FILE-NAME`.
    package func sequence(fileName: String) throws -> Int64? {
        guard case .fileName(let pattern) = sequence else { return nil }
        return try match(pattern, fileName).sequence
    }

    private func match(_ pattern: FileNamePattern, _ fileName: String) throws -> FileNamePattern.Match {
        if let match = pattern.match(fileName) { return match }
        throw Diagnostic(
            "FILE-NAME",
            "the name does not have the form \(Escaped(pattern.text))",
            at: .init(file: Escaped(fileName).description),
            fix: "check that the right file lands in this folder, or change event_time in the profile"
        )
    }

    private static func impossibleTime(_ fileName: String, _ why: String) -> Diagnostic {
        Diagnostic(
            "FILE-NAME-TIME", "the name holds a time \(why)", at: .init(file: Escaped(fileName).description),
            fix: "ask the sender for names in UTC, or set dates.overlap to earlier or later in the profile")
    }
}
