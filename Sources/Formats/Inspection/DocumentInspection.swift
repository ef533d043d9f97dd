import Domain

/// The structure of an XML file: its likeliest record and the columns below it.
struct DocumentInspection {
    let outline: XMLOutline
    let record: XMLOutline.Candidate
    /// Attributes and elements that stand once in a record.
    let fields: [XMLOutline.Field]
    /// One for each of `fields`, with its path for a caption.
    let columns: [InspectionReport.Column]

    /// `path` names the record, where somebody has said so. Throws what `check` says where the document cannot be read, and
    /// `GUESS-CONTENT` where nothing in it repeats like records.
    init(_ bytes: [UInt8], file: String, isWhole: Bool, record path: String? = nil) throws {
        let outline = try XMLOutline(bytes, file: file, extent: isWhole ? .whole : .beginning)
        // A document that ends too early is described by what is there.
        if let trouble = outline.trouble, trouble.code != "XML-CUT" || outline.candidates.isEmpty { throw trouble }
        guard let record = path.map({ path in outline.candidates.first { $0.path == path } }) ?? outline.candidates.first else {
            throw Self.withoutRecords(file)
        }
        self.outline = outline
        self.record = record
        fields = record.fields.filter { !$0.isRepeated }
        columns = fields.map { field in
            var column = ColumnGuess(caption: field.path, values: field.samples.map { Array($0.utf8) }).column
            (column.rows, column.filled) = (record.count, field.count)
            return column
        }
        guard !columns.isEmpty else { throw Self.withoutRecords(file) }
    }

    private static func withoutRecords(_ file: String) -> Diagnostic {
        Diagnostic(
            "GUESS-CONTENT", "it is XML, and no element in it stands more than once as records do", at: .init(file: file),
            fix: "give a sample with two records or more")
    }

    func fill(_ report: inout InspectionReport) {
        report.encoding = .init(
            encoding: TextEncoding(named: outline.encoding), name: outline.encoding, confidence: .certain, evidence: "the document says so")
        report.columns = columns
        report.records = record.count
        if let trouble = outline.trouble {
            report.troubles.append(.init(trouble.code, trouble.summary, lines: trouble.location?.line.map { [$0] } ?? []))
        }
        let end = report.troubles.isEmpty ? "no trouble found" : "trouble: " + report.troubles.map(\.text).joined(separator: "; ")
        let partly = report.inspected < report.size ? " in the first \(report.inspected) of \(report.size) bytes" : ""
        report.verdict =
            "XML in \(outline.encoding), root \(Escaped(outline.root)), \(Counted.of(record.count, "record")) at \(Escaped(record.path))\(partly), "
            + "\(Counted.of(columns.count, "value")) in each; \(end)."
    }

    /// The words that a path is known by: its last step, or the one before where that says nothing.
    static func words(_ path: String) -> CaptionWords {
        let steps = path.split(separator: "/").map { $0.hasPrefix("@") ? String($0.dropFirst()) : String($0) }
        let last = steps.last ?? path
        let isVague = ["amount", "value", "id", "code", "text", "number", "."].contains(last.lowercased())
        return CaptionWords(isVague && steps.count > 1 ? steps[steps.count - 2] : last)
    }
}
