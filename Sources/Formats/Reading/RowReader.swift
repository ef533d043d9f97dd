import Domain

/// The rows of a delimited file that are records; everything around them is recognised, counted and passed over.
///
/// Every byte of the file ends up in `account` under one heading (reliability A3). The current row's bytes lie at
/// `window.current` and its cells in `fields` until the next call.
struct RowReader {
    let layout: Layout
    let encoding: TextEncoding
    let text: CellText
    let window: ByteWindow
    let fields = FieldBuffer(capacity: Layout.maximumColumns)
    let file: String
    let scanner: CSVScanner
    /// As `scanner`, for lines whose quotes cannot be told apart.
    let quoteless: CSVScanner
    let dialect: CSVDialect
    let areStrayQuotesLiteral: Bool
    private let declaredWidth: Int?
    private let isUTF16: Bool
    private let maximumRecordLength: Int
    private let commentStart: Int
    private let commentPrefix: [UInt8]
    private let separator: UInt8

    var row = ScannedRow()
    /// The current row is one line of a stretch that has two readings; it must be rejected.
    var isDoubtful = false
    /// Where that stretch ends, in bytes of the window's source.
    var doubtfulEnd = 0
    var peeked: FieldBuffer?
    /// First physical line of the current row, from 1.
    private(set) var line = 1
    /// Of the current row, in bytes of the file.
    private(set) var offset = 0
    /// Of the current row, in bytes of the file, with its line end.
    private(set) var length = 0
    private(set) var account = LineAccount()
    private(set) var captions: [String] = []
    /// The cells of each header row.
    private(set) var headerCells: [[String]] = []
    /// A blank line stands in front of the current row.
    private(set) var isBehindGap = false
    /// Where the cells of the first header row end, in bytes of the file.
    private(set) var headerEnd = 0
    /// Where the header stands, for messages about it.
    private(set) var headerPlace: Diagnostic.Location
    /// The preamble's first lines, decoded, for the cells that a profile names.
    private(set) var preambleLines: [[UInt8]] = []
    private(set) var claimedRecords: Int?
    private(set) var endsWithLineEnd = false

    private(set) var nextLine = 1
    private var nextOffset: Int
    private var isOpen = true
    private var isPrologueRead = false
    /// The header rows exactly as they stand in the window, to know them again further down.
    private var headerRows: [[UInt8]] = []
    /// No row of another length can be a repeated header, a byte order mark in front included.
    private var headerLengths = 0..<0
    private let repeatedHeader: Layout.RepeatedHeader
    private let hasTrailer: Bool
    private let hasPageTitles: Bool
    /// What was found of padding, so that no byte of it is looked at again by each line that consists of it: from where to where
    /// there is nothing else, and whether something else follows.
    private var padding = (from: 0, to: 0, isEnded: false)

    init(profile: Profile, source: any ByteSource, context: ReadContext) throws {
        layout = profile.layout
        repeatedHeader = profile.layout.repeatedHeader
        hasTrailer = profile.layout.trailer != nil
        hasPageTitles = !profile.layout.pageTitles.isEmpty
        isUTF16 = profile.encoding.isUTF16
        maximumRecordLength = profile.layout.maximumRecordLength
        commentStart = profile.dialect.commentPrefix.first.map(Int.init) ?? -1
        encoding = profile.encoding
        file = context.fileName
        headerPlace = .init(file: context.fileName)
        dialect = profile.dialect
        areStrayQuotesLiteral = profile.dialect.strayQuotes == .literal
        declaredWidth = profile.format == .csv ? profile.schema.columns.count : nil
        scanner = CSVScanner(profile.dialect)
        var unquoted = profile.dialect
        unquoted.quote = nil
        quoteless = CSVScanner(unquoted)
        text = CellText(profile.dialect)
        commentPrefix = profile.dialect.commentPrefix
        separator = profile.dialect.separator
        let (window, markLength) = try FileOpening.open(
            source, encoding: encoding, expected: profile.format == .jsonl ? .json : nil, file: file, bufferSize: context.bufferSize)
        self.window = window
        account.byteOrderMark = markLength
        nextOffset = markLength
    }

    /// Goes on to the next record; `false` at the end of the file. Throws a `Diagnostic` where the file's structure is broken.
    mutating func next() throws -> Bool {
        if !isPrologueRead { try readPrologue() }
        isBehindGap = false
        while isOpen {
            window.consume(row.length)
            row.length = 0
            isDoubtful = false
            guard try fill() else { break }
            if try passOver() { continue }
            try scan()
            if row.lineCount > 1 || window.consumed < doubtfulEnd { try settleDoubt() }
            if isBlank() {
                isBehindGap = true
                take(\.blank)
            } else if isRepeatedHeader() {
                if layout.repeatedHeader == .refuse { throw Self.repeated(at: .init(file: file, line: nextLine)) }
                take(\.header)
            } else if hasPageTitles, isPageTitle() {
                take(\.header)
            } else if hasTrailer, try isTrailer() {
                take(\.trailer)
            } else {
                place()
                account.records += length
                return true
            }
        }
        isOpen = false
        return false
    }

