import Domain

/// Turns a profile's mappings into plans for one file's header.
struct PlanMaker {
    let profile: Profile
    let match: HeaderMatch
    let captions: [String]
    let zone: ZoneRules

    func plan(_ field: EntityField) throws -> ColumnPlan {
        guard let mapping = profile.mappings[field.name] else { return .absent }
        switch mapping.source {
        case .column(let name):
            return try column(
                name, kind: field.kind, isCode: field.isCode,
                mapping: CellMapping(
                    blank: mapping.blank, trim: mapping.trim, isOptional: mapping.isOptional,
                    values: mapping.values
                )
            )
        case .constant(let text): return try constant(text, field)
        }
    }

    func plan(_ field: EntityField, pivot: Pivot, code: String) throws -> ColumnPlan {
        if field.name == pivot.field { return try constant(code, field) }
        guard let template = pivot.columns.first(where: { $0.field == field.name })?.caption else {
            return try plan(field)
        }
        guard let schema = profile.schema.column(named: template) else { return .absent }
        let position = try match.position(of: template, code: code)
        return try plan(schema, at: position, kind: field.kind, isCode: field.isCode, mapping: CellMapping(blank: pivot.blank))
    }

    func column(
        _ name: String,
        kind: EntityField.Kind,
        isCode: Bool,
        mapping: CellMapping
    ) throws -> ColumnPlan {
        guard let schema = profile.schema.column(named: name) else { return .absent }
        guard let position = try match.position(of: name, isOptional: mapping.isOptional) else { return .absent }
        return try plan(schema, at: position, kind: kind, isCode: isCode, mapping: mapping)
    }

    func codes(of pivot: Pivot, place: Diagnostic.Location) throws -> [String] {
        guard pivot.codes.isEmpty else { return pivot.codes }
        let codes = match.codes(matching: pivot.columns[0].caption)
        guard codes.isEmpty else { return codes }
        throw Diagnostic(
            "HEADER-COLUMN-MISSING", "the file has no column like '\(Escaped(pivot.columns[0].caption))'",
            at: place,
            fix: "check that the right file lands in this folder, or correct pivot.columns in profile.json")
    }

    private func plan(
        _ schema: SchemaColumn,
        at position: Int,
        kind: EntityField.Kind,
        isCode: Bool,
        mapping: CellMapping
    ) throws -> ColumnPlan {
        let planned: ColumnPlan.Kind
        for (_, value) in mapping.values { try checkWord(value, of: kind, column: schema.name) }
        switch (kind, schema.kind) {
        case (.text, _): planned = .text
        case (.decimal, _) where !mapping.values.isEmpty: planned = .decimal
        case (.boolean, _) where !mapping.values.isEmpty: planned = .boolean
        case (.decimal, .number), (.decimal, .integer): planned = .decimal
        case (.instant, .date), (.instant, .datetime): planned = .instant
        case (.boolean, .boolean): planned = .boolean
        case (.decimal, _), (.instant, _), (.boolean, _):
            throw Diagnostic(
                "PROFILE-FIELD-KIND",
                "a field of kind \(kind.rawValue) cannot come from '\(Escaped(schema.name))', a \(schema.kind.rawValue)",
                at: .init(file: profile.name), fix: "correct the column's type in schema.json, or map another column")
        }
        let caption = position < captions.count ? captions[position] : schema.name
        let rules = ColumnRules(
            column: schema, caption: caption, mapping: mapping, isCode: isCode, profile: profile, zone: zone)
        return ColumnPlan(kind: planned, position: position, rules: rules)
    }

    /// Throws `PROFILE-FIELD-KIND` where a word of a mapping's `values` cannot be a value of the field.
    private func checkWord(_ text: String, of kind: EntityField.Kind, column: String) throws {
        let isPossible =
            switch kind {
            case .text: true
            case .decimal: ExactDecimal(plain: text) != nil
            case .boolean: Bool(text) != nil
            case .instant: false
            }
        guard !isPossible else { return }
        throw Diagnostic(
            "PROFILE-FIELD-KIND",
            "'\(Escaped(text))' in the values of the column '\(Escaped(column))' cannot be a \(kind.rawValue)",
            at: .init(file: profile.name), fix: "write plain numbers for numbers, true and false for yes and no")
    }

    private func constant(_ text: String, _ field: EntityField) throws -> ColumnPlan {
        let kind: ColumnPlan.Kind? =
            switch field.kind {
            case .text: .constantText(Array(text.utf8))
            case .decimal: ExactDecimal(plain: text).map { .constant(.decimal($0)) }
            case .boolean: Bool(text).map { .constant(.boolean($0)) }
            case .instant: nil
            }
        guard let kind else {
            throw Diagnostic(
                "PROFILE-FIELD-KIND",
                "'\(Escaped(text))' cannot be the constant of \(field.name), a \(field.kind.rawValue)",
                at: .init(file: profile.name), fix: "write a value of that kind, or map a column")
        }
        return ColumnPlan(kind: kind, position: 0, rules: nil)
    }
}
