import Domain

/// Where the value of one entity field comes from.
struct FieldMapping: Sendable {
    enum Source: Sendable {
        /// A column of the schema, by name.
        case column(String)
        case constant(String)
    }

    /// What an empty cell means.
    enum Blank: String, Sendable, CaseIterable {
        /// No statement: what is there stays.
        case keep
        /// There is no value any more.
        case clear
        /// The number 0.
        case zero
        case reject
    }

    enum Trim: String, Sendable, CaseIterable {
        /// Blanks and tabs at both ends go; the default.
        case both
        case none
    }

    var source: Source
    var blank: Blank
    var trim: Trim
    /// The file's words to ours (`E` to `1`, `C` to `100`); any other word rejects the record. Empty: as written.
    var values: [(word: String, value: String)]
    /// The file may lack the column; the field is `absent` then.
    var isOptional: Bool

    init(_ node: SettingNode, field: String) throws {
        var reader = try NodeReader(node, path: "fields.\(field)")
        let column = try reader.text("column")
        let constant = try reader.text("constant")
        switch (column, constant) {
        case (let column?, nil): source = .column(column)
        case (nil, let constant?): source = .constant(constant)
        case (nil, nil), (.some, .some):
            throw Diagnostic(
                "PROFILE-VALUE", "fields.\(field) needs either a column or a constant", at: node.location,
                fix: "write {\"column\": \"…\"} or {\"constant\": \"…\"}")
        }
        blank = try reader.choice("blank") ?? .keep
        trim = try reader.choice("trim") ?? .both
        values = try (reader.entries("values") ?? []).map { word, node in
            guard let value = node.scalar else {
                throw Diagnostic(
                    "PROFILE-VALUE", "fields.\(field).values.\(Escaped(word)) must be a text", at: node.location,
                    fix: "write {\"\(Escaped(word))\": \"…\"}")
            }
            return (word, value)
        }
        isOptional = try reader.flag("optional") ?? false
        try reader.finish()
    }
}

/// One line that holds several warehouses (or dates, or price lists) side by side: a row per code.
struct Pivot: Sendable {
    /// The entity field that gets the code.
    var field: String
    /// Entity field to the caption with `{}` for the code: `on_hand` to `WH {} Qty`. The schema declares the caption so.
    var columns: [(field: String, caption: String)]
    /// The codes in order; empty: all that the header shows.
    var codes: [String]
    var blank: FieldMapping.Blank

    var fieldNames: [String] { [field] + columns.map(\.field) }

    init(_ node: SettingNode) throws {
        var reader = try NodeReader(node, path: "pivot")
        field = try reader.required("field")
        codes = try reader.texts("codes") ?? []
        blank = try reader.choice("blank") ?? .keep
        columns = try (reader.entries("columns") ?? []).map { key, node in
            try Profile.checkTarget(key, at: node.location)
            guard let caption = node.scalar, caption.components(around: "{}") != nil else {
                throw Diagnostic(
                    "PROFILE-VALUE", "pivot.columns.\(Escaped(key)) must hold {} once", at: node.location,
                    fix: "write the caption with {} where the code stands, such as \"WH {} Qty\"")
            }
            return (key, caption)
        }
        try reader.finish()
        guard !columns.isEmpty else {
            throw Diagnostic(
                "PROFILE-KEY-MISSING", "pivot has no 'columns'", at: node.location, fix: "name the columns")
        }
    }
}

extension String {
    /// What stands before and behind `mark`; `nil` unless it stands in the text exactly once.
    func components(around mark: String) -> (before: String, behind: String)? {
        let parts = split(separator: mark, omittingEmptySubsequences: false)
        return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }
}
