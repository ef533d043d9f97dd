import Domain

/// A file of JSON objects, one in each line (JSON Lines, also NDJSON), as records.
struct ObjectLines: LineCollector {
    /// Of one record, as in XML.
    private static let mostRows = 100_000

    static let namesColumns = true

    private let sink: any RecordSink
    private(set) var rows: RowReader
    private var check: RowCheck
    private var store: SlotStore
    private let tree: ObjectTree
    private let rowTree: ObjectTree
    private let allSlots: [Int]
    private let rowSlots: [Int]
    private let rowFlags: [Bool]
    private let captions: [String]
    private(set) var statements: FileStatements
    private(set) var recordCount = 0
    private(set) var isFinished = false

    /// Throws `FILE-EMPTY`, `FORMAT-NOT-TEXT`, `ENCODING-CONTRADICTED`.
    init(profile: Profile, file: ObjectsFile, source: any ByteSource, context: ReadContext, sink: any RecordSink) throws {
        self.sink = sink
        let names = profile.schema.columns.map(\.name)
        let slots = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        let inRow = Set((file.rows?.columns ?? []).map(\.column))
        captions = file.captions(of: names)
        tree = ObjectTree(file.columns, rows: file.rows?.path, slots: slots)
        rowTree = ObjectTree(file.rows?.columns ?? [], slots: slots)
        allSlots = Array(names.indices)
        rowFlags = names.map(inRow.contains)
        rowSlots = names.indices.filter { inRow.contains(names[$0]) }
        store = SlotStore(names.map { SlotRule(repeated: .reject, separator: [], isInRow: inRow.contains($0)) }, columnCount: names.count)
        check = RowCheck(profile: profile)
        statements = FileStatements(profile, file: context.fileName)
        rows = try RowReader(profile: profile, source: source, context: context)
    }

    mutating func readOn(limit: Int) throws {
        let end = recordCount + limit
        while recordCount < end {
            guard try rows.next() else {
                isFinished = true
                return
            }
            try take()
        }
    }

    var account: LineAccount { rows.account }
    var contradiction: String? { check.contradiction }

    /// Nothing stands in such a file but records.
    func withStatements(_ body: (CollectedRecord) -> Void) {}

    private mutating func take() throws {
        recordCount += 1
        let survey = ByteSurvey(UnsafePointer(rows.window.current), count: rows.row.contentLength)
        check.shape = TableShape(count: rows.row.fieldCount)
        var reason = try check.reason(&rows, survey)
        store.startRecord(allSlots)
        if reason == nil {
            let line = rows.decoded(Array(UnsafeBufferPointer(start: UnsafePointer(rows.window.current), count: rows.row.contentLength)))
            if recordCount == 1 { try refuseOneList(line) }
            reason = scan(line)
        }
        let origin = RecordOrigin(number: recordCount, line: rows.line, offset: rows.offset, length: rows.length)
        try rows.original().withUnsafeBufferPointer { original in
            try store.withRecord(inRow: rowFlags, origin: origin, fault: reason, original: original) { record in
                if recordCount == 1, reason == nil { try statements.note(record) }
                try sink.take(record)
            }
        }
        store.endRecord(allSlots)
    }

    /// Puts the line's values into their slots; answers why that is impossible.
    private mutating func scan(_ line: [UInt8]) -> RejectReason? {
        var store = store
        swap(&store, &self.store)
        defer { swap(&store, &self.store) }
        var scanner = ObjectScanner(line)
        do {
            try scanner.read(tree, rowTree: rowTree) { (slot, scanner, value) throws(ObjectScanner.Fault) in
                switch value {
                case .null: return
                case .compound(let what): throw ObjectScanner.Fault(column: 0, text: "'\(captions[slot])' is \(what) and has to be a value")
                case .scalar:
                    let start = store.count
                    scanner.text.withUnsafeBufferPointer { store.append($0) }
                    store.store(from: start, to: store.count, slot: slot, gate: false)
                }
            } closeRow: { () throws(ObjectScanner.Fault) in
                guard store.rowCount < Self.mostRows else { throw ObjectScanner.Fault(column: 0, text: "it has more than \(Self.mostRows) rows") }
                store.closeRow()
                for slot in rowSlots { store.empty(slot) }
            }
            return nil
        } catch {
            let place = error.column > 0 ? " (character \(error.column) of the line)" : ""
            return RejectReason("JSON-LINE", "the line cannot be read as a JSON object: \(error.text)\(place)", fix: "correct the line in the ERP")
        }
    }

    /// Lines of one long list are no objects: every one of them would be rejected, with a reason that does not help.
    private func refuseOneList(_ line: [UInt8]) throws {
        guard line.first(where: { $0 > 0x20 }) == UInt8(ascii: "[") else { return }
        throw Diagnostic(
            "JSON-LIST", "the file is one list of JSON, and not an object in each line", at: .init(file: rows.file, line: rows.line),
            fix: "ask the sender for JSON Lines: each record as an object in a line of its own, without [ ] around them and commas behind them")
    }
}
