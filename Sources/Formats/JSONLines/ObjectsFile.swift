import Domain

/// What `objects.json` says: where the columns stand in the JSON object that each line of the file is.
struct ObjectsFile: Sendable {
    /// A column and the members that lead to it from the record, or from its row.
    struct Place: Sendable {
        /// Name in the schema.
        var column: String
        var path: [String]
    }

    /// Of the record itself.
    var columns: [Place]
    /// The list whose objects are rows of the record, each with columns of its own; `nil`: a record is one row.
    var rows: (path: [String], columns: [Place])?

    /// `columns` name what is not called like the column: `{"sku": "product.code"}`. A path has points between its members.
    init(_ node: SettingNode, schema: TableSchema) throws {
        var reader = try NodeReader(node, path: "objects")
        var named = try Self.places(reader.node("columns"))
        if var inner = try reader.object("rows") {
            let path = Self.path(try inner.required("path"))
            rows = (path, try Self.places(inner.node("columns")))
            try inner.finish()
        }
        for key in ["title", "description", "dialect"] { _ = reader.node(key) }
        try reader.finish()
        let told = Set((named + (rows?.columns ?? [])).map(\.column))
        for column in told.sorted() where schema.column(named: column) == nil {
            let nearest = NearestWord.of(column, among: schema.columns.map(\.name))
            throw Diagnostic(
                "PROFILE-COLUMN-UNKNOWN", "objects names '\(Escaped(column))', which schema.json does not declare", at: node.location,
                fix: nearest.map { "did you mean '\($0)'?" } ?? "declare it in schema.json")
        }
        named += schema.columns.map(\.name).filter { !told.contains($0) }.map { Place(column: $0, path: [$0]) }
        columns = named
        try checkPaths(at: node.location)
    }

    /// What each of the columns is called in messages: the way to it.
    func captions(of names: [String]) -> [String] {
        let places = columns + (rows?.columns ?? [])
        return names.map { name in places.first { $0.column == name }?.path.joined(separator: ".") ?? name }
    }

    private static func places(_ node: SettingNode?) throws -> [Place] {
        guard let node else { return [] }
        guard let map = node.map else {
            throw Diagnostic("PROFILE-VALUE", "objects.columns must be an object", at: node.location, fix: "write {\"sku\": \"product.code\"}")
        }
        return try map.map { column, value in
            guard let text = value.scalar, !text.isEmpty else {
                throw Diagnostic("PROFILE-VALUE", "the place of '\(Escaped(column))' is no path", at: value.location, fix: "write \"product.code\"")
            }
            return Place(column: column, path: path(text))
        }
    }

    private static func path(_ text: String) -> [String] { text.split(separator: ".", omittingEmptySubsequences: false).map(String.init) }

    /// One place gives one column, and nothing that gives a column has members that do.
    private func checkPaths(at location: Diagnostic.Location) throws {
        for places in [columns + (rows.map { [Place(column: "", path: $0.path)] } ?? []), rows?.columns ?? []] {
            for (index, place) in places.enumerated() {
                for other in places.dropFirst(index + 1) where place.path.starts(with: other.path) || other.path.starts(with: place.path) {
                    throw Diagnostic(
                        "PROFILE-VALUE",
                        "objects gives '\(Escaped(place.path.joined(separator: ".")))' and '\(Escaped(other.path.joined(separator: ".")))', of which one is inside the other",
                        at: location, fix: "name each place once")
                }
            }
        }
    }
}
