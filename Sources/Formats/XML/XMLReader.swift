import Domain

/// An XML file pushed through the parser piece by piece; records go to a taker.
///
/// Memory holds one window, the open record and the values of its headers. Documents after one another get a parser each.
struct XMLReader {
    /// So much is pushed at once; the first pieces of a document are smaller, because it may be a small one of very many, and what is
    /// pushed beyond its end is pushed again.
    private static let portion = 64 * 1024
    private static let firstPortion = 1024

    private let document: DocumentFile
    private let window: ByteWindow
    private let file: String
    let encoding: XMLEncoding
    let events: XMLRecordEvents
    private var parser: LibXML2?
    /// Place in the text up to which it was pushed.
    private var pushed = 0
    private var portion = XMLReader.firstPortion
    private var documentLine = 1
    private(set) var isFinished = false
    private var evidence: WholeTextEvidence
    private var attributes: AttributeWatch

    /// Throws what `XMLOpening` throws, and `PROFILE-FILE`, `PROFILE-SCHEMA`.
    init(
        profile: Profile, document: DocumentFile, source: any ByteSource, context: ReadContext,
        sink: (XMLEncoding) throws -> any RecordSink
    ) throws {
        let watched = WholeTextEvidence.Source(source)
        let opened = try XMLOpening.open(watched, stated: profile.statedEncoding, file: context.fileName)
        evidence = watched.evidence
        self.document = document
        attributes = AttributeWatch(limit: document.limits.attributes * 2)
        file = context.fileName
        encoding = opened.encoding
        if case .page = encoding {} else { evidence.dismiss() }
        window = ByteWindow(opened.source, capacity: context.bufferSize)
        let check = try document.schemaPath.map {
            try XMLSchemaCheck(path: "\(profile.schemaFolder)/\($0)", folder: profile.schemaFolder, isClosed: document.isClosed)
        }
        events = XMLRecordEvents(
            file: document, profile: profile, check: check, window: window, encoding: opened.encoding,
            markLength: opened.markLength, sink: try sink(opened.encoding), name: context.fileName)
    }

    /// Reads on until some records more are taken or the file ends. Throws `XML-…` and `ENCODING-…`.
    mutating func readOn() throws {
        if parser == nil { try begin(at: 0, line: 1) }
        if pushed == events.windowStart + window.available {
            events.release(upTo: parser == nil ? pushed : events.reached)
            let kept = window.available
            try window.refill()
            if kept > document.limits.record + Self.portion { try tooLong() }
        }
        let available = events.windowStart + window.available - pushed
        let count = min(available, portion)
        portion = min(portion * 2, Self.portion)
        let isLast = window.isFinal && count == available
        let bytes = UnsafeBufferPointer(
            start: UnsafePointer(window.current) + (pushed - events.windowStart), count: count)
        pushed += count
        if pushed > document.limits.file { throw refusal(.file(document.limits.file)) }
        guard attributes.admit(bytes) else {
            throw XMLRefusal.attributes(document.limits.attributes).diagnostic(
                at: .init(file: file, line: documentLine + max(1, parser?.line ?? 1) - 1, column: nil), path: events.path)
        }
        var fault = parser?.push(bytes)
        if isLast, fault == nil, events.halt == nil {
            fault = parser?.finish()
            // Of some garbage that comes in small portions the library makes an empty document, without a word.
            if fault == nil, !events.isRootClosed { fault = XMLFault(kind: .empty, line: 1, column: 1) }
        }
        try throwHalt()
        if let fault {
            try broken(fault)
        } else if events.isRootClosed, document.documents != .one {
            try nextDocument()
        } else if isLast {
            try finish()
        } else {
            events.release(upTo: events.reached)
        }
    }

    /// Whether a batch may be handed out: no document is open that may yet be rejected as a whole.
    var isBetweenDocuments: Bool { document.documents != .independent || events.documentRecords.isEmpty }

    private mutating func begin(at position: Int, line: Int) throws {
        guard let parser = LibXML2(events: events) else {
            throw Diagnostic("MEMORY", "there is no memory for another parser", fix: "try again later", kind: .transient)
        }
        self.parser = parser
        attributes = AttributeWatch(limit: document.limits.attributes * 2)
        documentLine = line
        portion = Self.firstPortion
        events.begin(parser, at: position, line: line)
    }

    private func throwHalt() throws {
        switch events.halt {
        case nil: return
        case .failed(let error): throw error
        case .refused(let refusal, let line, let column, let path):
            throw refusal.diagnostic(at: .init(file: file, line: line, column: column), path: path)
        }
    }

    private func refusal(_ refusal: XMLRefusal) -> Diagnostic {
        refusal.diagnostic(at: .init(file: file, line: nil, column: nil), path: events.path)
    }

    private func tooLong() throws { throw refusal(.record(document.limits.record)) }

    // MARK: Several documents

