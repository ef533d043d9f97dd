import Domain

/// Joins the parser, the machine and the window on the file's bytes: knows where in the file things happen.
final class XMLRecordEvents: XMLEvents {
    /// What stopped the parsing from inside.
    enum Halt: Error {
        case refused(XMLRefusal, line: Int, column: Int, path: String)
        case failed(any Error)
    }

    private let machine: UnsafeMutablePointer<XMLMachine>
    private let window: ByteWindow
    private let encoding: XMLEncoding
    private let sink: any RecordSink
    private let stopsAtRoot: Bool
    private let keepsDocument: Bool
    private let doctypes: [String]
    /// The parser at work; its first byte is `parserStart` of the text.
    private(set) var parser: LibXML2?
    private var parserStart = 0
    private var parserLine = 1

    private(set) var statements: FileStatements
    private(set) var account = LineAccount()
    private(set) var recordCount = 0
    private(set) var halt: Halt?
    /// Place in the text up to which everything is accounted for.
    private(set) var settled = 0
    /// The same in bytes of the file.
    private var settledInFile: Int
    /// Place in the text of the first byte still in the window.
    private(set) var windowStart = 0
    private var recordStart: (position: Int, line: Int)?
    /// Bytes between records that are not yet known to be in front of, between or behind them.
    private var gap = (length: 0, isBlank: true)
    /// Records of the open document, as places in the text; only where documents are judged alone.
    private(set) var documentRecords: [Range<Int>] = []
    private(set) var documentStart = 0
    /// Behind the start tag of the document's own root; `nil` before it was met.
    private(set) var behindRoot: Int?
    private(set) var isRootClosed = false
    private(set) var isAnyRootClosed = false

    init(
        file: DocumentFile, profile: Profile, check: XMLSchemaCheck?, window: ByteWindow, encoding: XMLEncoding,
        markLength: Int, sink: any RecordSink, name: String
    ) {
        machine = .allocate(capacity: 1)
        machine.initialize(to: XMLMachine(file, plan: XMLPlan(file, schema: profile.schema), check: check))
        self.window = window
        self.encoding = encoding
        self.sink = sink
        stopsAtRoot = file.documents != .one
        keepsDocument = file.documents == .independent
        doctypes = file.doctypes
        statements = FileStatements(profile, file: name)
        account.byteOrderMark = markLength
        settledInFile = markLength
    }

    deinit {
        machine.pointee.free()
        machine.deinitialize(count: 1)
        machine.deallocate()
    }

    var path: String { machine.pointee.path }
    var documentCount: Int { machine.pointee.documentCount }
    var rootName: String { machine.pointee.rootName }
    var documentName: String { machine.pointee.documentName }

    /// A document begins at `position` of the text, read by `parser`.
    func begin(_ parser: LibXML2, at position: Int, line: Int) {
        machine.pointee.restart()
        self.parser = parser
        parserStart = position
        parserLine = line
        documentStart = position
        behindRoot = nil
        documentRecords.removeAll()
        isRootClosed = false
        recordStart = nil
    }

    // MARK: Events

    override func start(_ element: XMLStart) {
        guard halt == nil else { return }
        if behindRoot == nil { behindRoot = parserStart + (parser?.position ?? 0) }
        let finding = machine.pointee.start(element)
        if finding != .nothing { handle(finding) }
    }

    override func text(_ bytes: UnsafeBufferPointer<UInt8>) {
        let finding = machine.pointee.text(bytes)
        if finding != .nothing { handle(finding) }
    }

    override func end() {
        let finding = machine.pointee.end()
        if finding != .nothing { handle(finding) }
    }

    override func doctype(systemName: String?) {
        guard let systemName, doctypes.contains(systemName), parser?.acceptDoctype() == true else { return refuse(.doctype) }
    }

    private func handle(_ finding: XMLMachine.Finding) {
        switch finding {
        case .nothing: break
        case .recordStarted: startRecord()
        case .recordEnded:
            endRecord(machine.pointee.fault)
            handle(machine.pointee.leave())
        case .documentEnded:
            endDocument()
            if machine.pointee.isRootClosed { endRoot() }
        case .rootEnded: endRoot()
        case .refused: if let refusal = machine.pointee.refusal { refuse(refusal) }
        }
    }

    private func refuse(_ refusal: XMLRefusal) {
        guard halt == nil, let parser else { return }
        halt = .refused(refusal, line: parserLine + parser.line - 1, column: parser.column, path: machine.pointee.path)
        parser.stop()
    }