    /// Cells of an ordinary record; `nil` where the kinds of lines differ.
    var usualWidth: Int? {
        guard layout.headerRows > 0 else { return declaredWidth }
        return layout.trailingSeparators == .reject ? captions.count : filledCaptionCount
    }

    /// The captions without the empty ones at the end.
    var filledCaptionCount: Int { (captions.lastIndex { !$0.isEmpty } ?? -1) + 1 }

    /// The current row's cells in UTF-8. For rows whose encoding was found valid.
    func cells() -> [[UInt8]] {
        (0..<row.fieldCount).map { cell($0) }
    }

    func cell(_ index: Int) -> [UInt8] {
        var raw: [UInt8] = []
        text.append(fields.spans[index], of: window.current, to: &raw)
        return decoded(raw)
    }

    /// The current row is no record but the header once more. Throws where the layout refuses that.
    mutating func takeAsHeader() throws {
        if layout.repeatedHeader == .refuse { throw Self.repeated(at: .init(file: file, line: line)) }
        account.records -= length
        account.header += length
    }

    private static func repeated(at place: Diagnostic.Location) -> Diagnostic {
        Diagnostic(
            "HEADER-REPEATED", "the header stands again in the middle of the file", at: place,
            fix: "two files were glued together: ask the sender, or set layout.repeated_header to skip")
    }

    /// The current row exactly as delivered, with its line end.
    func original() -> [UInt8] {
        let bytes = UnsafeBufferPointer(start: UnsafePointer(window.current), count: row.length)
        return encoding.isUTF16 ? UTF16Form.original(bytes, encoding: encoding) : Array(bytes)
    }

    func decoded(_ raw: [UInt8]) -> [UInt8] {
        guard let page = encoding.page else { return raw }
        var result: [UInt8] = []
        raw.withUnsafeBufferPointer { page.decode($0, into: &result) }
        return result
    }

    // MARK: Prologue

    private mutating func readPrologue() throws {
        isPrologueRead = true
        switch layout.preamble {
        case .none: break
        case .lines(let count):
            for _ in 0..<count where try fill() { try takeLine(\.preamble) }
        case .untilBlank:
            while try fill() {
                let isBlank = try takeLine(\.preamble) == 0
                if isBlank { break }
            }
        }
        guard layout.headerRows > 0 else { return }
        var parts: [[String]] = []
        while parts.count < layout.headerRows + layout.extraHeaderRows {
            guard try fill() else {
                if parts.count >= layout.headerRows { break }
                throw Diagnostic(
                    "HEADER-MISSING", "the file ends before its header", at: .init(file: file, line: nextLine),
                    fix: "nothing is applied; ask the sender whether the export failed")
            }
            if try passOver() { continue }
            try scan()
            if isBlank() {
                take(\.blank)
            } else {
                if parts.count < layout.headerRows {
                    parts.append(cells().map { String(decoding: $0, as: UTF8.self) })
                } else {
                    parts.append([])
                }
                if headerRows.isEmpty {
                    headerPlace.line = nextLine
                    let content = UnsafeBufferPointer(start: UnsafePointer(window.current), count: row.contentLength)
                    headerEnd = nextOffset + (isUTF16 ? UTF16Form.fileLength(content) : content.count)
                }
                headerRows.append(Array(UnsafeBufferPointer(start: window.current, count: row.contentLength)))
                take(\.header)
            }
        }
        let lengths = headerRows.map(\.count)
        headerLengths = (lengths.min() ?? 0)..<(lengths.max() ?? 0) + TextEncoding.utf8.byteOrderMark.count + 1
        headerCells = parts.filter { !$0.isEmpty }
        captions = CaptionRows.joined(Array(parts.prefix(layout.headerRows)), by: layout.headerJoin, groups: layout.captionGroups)
    }

    // MARK: What is not a record

    /// Blank lines, comments and padding, which are known by their first bytes.
    private mutating func passOver() throws -> Bool {
        let first = window.current[0]
        if first == 0x0D || first == 0x0A {
            guard try lineContent() == 0 else { return false }
            isBehindGap = true
            try takeLine(\.blank)
            return true
        }
        if first == 0x1A || first == 0, try isOnlyPadding(from: 0) {
            row.length = window.available
            row.lineCount = 0
            take(\.padding, keepingLineEnd: true)
            return true
        }
        if Int(first) == commentStart {
            while window.available < commentPrefix.count, !window.isFinal { try window.refill() }
            let start = UnsafeBufferPointer(start: window.current, count: min(commentPrefix.count, window.available))
            guard start.elementsEqual(commentPrefix) else { return false }
            try takeLine(\.comment)
            return true
        }
        return false
    }

