import Domain
import Foundation

extension Profile {
    /// Reads the three files of a profile folder. Throws `PROFILE-…` and `JSON-SYNTAX` diagnostics with file, line and key.
    init(name: String, folder: String) throws {
        let schemaNode = try Self.load("schema.json", name: name, folder: folder)
        let dialectNode = try Self.load("dialect.json", name: name, folder: folder)
        let profileNode = try Self.load("profile.json", name: name, folder: folder)
        try self.init(name: name, profile: profileNode, schema: schemaNode, dialect: dialectNode)
    }

    init(name: String, profile: SettingNode, schema schemaNode: SettingNode, dialect dialectNode: SettingNode) throws {
        let dialectFile = try DialectFile(dialectNode)
        var dialect = dialectFile.dialect
        var reader = try NodeReader(profile, path: "profile")
        self.name = name
        title = try reader.required("title")
        version = try reader.integer("version", in: 1...1_000_000) ?? 1
        let encodingName = try reader.text("encoding") ?? "utf-8"
        guard let encoding = TextEncoding(named: encodingName) else {
            throw reader.fault(
                "encoding", profile, "'\(Escaped(encodingName))' is not known",
                "choose one of: \(TextEncoding.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.encoding = encoding
        zoneName = try reader.text("timezone")
        if let zoneName { _ = try ZoneRules(zoneName) }
        schema = try TableSchema(schemaNode)
        var layout = try Layout(reader.node("layout"), trailer: reader.node("trailer"), dialect: &dialect)
        if layout.preamble == .none, let first = dialectFile.headerRows.first, first > 1 {
            layout.preamble = .lines(first - 1)
        }
        layout.headerRows = dialectFile.headerRows.count
        layout.headerJoin = dialectFile.headerJoin
        self.layout = layout
        self.dialect = dialect
        header = try HeaderRules(reader.node("header"))
        numbers = try NumberRules(reader.node("numbers"))
        pivot = try reader.node("pivot").map { try Pivot($0) }
        checkedColumns = try reader.texts("checked") ?? []
        var mappings: [String: FieldMapping] = [:]
        for (field, node) in try reader.entries("fields") ?? [] {
            mappings[field] = try FieldMapping(node, field: field)
        }
        self.mappings = mappings
        duplicateKeys = try reader.choice("duplicate_keys") ?? .reject
        overlap = try Self.overlap(&reader)
        eventTime = try reader.object("event_time").map { try Self.eventTimeSource($0) }
        sequence = try reader.object("sequence").map { try Self.sequenceSource($0) }
        (declaredMode, modeCell) = try Self.mode(&reader)
        completeness = try Self.completeness(&reader)
        _ = reader.node("description")
        try reader.finish()
        try checkNames(at: profile.location)
    }

    /// Every column that is named somewhere must be declared in the schema.
    private func checkNames(at location: Diagnostic.Location) throws {
        var named = header.aliases.keys.map { ("header.aliases", $0) }
        for (field, mapping) in mappings {
            if case .column(let column) = mapping.source { named.append(("fields.\(field)", column)) }
        }
        named += checkedColumns.map { ("checked", $0) }
        named += (pivot?.columns ?? []).map { ("pivot.columns.\($0.field)", $0.caption) }
        if case .column(let column) = eventTime { named.append(("event_time", column)) }
        for (place, column) in named.sorted(by: { $0 < $1 }) where schema.column(named: column) == nil {
            let nearest = NearestWord.of(column, among: schema.columns.map(\.name))
            throw Diagnostic(
                "PROFILE-COLUMN-UNKNOWN",
                "\(place) names the column '\(Escaped(column))', which schema.json does not declare",
                at: location,
                hint: nearest.map { "did you mean '\($0)'?" } ?? "declare it in schema.json"
            )
        }
    }

    private static func load(_ file: String, name: String, folder: String) throws -> SettingNode {
        let path = "\(folder)/\(file)"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Diagnostic(
                "PROFILE-FILE", "the profile \(Escaped(name)) has no \(file)", at: .init(file: path),
                hint: "add the file, or choose another profile")
        }
        return try JSONDocument.parse(Array(data), file: path)
    }

    private static func overlap(_ reader: inout NodeReader) throws -> ZoneRules.Overlap {
        guard var dates = try reader.object("dates") else { return .reject }
        let overlap: ZoneRules.Overlap? = try dates.choice("overlap")
        try dates.finish()
        return overlap ?? .reject
    }

    private static func eventTimeSource(_ given: NodeReader) throws -> EventTimeSource {
        enum Source: String, CaseIterable {
            case fileName = "file_name"
            case modified, column, cell
        }
        var reader = given
        let source: Source? = try reader.choice("source")
        let result: EventTimeSource
        switch source {
        case nil:
            _ = try reader.required("source")
            result = .modified
        case .modified: result = .modified
        case .column: result = .column(name: try reader.required("column"))
        case .fileName: result = .fileName(try namePattern(&reader) { $0.hasDate })
        case .cell:
            let text = try reader.required("format")
            guard let format = DatePattern(text) else {
                throw Diagnostic(
                    "PROFILE-VALUE", "the date format '\(Escaped(text))' is not understood", at: reader.location,
                    hint: "use %d %m %Y %y %b %H %M %S %f %z")
            }
            let (row, cell) = try place(&reader)
            result = .cell(row: row, cell: cell, format: format)
        }
        try reader.finish()
        return result
    }

    private static func sequenceSource(_ given: NodeReader) throws -> SequenceSource {
        enum Source: String, CaseIterable {
            case fileName = "file_name"
            case cell
        }
        var reader = given
        let source: Source? = try reader.choice("source")
        let result: SequenceSource
        switch source {
        case nil, .fileName:
            if source == nil { _ = try reader.required("source") }
            result = .fileName(try namePattern(&reader) { $0.hasSequence })
        case .cell:
            let (row, cell) = try place(&reader)
            result = .cell(row: row, cell: cell)
        }
        try reader.finish()
        return result
    }

    private static func namePattern(_ reader: inout NodeReader, _ holds: (FileNamePattern) -> Bool) throws
        -> FileNamePattern
    {
        let text = try reader.required("pattern")
        if let pattern = FileNamePattern(text), holds(pattern) { return pattern }
        throw Diagnostic(
            "PROFILE-VALUE", "the file name pattern '\(Escaped(text))' is not understood", at: reader.location,
            hint: "write it like STOCK_%Y%m%d_{sequence}.csv, with at most one *")
    }

    private static func place(_ reader: inout NodeReader) throws -> (row: Int, cell: Int) {
        (try reader.integer("row", in: 1...1000) ?? 1, try reader.integer("cell", in: 1...Layout.maximumColumns) ?? 1)
    }

    private static func mode(_ reader: inout NodeReader) throws -> (FileMode?, ModeCell?) {
        guard let node = reader.node("mode") else { return (nil, nil) }
        if node.scalar != nil { return (try reader.choice("mode"), nil) }
        var inner = try NodeReader(node, path: "profile.mode")
        let (row, cell) = try place(&inner)
        let cellRule = ModeCell(
            row: row, cell: cell, fullWords: try inner.texts("full") ?? [], deltaWords: try inner.texts("delta") ?? [])
        try inner.finish()
        return (nil, cellRule)
    }

    private static func completeness(_ reader: inout NodeReader) throws -> Completeness {
        guard var inner = try reader.object("complete") else { return Completeness() }
        let completeness = Completeness(
            needsTrailerCount: try inner.flag("trailer_count") ?? false,
            needsFinalLineEnd: try inner.flag("final_line_end") ?? false,
            doneFile: try inner.text("done_file")
        )
        try inner.finish()
        return completeness
    }
}
