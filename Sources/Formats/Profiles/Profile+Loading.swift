import Domain
import Foundation

extension Profile {
    /// Reads the three files of a profile folder. Throws `PROFILE-…` and `JSON-SYNTAX` diagnostics with file, line and key.
    init(name: String, folder: String) throws {
        let schemaNode = try Self.load("schema.json", name: name, folder: folder)
        let profileNode = try Self.load("profile.json", name: name, folder: folder)
        let structureFile = try Self.format(of: profileNode).structureFile
        let structureNode = try Self.load(structureFile, name: name, folder: folder)
        try self.init(
            name: name, profile: profileNode, schema: schemaNode, structure: structureNode,
            schemaFolder: Self.schemaFolder(of: folder))
    }

    /// Schemas lie beside the folder of profiles.
    private static func schemaFolder(of folder: String) -> String {
        URL(filePath: folder).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "xsd").path(percentEncoded: false)
    }

    private static func format(of node: SettingNode) throws -> Format {
        var reader = try NodeReader(node, path: "profile")
        return try reader.choice("format") ?? .csv
    }

    /// `structure` is what `dialect.json`, or the file that stands in its place, says.
    init(
        name: String, profile: SettingNode, schema schemaNode: SettingNode, structure: SettingNode, schemaFolder: String = ""
    ) throws {
        let format = try Self.format(of: profile)
        let empty = SettingNode(.map([]), at: structure.location)
        var dialectFile = try DialectFile(format == .csv ? structure : structure["dialect"] ?? empty)
        if format != .csv { dialectFile.headerRows = [] }
        var dialect = format.hasWholeLines ? .unseparated : dialectFile.dialect
        var reader = try NodeReader(profile, path: "profile")
        self.name = name
        self.format = format
        self.schemaFolder = schemaFolder
        places = Self.places(in: profile)
        _ = reader.node("format")
        title = try reader.required("title")
        version = try reader.integer("version", in: 1...1_000_000) ?? 1
        let statedName = try reader.text("encoding")
        let encodingName = statedName ?? "utf-8"
        guard let encoding = TextEncoding(named: encodingName) else {
            throw reader.fault(
                "encoding", profile, "'\(Escaped(encodingName))' is not known",
                "choose one of: \(TextEncoding.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.encoding = encoding
        statedEncoding = statedName == nil ? nil : encoding
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
        self.structure = try Structure(format, structure, schema: schema, header: header)
        compression = try reader.object("compression").map { try Compression($0) }
        var mappings: [String: FieldMapping] = [:]
        for (field, node) in try reader.entries("fields") ?? [] {
            try Self.checkTarget(field, at: node.location)
            mappings[field] = try FieldMapping(node, field: field)
        }
        self.mappings = mappings
        statedDuplicateKeys = try reader.choice("duplicate_keys")
        overlap = try Self.overlap(&reader)
        eventTime = try reader.object("event_time").map { try Self.eventTimeSource($0) }
        (sequence, fileNumbers) = try reader.object("sequence").map { try Self.numbering($0) } ?? (nil, FileNumberRule())
        (declaredMode, modeCell, modeColumn) = try Self.mode(&reader)
        countColumn = layout.countColumn
        completeness = try Self.completeness(&reader)
        _ = reader.node("description")
        try reader.finish()
        try checkNames(at: profile.location)
        try checkFormat(at: profile.location)
    }

    /// What only some formats have must not be said of the others.
    private func checkFormat(at location: Diagnostic.Location) throws {
        var strangers: [String] = []
        if format == .csv {
            if case .column = sequence { strangers.append("sequence.source column") }
            if modeColumn != nil { strangers.append("mode.column") }
            if countColumn != nil { strangers.append("trailer.count_column") }
        } else {
            if case .cell = sequence { strangers.append("sequence.source cell") }
            if case .cell = eventTime { strangers.append("event_time.source cell") }
            if modeCell != nil { strangers.append("mode.cell") }
            if pivot != nil { strangers.append("pivot") }
        }
        guard let unknown = strangers.first else { return }
        throw Diagnostic(
            "PROFILE-VALUE", "\(unknown) cannot be used with the format \(format.rawValue)", at: location,
            fix: format == .csv ? "name a row and a cell" : "name a column of the schema")
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
        if case .column(let column) = sequence { named.append(("sequence", column)) }
        if let modeColumn { named.append(("mode", modeColumn.column)) }
        if let countColumn { named.append(("trailer.count_column", countColumn)) }
        for (place, column) in named.sorted(by: { $0 < $1 }) where schema.column(named: column) == nil {
            let nearest = NearestWord.of(column, among: schema.columns.map(\.name))
            throw Diagnostic(
                "PROFILE-COLUMN-UNKNOWN",
                "\(place) names the column '\(Escaped(column))', which schema.json does not declare",
                at: location,
                fix: nearest.map { "did you mean '\($0)'?" } ?? "declare it in schema.json"
            )
        }
    }

    private static func load(_ file: String, name: String, folder: String) throws -> SettingNode {
        let path = "\(folder)/\(file)"
        guard let data = try OwnFile.content(path) else {
            throw Diagnostic(
                "PROFILE-FILE", "the profile \(Escaped(name)) has no \(file)", at: .init(file: path),
                fix: "add the file, or choose another profile")
        }
        return try JSONDocument.parse(data, file: path)
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
                    fix: "use %d %m %Y %y %b %H %M %S %f %z")
            }
            let (row, cell) = try place(&reader)
            result = .cell(row: row, cell: cell, format: format)
        }
        try reader.finish()
        return result
    }

    private static func numbering(_ given: NodeReader) throws -> (SequenceSource, FileNumberRule) {
        enum Source: String, CaseIterable {
            case fileName = "file_name"
            case cell, column
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
        case .column: result = .column(name: try reader.required("column"))
        }
        var rule = FileNumberRule()
        let most = 999_999_999_999_999
        rule.first = Int64(try reader.integer("first", in: 0...most) ?? 1)
        rule.last = try reader.integer("last", in: 1...most).map { Int64($0) }
        rule.restart = try reader.choice("restart") ?? .any
        try reader.finish()
        guard rule.last.map({ $0 > rule.first }) ?? true else {
            throw Diagnostic(
                "PROFILE-VALUE", "sequence.last is not above sequence.first", at: reader.location,
                fix: "write the highest number that the sender gives")
        }
        return (result, rule)
    }

    private static func namePattern(_ reader: inout NodeReader, _ holds: (FileNamePattern) -> Bool) throws
        -> FileNamePattern
    {
        let text = try reader.required("pattern")
        if let pattern = FileNamePattern(text), holds(pattern) { return pattern }
        throw Diagnostic(
            "PROFILE-VALUE", "the file name pattern '\(Escaped(text))' is not understood", at: reader.location,
            fix: "write it like STOCK_%Y%m%d_{sequence}.csv, with at most one *")
    }

    private static func place(_ reader: inout NodeReader) throws -> (row: Int, cell: Int) {
        (try reader.integer("row", in: 1...1000) ?? 1, try reader.integer("cell", in: 1...Layout.maximumColumns) ?? 1)
    }

    private static func mode(_ reader: inout NodeReader) throws -> (FileMode?, ModeCell?, ModeColumn?) {
        guard let node = reader.node("mode") else { return (nil, nil, nil) }
        if node.scalar != nil { return (try reader.choice("mode"), nil, nil) }
        var inner = try NodeReader(node, path: "profile.mode")
        let (fullWords, deltaWords) = (try inner.texts("full") ?? [], try inner.texts("delta") ?? [])
        if let column = try inner.text("column") {
            try inner.finish()
            return (nil, nil, ModeColumn(column: column, fullWords: fullWords, deltaWords: deltaWords))
        }
        let (row, cell) = try place(&inner)
        try inner.finish()
        return (nil, ModeCell(row: row, cell: cell, fullWords: fullWords, deltaWords: deltaWords), nil)
    }

    private static func completeness(_ reader: inout NodeReader) throws -> Completeness {
        guard var inner = try reader.object("complete") else { return Completeness() }
        let doneFile = try inner.text("done_file").map { text in
            guard let name = doneFileName(text) else {
                throw Diagnostic(
                    "PROFILE-VALUE", "complete.done_file cannot be '\(Escaped(text))'", at: inner.location,
                    fix: "write it like ${name}.done or ${stem}.ok")
            }
            return name
        }
        let doneCount = try inner.text("done_count").map { text in
            guard doneFile != nil, let count = DoneCount(text) else {
                throw Diagnostic(
                    "PROFILE-VALUE",
                    doneFile == nil ? "complete.done_count needs complete.done_file" : "complete.done_count cannot be '\(Escaped(text))'",
                    at: inner.location,
                    fix: doneFile == nil
                        ? "add done_file: \"${name}.done\"" : "write the line of the done file with {count} in the place of the number")
            }
            return count
        }
        let completeness = Completeness(
            needsTrailerCount: try inner.flag("trailer_count") ?? false,
            needsFinalLineEnd: try inner.flag("final_line_end") ?? false,
            doneFile: doneFile, doneCount: doneCount
        )
        try inner.finish()
        return completeness
    }

    /// The name as settings write it; profiles may leave the `$` out. `nil` unless it is the file's name or stem with an ending.
    private static func doneFileName(_ text: String) -> String? {
        let name = text.hasPrefix("{") ? "$" + text : text
        guard let part = ["${name}", "${stem}"].first(where: { name.hasPrefix($0) }) else { return nil }
        let ending = name.dropFirst(part.count)
        return ending.isEmpty || ending.contains("/") || ending.contains("$") ? nil : name
    }

    /// The places of the keys, those of groups as `complete.done_file`.
    private static func places(in node: SettingNode, below prefix: String = "") -> [String: Diagnostic.Location] {
        var places: [String: Diagnostic.Location] = [:]
        for (key, value) in node.map ?? [] {
            places[prefix + key] = value.location
            if prefix.isEmpty { places.merge(Self.places(in: value, below: "\(key).")) { first, _ in first } }
        }
        return places
    }
}
