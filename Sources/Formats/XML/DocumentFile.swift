import Domain

/// What `document.json` says: which elements of an XML file are records, and where their columns stand.
struct DocumentFile: Sendable {
    /// Several elements for one column.
    enum Repeated: String, Sendable, CaseIterable {
        case first, last
        /// The record is rejected; the default, because nobody said which one counts.
        case reject
        /// All of them, with a separator between.
        case join
    }

    enum Documents: String, Sendable, CaseIterable {
        /// One root element, one document; the default.
        case one
        /// Several documents in one file, one after the other or in a wrapper. One that is broken spoils the file.
        case many
        /// Several roots one after the other; one that is broken is rejected alone.
        case independent
    }

    struct Column: Sendable {
        var name: String
        var paths: [XMLPath]
        var repeated: Repeated
        var separator: String
    }

    /// `<field name="Price">`: columns that are told apart by an attribute.
    struct Captioned: Sendable {
        var element: String
        var attribute: String
    }

    /// Local names from the outside in; the record is the last.
    var record: [String]
    /// The record's path starts at the document's element.
    var isRecordAbsolute: Bool
    /// Local names of the elements that are documents; empty: the root, whatever its name.
    var documentNames: [String]
    var documents: Documents
    /// Namespaces that the document's element may have; empty: any or none.
    var namespaces: [String]
    /// Names of DTD files that a document type may mention, as old standards demand. They are never opened.
    var doctypes: [String]
    /// Relative to the record: an element that repeats and gives a row each time.
    var rows: [String]
    var columns: [Column]
    /// Path below the folder of schemas.
    var schemaPath: String?
    /// Whether elements and attributes that the schema does not know are errors.
    var isClosed: Bool
    var limits: XMLLimits

    init(_ node: SettingNode, schema: TableSchema, aliases: [String: [String]]) throws {
        var reader = try NodeReader(node, path: "document")
        let recordText = try reader.required("record")
        (record, isRecordAbsolute) = try Self.names(recordText, "record", node)
        documentNames = try reader.texts("document") ?? []
        documents = try reader.choice("documents") ?? .one
        namespaces = try reader.texts("namespaces") ?? []
        doctypes = try reader.texts("doctypes") ?? []
        rows = try reader.text("rows").map { try Self.names($0, "rows", node).0 } ?? []
        schemaPath = try reader.text("schema")
        isClosed = try reader.flag("closed") ?? false
        limits = try XMLLimits(reader.node("limits"))
        columns = try (reader.entries("columns") ?? []).map { try Self.column($0, $1) }
        if var inner = try reader.object("captioned") {
            let captioned = Captioned(
                element: try inner.text("element") ?? "field", attribute: try inner.text("attribute") ?? "name")
            try inner.finish()
            columns += try Self.columns(captioned, schema: schema, besides: columns.map(\.name), aliases: aliases)
        }
        for key in ["title", "description"] { _ = reader.node(key) }
        try reader.finish()
        try check(schema, at: node.location)
    }

    private func check(_ schema: TableSchema, at location: Diagnostic.Location) throws {
        for column in columns {
            guard column.paths.allSatisfy({ $0.start == column.paths[0].start }) else {
                throw Self.fault(
                    "columns.\(Escaped(column.name))", "mixes values of the record with values from above it", location,
                    "make two columns of it")
            }
            if schema.column(named: column.name) == nil {
                let nearest = NearestWord.of(column.name, among: schema.columns.map(\.name))
                throw Diagnostic(
                    "PROFILE-COLUMN-UNKNOWN",
                    "document.columns names '\(Escaped(column.name))', which schema.json does not declare", at: location,
                    fix: nearest.map { "did you mean '\($0)'?" } ?? "declare it in schema.json")
            }
            for path in column.paths {
                guard case .record(let above) = path.start, above >= record.count else { continue }
                throw Self.fault(
                    "columns.\(Escaped(column.name))", "goes further up than the path of the record does", location,
                    "name the ancestors in 'record', such as price/break for ../@sku")
            }
        }
        if let bare = schema.columns.first(where: { column in !columns.contains { $0.name == column.name } }) {
            throw Diagnostic(
                "PROFILE-KEY-MISSING", "document.columns has no path for '\(Escaped(bare.name))'", at: location,
                fix: "write where the column stands, or remove it from schema.json")
        }
        if let schemaPath, schemaPath.hasPrefix("/") || schemaPath.split(separator: "/").contains("..") {
            throw Self.fault("schema", "must lie below the folder of schemas", location, "write it like ubl/catalogue.xsd")
        }
    }

    private static func column(_ name: String, _ node: SettingNode) throws -> Column {
        if let text = node.scalar {
            return Column(name: name, paths: [try path(text, name, node)], repeated: .reject, separator: " ")
        }
        var reader = try NodeReader(node, path: "document.columns.\(name)")
        var texts = try reader.texts("paths") ?? []
        if let text = try reader.text("path") { texts.append(text) }
        guard !texts.isEmpty else {
            throw Diagnostic(
                "PROFILE-KEY-MISSING", "document.columns.\(Escaped(name)) has no path", at: node.location,
                fix: "add \"path\": \"…\"")
        }
        let column = Column(
            name: name, paths: try texts.map { try path($0, name, node) },
            repeated: try reader.choice("repeat") ?? .reject, separator: try reader.text("separator") ?? " ")
        try reader.finish()
        return column
    }

    private static func columns(
        _ captioned: Captioned, schema: TableSchema, besides known: [String], aliases: [String: [String]]
    ) throws -> [Column] {
        try schema.columns.filter { !known.contains($0.name) }.map { column in
            let captions = [column.name] + (aliases[column.name] ?? [])
            let paths = captions.map { "\(captioned.element)[@\(captioned.attribute)=\"\($0)\"]" }
            return Column(
                name: column.name,
                paths: try paths.map { try path($0, column.name, SettingNode(.null, at: .init(file: "document.json"))) },
                repeated: .reject, separator: " ")
        }
    }

    private static func path(_ text: String, _ column: String, _ node: SettingNode) throws -> XMLPath {
        do throws(XMLPath.Fault) {
            return try XMLPath(text)
        } catch {
            throw fault(
                "columns.\(Escaped(column))", "has the path '\(Escaped(text))': \(error.text)", node.location,
                "write local names with slashes, such as Price/Amount or @id")
        }
    }

    private static func names(_ text: String, _ key: String, _ node: SettingNode) throws -> ([String], Bool) {
        do throws(XMLPath.Fault) {
            return try XMLPath.names(text)
        } catch {
            throw fault(key, "is '\(Escaped(text))': \(error.text)", node.location, "write it like Stock/Item")
        }
    }

    private static func fault(_ key: String, _ text: String, _ location: Diagnostic.Location, _ fix: String) -> Diagnostic {
        Diagnostic("PROFILE-VALUE", "document.\(key) \(text)", at: location, fix: fix)
    }
}
