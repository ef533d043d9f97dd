import Domain

extension ProfileDraft {
    /// A profile of an XML file: the likeliest record, and every value that stands once in it.
    init(title: String, _ document: DocumentInspection, columns: [InspectionReport.Column], fields: [String: Int]) {
        let names = document.fields.map(\.path)
        let taken = fields.values.sorted()
        let structure = JSONText.object([
            ("record", .text(Self.belowRoot(document.record.path))), ("columns", .object(taken.map { (names[$0], .text(names[$0])) })),
        ])
        let schema = JSONText.object([
            ("fields", .list(taken.map { Self.column($0, names[$0], columns, fields) })), ("missingValues", .list([.text("")])),
        ])
        var keys: [(String, JSONText)] = [
            ("title", .text(title)), ("description", .text(Self.advice)), ("version", .number(1)), ("format", .text("xml")), ("mode", .text("full")),
        ]
        let numbers = Self.numbers(columns)
        if !numbers.isEmpty { keys.append(("numbers", .object(numbers))) }
        keys += [
            ("fields", .object(Self.mappings(fields, names))), ("duplicate_keys", .text("reject")),
            ("event_time", .object([("source", .text("modified"))])), ("complete", .object([("final_line_end", .flag(true))])),
        ]
        self.init(
            structureFile: Profile.Format.xml.structureFile, structure: structure.block, schema: schema.block, profile: JSONText.object(keys).block)
    }

    /// `/Stock/Items/Item` as a profile writes it: from the document's element on, whose name may change.
    private static func belowRoot(_ path: String) -> String {
        "/" + path.split(separator: "/").dropFirst().joined(separator: "/")
    }
}
