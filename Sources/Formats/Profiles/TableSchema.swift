import Domain

/// The columns of a file as declared in `schema.json` (Frictionless Table Schema).
struct TableSchema: Sendable {
    var columns: [SchemaColumn]
    /// Texts that mean "no value".
    var missingValues: [String]

    func column(named name: String) -> SchemaColumn? { columns.first { $0.name == name } }

    init(_ node: SettingNode) throws {
        var reader = try NodeReader(node, path: "schema")
        missingValues = try reader.texts("missingValues") ?? [""]
        guard let list = reader.node("fields")?.list, !list.isEmpty else {
            throw Diagnostic(
                "PROFILE-KEY-MISSING", "schema has no 'fields'", at: node.location, fix: "list the columns")
        }
        columns = try list.map { try SchemaColumn($0) }
        // Descriptive keys of the standard that say nothing about the values.
        for key in ["$schema", "title", "description", "primaryKey"] { _ = reader.node(key) }
        try reader.finish()
        for (index, column) in columns.enumerated() where columns[..<index].contains(where: { $0.name == column.name }) {
            throw Diagnostic(
                "PROFILE-VALUE", "the column '\(Escaped(column.name))' is declared twice", at: list[index].location,
                fix: "remove one of them")
        }
    }
}
