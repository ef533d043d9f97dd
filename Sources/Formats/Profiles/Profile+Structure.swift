import Domain

extension Profile {
    /// How a file is taken apart, with what the profile says of it. A new format is one more case here and in `Format`.
    enum Structure: Sendable {
        /// Rows and cells, as dialect and layout say.
        case table
        /// What `document.json` says.
        case document(DocumentFile)
        /// Lines of several kinds, or of fixed widths: what `records.json` says.
        case lines(RecordsFile)
        /// What `objects.json` says.
        case objects(ObjectsFile)

        /// `node` is what the file of the format says.
        init(_ format: Format, _ node: SettingNode, schema: TableSchema, header: HeaderRules) throws {
            self =
                switch format {
                case .csv: .table
                case .xml: .document(try DocumentFile(node, schema: schema, aliases: header.aliases))
                case .tagged, .fixed: .lines(try RecordsFile(node, isFixed: format == .fixed, schema: schema))
                case .jsonl: .objects(try ObjectsFile(node, schema: schema))
                }
        }
    }

    var document: DocumentFile? { if case .document(let file) = structure { file } else { nil } }
    var records: RecordsFile? { if case .lines(let file) = structure { file } else { nil } }
}

extension Profile.Format {
    /// The file beside `profile.json` and `schema.json` that says how the format is built.
    var structureFile: String {
        switch self {
        case .csv: "dialect.json"
        case .xml: "document.json"
        case .tagged, .fixed: "records.json"
        case .jsonl: "objects.json"
        }
    }

    /// Each line is one cell, whatever stands in it.
    var hasWholeLines: Bool { self == .fixed || self == .jsonl }
}
