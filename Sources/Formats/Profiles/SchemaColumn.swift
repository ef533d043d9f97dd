import Domain

/// One column of a table schema: its caption, type, written form and constraints.
struct SchemaColumn: Sendable {
    enum Kind: String, CaseIterable, Sendable { case string, number, integer, boolean, date, datetime }

    var name: String
    var kind: Kind
    /// The declared format; of use for dates.
    var format: String
    var decimals = DecimalFormat()
    var trueValues = ["true", "True", "TRUE", "1"]
    var falseValues = ["false", "False", "FALSE", "0"]
    var constraints = Constraints()
    var personal = PersonalClass.none

    struct Constraints: Sendable {
        var isRequired = false
        var minimum: ExactDecimal?
        var maximum: ExactDecimal?
        var minimumLength: Int?
        var maximumLength: Int?
        var pattern: SafePattern?
        var choices: [String]?
    }

    init(_ node: SettingNode) throws {
        var reader = try NodeReader(node, path: "schema.fields")
        name = try reader.required("name")
        kind = try reader.choice("type") ?? .string
        format = try reader.text("format") ?? "default"
        if let mark = try reader.byte("decimalChar") { decimals.decimalPoint = mark ?? UInt8(ascii: ".") }
        if let text = try reader.text("groupChar"), let groups = NumberSpelling.Groups(text) {
            decimals.groups = groups
        } else if let mark = try reader.byte("groupChar") {
            decimals.groupMark = mark
        }
        decimals.allowsCurrency = try reader.flag("bareNumber") == false
        if let words = try reader.texts("trueValues") { trueValues = words }
        if let words = try reader.texts("falseValues") { falseValues = words }
        personal = try reader.choice("personal") ?? .none
        for key in ["title", "description", "rdfType", "example"] { _ = reader.node(key) }
        if var inner = try reader.object("constraints") { constraints = try Self.constraints(&inner) }
        try reader.finish()
        if kind == .date || kind == .datetime, DatePattern(resolvedFormat) == nil {
            throw Diagnostic(
                "PROFILE-VALUE", "the date format '\(Escaped(format))' of '\(Escaped(name))' is not understood",
                at: node.location, fix: "use %d %m %Y %y %b %H %M %S %f %z, for example %d/%m/%Y %H:%M")
        }
    }

    /// The date pattern with the standard's defaults filled in.
    var resolvedFormat: String {
        guard format == "default" else { return format }
        return kind == .date ? "%Y-%m-%d" : "%Y-%m-%dT%H:%M:%S%z"
    }

    private static func constraints(_ reader: inout NodeReader) throws -> Constraints {
        var constraints = Constraints()
        constraints.isRequired = try reader.flag("required") ?? false
        constraints.minimum = try decimal("minimum", &reader)
        constraints.maximum = try decimal("maximum", &reader)
        constraints.minimumLength = try reader.integer("minLength", in: 0...1_000_000)
        constraints.maximumLength = try reader.integer("maxLength", in: 0...1_000_000)
        constraints.choices = try reader.texts("enum")
        if let text = try reader.text("pattern") {
            do {
                constraints.pattern = try SafePattern(text)
            } catch {
                throw Diagnostic(
                    "PROFILE-PATTERN", "the pattern '\(Escaped(text))' cannot be used: \(error.text)",
                    at: reader.location, fix: "use literals, classes [A-Z], \\d, ?, *, +, {n,m} and top-level |")
            }
        }
        try reader.finish()
        return constraints
    }

    private static func decimal(_ key: String, _ reader: inout NodeReader) throws -> ExactDecimal? {
        guard let text = try reader.text(key) else { return nil }
        if let number = ExactDecimal(plain: text) { return number }
        throw Diagnostic(
            "PROFILE-VALUE", "\(reader.path).\(key) must be a number", at: reader.location, fix: "write a plain number"
        )
    }
}
