import Domain

/// What `records.json` says: the kinds of lines of a file, and where their columns stand. For lines with a tag (`H`, `D`,
/// `T`) and for fixed widths.
struct RecordsFile: Sendable {
    enum Role: String, Sendable, CaseIterable {
        /// Its columns count for the records below, until the next header of this kind or one declared before it.
        case header
        case record
        /// One more row of the record above.
        case row
        case trailer
        /// Known and of no interest.
        case ignore
    }

    enum Unknown: String, Sendable, CaseIterable {
        /// The file is refused; the default, because a kind of line that nobody knows may change what the others mean.
        case refuse
        case reject, ignore
    }

    /// What a trailer counts.
    enum Counted: String, Sendable, CaseIterable {
        case records
        case rows
        /// All lines with content, headers and trailer included.
        case lines
    }

    /// Where one column stands in its line.
    struct Place: Sendable {
        /// Name in the schema; empty for what is passed over.
        var column: String
        /// Cell, or first character, from 0.
        var start: Int
        /// In characters; 1 for cells.
        var length: Int
    }

    struct Kind: Sendable {
        var tag: String
        var role: Role
        var places: [Place]
        /// Cells, or characters, that a whole line has.
        var width: Int
        var counted: Counted
    }

    var kinds: [Kind]
    /// Where the tag stands; `nil`: the file has one kind of line.
    var tag: Place?
    var unknown: Unknown
    /// What fixed widths are filled up with.
    var padding: UInt8

    /// `dialect` is what the object of that name says, where there is one.
    init(_ node: SettingNode, isFixed: Bool, schema: TableSchema) throws {
        var reader = try NodeReader(node, path: "records")
        _ = reader.node("dialect")
        unknown = try reader.choice("unknown") ?? .refuse
        padding = try (reader.byte("padding") ?? nil) ?? UInt8(ascii: " ")
        tag = isFixed ? nil : Place(column: "", start: 0, length: 1)
        if var inner = try reader.object("tag") {
            let start = try inner.integer(isFixed ? "start" : "cell", in: 1...65_536) ?? 1
            tag = Place(column: "", start: start - 1, length: isFixed ? try inner.integer("length", in: 1...64) ?? 1 : 1)
            try inner.finish()
        }
        kinds = try (reader.entries("types") ?? []).map { try Self.kind($0, $1, isFixed: isFixed) }
        for key in ["title", "description"] { _ = reader.node(key) }
        try reader.finish()
        try check(schema, at: node.location)
    }

    private func check(_ schema: TableSchema, at location: Diagnostic.Location) throws {
        guard kinds.contains(where: { $0.role == .record }) else {
            throw Diagnostic(
                "PROFILE-KEY-MISSING", "records.types has no kind with the role record", at: location,
                fix: "say which lines are records")
        }
        if tag == nil, kinds.count > 1 {
            throw Diagnostic(
                "PROFILE-KEY-MISSING", "records has several types and no tag to tell them apart", at: location,
                fix: "add \"tag\": {\"start\": 1, \"length\": 1}")
        }
        let placed = kinds.flatMap { $0.places.map(\.column) }
        for column in placed where !column.isEmpty && schema.column(named: column) == nil {
            let nearest = NearestWord.of(column, among: schema.columns.map(\.name))
            throw Diagnostic(
                "PROFILE-COLUMN-UNKNOWN", "records.types names '\(Escaped(column))', which schema.json does not declare",
                at: location, fix: nearest.map { "did you mean '\($0)'?" } ?? "declare it in schema.json")
        }
        if let bare = schema.columns.first(where: { !placed.contains($0.name) }) {
            throw Diagnostic(
                "PROFILE-KEY-MISSING", "records.types has no place for '\(Escaped(bare.name))'", at: location,
                fix: "write where the column stands, or remove it from schema.json")
        }
    }

    private static func kind(_ tag: String, _ node: SettingNode, isFixed: Bool) throws -> Kind {
        var reader = try NodeReader(node, path: "records.types.\(tag)")
        let role: Role = try reader.choice("role") ?? .record
        let counted: Counted = try reader.choice("counts") ?? .records
        let places: [Place]
        if isFixed {
            places = try fixed(reader.node("columns")?.list ?? [], path: "records.types.\(tag).columns")
        } else {
            places = (try reader.texts("columns") ?? []).enumerated().map { Place(column: $1, start: $0, length: 1) }
        }
        try reader.finish()
        return Kind(
            tag: tag, role: role, places: places, width: places.map { $0.start + $0.length }.max() ?? 0, counted: counted)
    }

    /// Each `{name, length}`, or with a `start` of its own; counted from 1.
    private static func fixed(_ list: [SettingNode], path: String) throws -> [Place] {
        var next = 0
        return try list.map { node in
            var reader = try NodeReader(node, path: path)
            let start = try reader.integer("start", in: 1...65_536).map { $0 - 1 } ?? next
            guard let length = try reader.integer("length", in: 1...65_536) else {
                throw Diagnostic("PROFILE-KEY-MISSING", "\(path) has a column without 'length'", at: node.location, fix: "add it")
            }
            let place = Place(column: try reader.text("name") ?? "", start: start, length: length)
            try reader.finish()
            next = start + length
            return place
        }
    }
}
