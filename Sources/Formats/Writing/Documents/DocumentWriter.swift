package import Domain

/// Writes documents as one file of the profile.
package struct DocumentWriter: Sendable {
    private let profile: OutputProfile
    private let zoneName: String

    /// - Parameter zoneName: the ERP's time zone, for dates in the file.
    package init(_ profile: OutputProfile, zoneName: String) {
        self.profile = profile
        self.zoneName = zoneName
    }

    /// Whether the document can be told within the ERP's limits. Throws the reason where it cannot; answers what had to be cut
    /// or replaced.
    package func check(_ document: MadeDocument) throws(DocumentRefusal) -> [String] {
        let batch = OutputBatch(name: "", sequence: 0, created: UTCInstant(milliseconds: 0))
        var seen: Set<String> = []
        return (try render([document], batch).notes[0] + profile.untold(document.record)).filter { seen.insert($0).inserted }
    }

    /// The file's bytes. Throws what `check` throws; documents that it let pass are written.
    package func write(_ documents: [MadeDocument], _ batch: OutputBatch) throws(DocumentRefusal) -> WrittenFile {
        try render(documents, batch)
    }

    private func render(_ documents: [MadeDocument], _ batch: OutputBatch) throws(DocumentRefusal) -> WrittenFile {
        switch profile.form {
        case .rows(let rows):
            var file = RowsFile(profile: profile, rows: rows, cells: CellWriter(profile: profile, zoneName: zoneName))
            return try file.write(documents, batch)
        case .xml(let root):
            var file = ElementsFile(profile: profile, cells: CellWriter(profile: profile, zoneName: zoneName))
            return try file.write(root, documents, batch)
        case .template(let template):
            var file = TemplateFile(profile: profile, template: template, cells: CellWriter(profile: profile, zoneName: zoneName))
            return try file.write(documents, batch)
        }
    }
}

/// What a file says of itself.
package struct OutputBatch: Hashable, Sendable {
    package var name: String
    /// Gap-free per flow.
    package var sequence: Int64
    package var created: UTCInstant

    package init(name: String, sequence: Int64, created: UTCInstant) {
        self.name = name
        self.sequence = sequence
        self.created = created
    }

    /// `counts`: rows of documents so far, all rows so far.
    func values(_ documents: [MadeDocument], rows: Int, lines: Int) -> [String: DocumentValue] {
        let total = documents.reduce(ExactDecimal.zero as ExactDecimal?) { $0?.adding($1.total) } ?? .zero
        return [
            "batch.name": .text(name), "batch.sequence": .number(ExactDecimal(sequence)), "batch.created": .instant(created),
            "batch.documents": .number(ExactDecimal(Int64(documents.count))), "batch.total": .number(total),
            "batch.rows": .number(ExactDecimal(Int64(rows))), "batch.lines": .number(ExactDecimal(Int64(lines))),
        ]
    }
}

/// A file, and where in it each document stands.
package struct WrittenFile: Hashable, Sendable {
    package struct Place: Hashable, Sendable {
        /// The first physical line, from 1.
        package var line: Int
        package var offset: Int
        package var length: Int
    }

    package var bytes: [UInt8]
    package var places: [Place]
    /// Per document, what was cut or replaced.
    package var notes: [[String]]
}