    /// The parser stands behind the record's start tag; the record begins at the `<` before it, which no value can hold.
    private func startRecord() {
        guard let parser else { return }
        let behind = parserStart + parser.position
        var index = behind - windowStart - 1
        var line = parserLine + parser.line - 1
        let base = window.current
        while index > 0, base[index] != UInt8(ascii: "<") {
            if base[index] == 0x0A { line -= 1 }
            index -= 1
        }
        recordStart = (windowStart + index, line)
    }

    private func endRecord(_ fault: XMLRecordFault?) {
        guard let parser, let start = recordStart else { return }
        recordStart = nil
        settleGap(upTo: start.position)
        account.header += recordCount == 0 || !gap.isBlank ? gap.length : 0
        account.blank += recordCount == 0 || !gap.isBlank ? 0 : gap.length
        gap = (0, true)
        let end = parserStart + parser.position
        let original = bytes(start.position..<end)
        if original.count > machine.pointee.limits.record { return refuse(.record(machine.pointee.limits.record)) }
        let length = encoding.fileLength(original)
        recordCount += 1
        let origin = RecordOrigin(number: recordCount, line: start.line, offset: settledInFile, length: length)
        let reason = fault.map { $0.reason("line \(parserLine + parser.line - 1), column \(parser.column)") }
        do {
            try machine.pointee.withRecord(origin: origin, fault: reason, original: original) { record in
                if recordCount == 1 { try statements.note(record) }
                try sink.take(record)
            }
        } catch {
            halt = .failed(error)
            parser.stop()
        }
        machine.pointee.forgetRecord()
        account.records += length
        settledInFile += length
        settled = end
        if keepsDocument { documentRecords.append(start.position..<end) }
    }

    /// What stands beside the records: counts, sequence, mode, times.
    private func endDocument() {
        do {
            try machine.pointee.withRecord(
                origin: RecordOrigin(number: 0, line: parserLine + (parser?.line ?? 1) - 1, offset: 0, length: 0), fault: nil,
                original: .init(start: nil, count: 0)
            ) { record in
                try statements.note(record)
                try statements.noteCount(record)
                (sink as? RecordAssembler)?.noteEventTime(record)
            }
        } catch {
            halt = .failed(error)
            parser?.stop()
        }
    }

    private func endRoot() {
        isRootClosed = true
        isAnyRootClosed = true
        guard stopsAtRoot, halt == nil, let parser else { return }
        rootEnd = (parserStart + parser.position, parserLine + parser.line - 1)
        parser.stop()
    }

    /// Where the last root ended, in the text, and its line.
    private(set) var rootEnd = (position: 0, line: 1)

    // MARK: Places

    /// Bytes of the text that are in the window.
    private func bytes(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        .init(start: UnsafePointer(window.current) + (range.lowerBound - windowStart), count: range.count)
    }

    func original(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> { bytes(range) }

    private func settleGap(upTo position: Int) {
        guard position > settled else { return }
        let passed = bytes(settled..<position)
        let length = encoding.fileLength(passed)
        gap.length += length
        gap.isBlank = gap.isBlank && passed.allSatisfy { $0 <= 0x20 }
        settledInFile += length
        settled = position
    }

    /// Lets go of what lies before `position`; never of an open record or a document that is judged as a whole.
    func release(upTo position: Int) {
        var limit = min(position, recordStart?.position ?? position)
        // What stands above a document's first record belongs to the document, in case it is rejected as a whole.
        if keepsDocument { limit = min(limit, documentStart) }
        settleGap(upTo: limit)
        guard limit > windowStart else { return }
        window.consume(limit - windowStart)
        windowStart = limit
    }

    /// How far the parser came, in the text.
    var reached: Int { parserStart + (parser?.position ?? 0) }

    /// A document that stands for itself is broken: its records are condemned, the rest up to `position` is one more.
    func condemnDocument(upTo position: Int, line: Int, reason: RejectReason) throws {
        sink.rejectAll(documentRecords.map { bytes($0) }, because: reason)
        let rest = settled
        let original = bytes(rest..<position)
        let length = encoding.fileLength(original)
        recordCount += 1
        let origin = RecordOrigin(number: recordCount, line: line, offset: settledInFile, length: length)
        try machine.pointee.withRecord(origin: origin, fault: reason, original: original) { try sink.take($0) }
        machine.pointee.forgetRecord()
        account.records += length
        settledInFile += length
        settled = position
        documentRecords.removeAll()
        documentStart = position
    }

    /// Everything is read: what is left belongs behind the last record.
    func finish(at position: Int) {
        settleGap(upTo: position)
        if recordCount == 0 { account.header += gap.length } else { account.trailer += gap.length }
        gap = (0, true)
    }
}