    /// A root ended, and another may follow: blanks, comments and instructions between them belong to neither.
    private mutating func nextDocument() throws {
        var (position, line) = events.rootEnd
        events.release(upTo: position)
        while true {
            let rest = try text(from: position)
            guard let first = rest.first else { return try finishAll(at: position) }
            let skipped: Int
            if first <= 0x20 || first == 0x7F {
                skipped = rest.prefix { $0 <= 0x20 }.count
            } else if rest.starts(with: "<!--".utf8) {
                skipped = try distance(to: "-->", from: position)
            } else if rest.starts(with: "<?".utf8), !rest.starts(with: "<?xml ".utf8), !rest.starts(with: "<?xml\t".utf8) {
                skipped = try distance(to: "?>", from: position)
            } else {
                break
            }
            let passed = try text(from: position).prefix(skipped)
            line += passed.count { $0 == 0x0A }
            position += skipped
            events.release(upTo: position)
        }
        pushed = position
        try begin(at: position, line: line)
        events.release(upTo: position)
    }

    /// What is in the window from `position` on, at least some bytes unless the file ends before.
    private func text(from position: Int) throws -> UnsafeBufferPointer<UInt8> {
        while events.windowStart + window.available - position < 16, !window.isFinal { try window.refill() }
        let offset = position - events.windowStart
        return .init(start: UnsafePointer(window.current) + offset, count: window.available - offset)
    }

    /// The length up to and with `mark`; to the end of the file where it does not come.
    private func distance(to mark: String, from position: Int) throws -> Int {
        let mark = Array(mark.utf8)
        var start = 0
        while true {
            let rest = try text(from: position)
            while start + mark.count <= rest.count {
                if rest[start] == mark[0], rest[start..<start + mark.count].elementsEqual(mark) { return start + mark.count }
                start += 1
            }
            if window.isFinal { return rest.count }
            guard rest.count <= document.limits.record else { throw refusal(.record(document.limits.record)) }
            try window.refill()
        }
    }

    // MARK: Ends

    private mutating func broken(_ found: XMLFault) throws {
        var fault = found
        // Nothing can be missing behind a closed root: it is too much.
        if fault.kind == .cut, events.isRootClosed { fault.kind = .extraContent }
        let line = documentLine + max(1, fault.line) - 1
        guard document.documents == .independent else {
            throw fault.diagnostic(at: .init(file: file, line: line, column: fault.column), path: events.path)
        }
        let reason = RejectReason(
            "XML-SYNTAX", "the document is not well-formed: \(fault.words), line \(line), column \(fault.column)",
            fix: "ask the sender for this document again; the others of the file are not touched by it")
        // Its own root and the records taken from it are no next document, even where they look like one.
        let next = try nextStart(behind: max(events.documentStart + 1, events.behindRoot ?? 0, events.settled + 1))
        let startLine = documentLine
        let passed = try text(from: events.documentStart).prefix(next - events.documentStart)
        let lines = passed.count { $0 == 0x0A }
        try events.condemnDocument(upTo: next, line: startLine, reason: reason)
        let isAtEnd = window.isFinal && next == events.windowStart + window.available
        if isAtEnd { return try finishAll(at: next) }
        pushed = next
        try begin(at: next, line: startLine + lines)
        events.release(upTo: next)
    }

    /// Where the next document begins: an XML declaration, or another root of the same name.
    private func nextStart(behind position: Int) throws -> Int {
        let declaration = Array("<?xml ".utf8)
        let root = Array("<\(events.rootName)".utf8)
        var index = 0
        while true {
            let rest = try text(from: position)
            while index + max(declaration.count, root.count + 1) <= rest.count {
                if rest[index] == UInt8(ascii: "<") {
                    if rest[index..<index + declaration.count].elementsEqual(declaration) { return position + index }
                    let behind = rest[index + root.count]
                    if root.count > 1, rest[index..<index + root.count].elementsEqual(root),
                        behind <= 0x20 || behind == UInt8(ascii: ">") || behind == UInt8(ascii: "/")
                    {
                        return position + index
                    }
                }
                index += 1
            }
            if window.isFinal { return position + rest.count }
            guard rest.count <= document.limits.record else { throw refusal(.record(document.limits.record)) }
            try window.refill()
        }
    }

    private mutating func finish() throws { try finishAll(at: events.windowStart + window.available) }

    private mutating func finishAll(at position: Int) throws {
        isFinished = true
        events.release(upTo: position)
        events.finish(at: position)
        if case .page = encoding, let found = evidence.contradiction {
            throw Diagnostic(
                "ENCODING-CONTRADICTED", "the file declares \(encoding.name), but it is \(found)", at: .init(file: file),
                fix: "ask the sender to declare what is written; nothing of this file is applied")
        }
        if !document.documentNames.isEmpty, events.documentCount == 0 {
            let names = document.documentNames.map { "<\(Escaped($0))>" }.joined(separator: " or ")
            throw Diagnostic(
                "XML-DOCUMENT-MISSING", "the file holds no \(names); its root is <\(Escaped(events.rootName))>",
                at: .init(file: file),
                fix: "check that the right file lands in this folder, or correct 'document' in document.json")
        }
    }
}
