import Domain

/// What a file says of itself in columns that are no records': number of records, sequence, full or delta.
struct FileStatements {
    private let sequenceColumn: Int?
    private let modeColumn: Int?
    private let mode: ModeColumn?
    private let countColumn: Int?
    private let file: String
    private(set) var sequence: Int64?
    private(set) var saysFull: Bool?
    private(set) var claimedRecords: Int?

    init(_ profile: Profile, file: String) {
        func position(_ name: String?) -> Int? { name.flatMap { name in profile.schema.columns.firstIndex { $0.name == name } } }
        if case .column(let name) = profile.sequence { sequenceColumn = position(name) } else { sequenceColumn = nil }
        mode = profile.modeColumn
        modeColumn = position(profile.modeColumn?.column)
        countColumn = position(profile.countColumn)
        self.file = file
        saysFull = profile.declaredMode.map { $0 == .full }
    }

    /// Reads what `record` has of it. Throws `FILE-HEADER-CELL` where it is not understood or contradicts what was said before.
    mutating func note(_ record: CollectedRecord) throws {
        if let sequenceColumn, let text = record.text(sequenceColumn), !text.isEmpty {
            guard let number = Int64(text) else { throw fault("'\(Escaped(text))' is not a sequence number", record) }
            sequence = max(sequence ?? number, number)
        }
        if let modeColumn, let mode, let text = record.text(modeColumn), !text.isEmpty {
            let isFull = mode.fullWords.contains(text)
            guard isFull || mode.deltaWords.contains(text) else {
                throw fault("'\(Escaped(text))' means neither full nor delta", record)
            }
            if let saysFull, saysFull != isFull { throw fault("the file calls itself both full and delta", record) }
            saysFull = isFull
        }
    }

    /// Adds the count that a document claims. Throws `FILE-HEADER-CELL`.
    mutating func noteCount(_ record: CollectedRecord) throws {
        if let claim = try claim(in: record) { add(claim: claim) }
    }

    /// The count that a document or trailer claims; `nil` where it claims none. Throws `FILE-HEADER-CELL`.
    func claim(in record: CollectedRecord) throws -> Int? {
        guard let countColumn, let text = record.text(countColumn), !text.isEmpty else { return nil }
        guard let count = Int(text), count >= 0 else { throw fault("'\(Escaped(text))' is not a number of records", record) }
        return count
    }

    mutating func add(claim: Int) { claimedRecords = (claimedRecords ?? 0) + claim }

    private func fault(_ text: String, _ record: CollectedRecord) -> Diagnostic {
        Diagnostic(
            "FILE-HEADER-CELL", text, at: .init(file: file, line: record.origin.line),
            fix: "check that the right file lands in this folder, or correct the place in the profile")
    }
}