    /// Nothing but separators, blanks and empty quotes.
    @inline(__always)
    private func isBlank() -> Bool {
        let first = window.current[0]
        guard first == separator || first <= 0x20 || fields.spans[0].isEmpty else { return false }
        return (0..<row.fieldCount).allSatisfy { index in
            let span = fields.spans[index]
            return (span.start..<span.end).allSatisfy {
                window.current[Int($0)] == 0x20 || window.current[Int($0)] == 0x09
            }
        }
    }

    private func isRepeatedHeader() -> Bool {
        guard headerLengths.contains(row.contentLength), repeatedHeader != .record else { return false }
        for header in headerRows where row.contentLength >= header.count && row.contentLength <= header.count + 3 {
            var content = UnsafeBufferPointer(start: window.current, count: row.contentLength)
            if content.starts(with: TextEncoding.utf8.byteOrderMark) { content = .init(rebasing: content[3...]) }
            if content.elementsEqual(header) { return true }
        }
        return false
    }

    /// The row that the profile calls a trailer, if nothing but padding follows.
    private mutating func isTrailer() throws -> Bool {
        guard let trailer = layout.trailer, try isOnlyPadding(from: row.length) else { return false }
        guard trailer.accepts(cell(0)) else { return false }
        guard let countCell = trailer.countCell else { return true }
        guard countCell <= row.fieldCount else { return false }
        let digits = String(decoding: cell(countCell - 1), as: UTF8.self).filter { $0 != " " }
        guard let count = Int(digits), count >= 0 else { return false }
        claimedRecords = count
        return true
    }

    private mutating func isOnlyPadding(from start: Int) throws -> Bool {
        let first = window.consumed + start
        var position = start
        if padding.from <= first, first <= padding.to {
            if padding.isEnded { return false }
            position = padding.to - window.consumed
        } else {
            padding = (first, first, false)
        }
        while true {
            while position < window.available {
                let byte = window.current[position]
                guard byte == 0x1A || byte == 0 || byte == 0x0A || byte == 0x0D || byte == 0x20 else {
                    padding.to = window.consumed + position
                    padding.isEnded = true
                    return false
                }
                position += 1
            }
            padding.to = window.consumed + position
            if window.isFinal { return true }
            guard window.available <= layout.maximumRecordLength else { return false }
            try window.refill()
        }
    }

    // MARK: Positions

    /// Makes sure that there is at least one byte; `false` at the end.
    private func fill() throws -> Bool {
        if window.available == 0 { try window.refill() }
        return window.available > 0
    }

    @inline(__always)
    private mutating func place() {
        line = nextLine
        offset = nextOffset
        length =
            isUTF16 ? UTF16Form.fileLength(.init(start: window.current, count: row.length)) : row.length
        nextLine += row.lineCount
        nextOffset += length
        endsWithLineEnd = row.hasLineEnd
    }

    private mutating func take(_ heading: WritableKeyPath<LineAccount, Int>, keepingLineEnd: Bool = false) {
        let before = endsWithLineEnd
        place()
        if keepingLineEnd { endsWithLineEnd = before }
        account[keyPath: heading] += length
        window.consume(row.length)
        row.length = 0
    }

    private func lineContent() throws -> Int {
        while true {
            let line = scanner.lineLength(window.current, count: window.available, isFinal: window.isFinal)
            if let line { return line.content }
            try refill(openQuote: -1)
        }
    }

    /// Takes one physical line, quotes not considered, and answers the length of its content.
    @discardableResult
    private mutating func takeLine(_ heading: WritableKeyPath<LineAccount, Int>) throws -> Int {
        while true {
            if let line = scanner.lineLength(window.current, count: window.available, isFinal: window.isFinal) {
                row.length = line.whole
                row.contentLength = line.content
                row.lineCount = line.whole > line.content ? 1 : 0
                if heading == \.preamble, preambleLines.count < 100 {
                    preambleLines.append(Array(UnsafeBufferPointer(start: window.current, count: line.content)))
                }
                take(heading)
                return line.content
            }
            try refill(openQuote: -1)
        }
    }

    // MARK: Scanning

    private mutating func scan() throws {
        while true {
            let outcome = scanner.scan(
                window.current, count: window.available, isFinal: window.isFinal, fields: fields.spans, row: &row)
            switch outcome {
            case .row:
                guard row.length <= maximumRecordLength else { throw tooLong() }
                return
            case .needsMore(let openQuote): try refill(openQuote: openQuote)
            case .openQuote(let position): throw quoteOpen(at: position)
            case .tooManyFields:
                throw Diagnostic(
                    "CSV-COLUMNS", "a row has more than \(Layout.maximumColumns) cells",
                    at: .init(file: file, line: nextLine), fix: "check the separator in dialect.json with `inspect`")
            }
        }
    }

    private func refill(openQuote: Int) throws {
        if window.available > layout.maximumRecordLength {
            throw openQuote >= 0 ? quoteOpen(at: openQuote) : tooLong()
        }
        try window.refill()
    }
}
