import Domain

/// A new profile from what was found in a sample: the three files as texts.
package struct ProfileDraft: Sendable {
    /// `dialect.json`, or the file that stands in its place.
    package let structureFile: String
    package let structure: String
    package let schema: String
    package let profile: String

    static let advice = "Proposed from a sample by tallyman init. Confirm it with a second file of another day."

    init(structureFile: String, structure: String, schema: String, profile: String) {
        (self.structureFile, self.structure, self.schema, self.profile) = (structureFile, structure, schema, profile)
    }

    /// What a draft is made from.
    struct Findings {
        var report: InspectionReport
        var text: TextInspection
        var encoding: TextEncoding
        /// With the readings that are taken.
        var columns: [InspectionReport.Column]
        /// Field to column.
        var fields: [String: Int]
        var pivot: PivotGuess.Found?
        var trailer: Layout.Trailer?
        /// As `layout.page_titles`.
        var pageTitles: [String]
    }

    init(title: String, _ findings: Findings) {
        let isQuoted = findings.report.quote != nil || findings.report.separator == UInt8(ascii: ",")
        let hasHeader = findings.text.header.row != nil
        structureFile = Profile.Format.csv.structureFile
        structure =
            JSONText.object(
                [("delimiter", .text(String(decoding: [findings.report.separator ?? UInt8(ascii: ",")], as: UTF8.self)))]
                    + Self.quoting(findings.text.guess.dialect, isQuoted: isQuoted)
                    + [("header", .flag(hasHeader))] + Self.headerRows(findings)
            ).inline + "\n"
        let names = Self.names(findings)
        schema =
            JSONText.object([
                (
                    "fields",
                    .list(
                        findings.columns.indices.compactMap { index in
                            names[index].map { Self.column(index, $0, findings.columns, findings.fields) }
                        } + Self.pivoted(findings))
                ),
                ("missingValues", .list(Self.missingValues(findings).map(JSONText.text))),
            ]).block
        profile = JSONText.object(Self.keys(title, findings, names)).block
    }

    private static func quoting(_ dialect: CSVDialect, isQuoted: Bool) -> [(String, JSONText)] {
        func text(_ byte: UInt8?) -> JSONText { byte.map { .text(String(decoding: [$0], as: UTF8.self)) } ?? .null }
        var keys: [(String, JSONText)] = [("quoteChar", isQuoted ? text(dialect.quote) : .null)]
        if isQuoted { keys.append(("doubleQuote", .flag(dialect.isQuoteDoubled))) }
        if isQuoted, dialect.escape != nil { keys.append(("escapeChar", text(dialect.escape))) }
        if dialect.skipsInitialSpace { keys.append(("skipInitialSpace", .flag(true))) }
        if !dialect.commentPrefix.isEmpty { keys.append(("commentChar", .text(String(decoding: dialect.commentPrefix, as: UTF8.self)))) }
        return keys
    }

    /// Reads the draft as a profile. Throws `PROFILE-…` where the findings contradict each other.
    package func loaded(as name: String) throws -> Profile {
        try Profile(
            name: name, profile: JSONDocument.parse(Array(profile.utf8), file: "profile.json"),
            schema: JSONDocument.parse(Array(schema.utf8), file: "schema.json"),
            structure: JSONDocument.parse(Array(structure.utf8), file: structureFile))
    }

    /// The name of each column to declare; a column that a header does not name, or names like another, is left out.
    private static func names(_ findings: Findings) -> [String?] {
        let captions = findings.text.captions
        guard !captions.isEmpty else { return findings.columns.indices.map { "column \($0 + 1)" } }
        let single = singleCaptions(captions)
        return findings.columns.indices.map { index in
            guard index < captions.count, findings.pivot?.indices.contains(index) != true else { return nil }
            return single.contains(captions[index]) ? captions[index] : nil
        }
    }

    /// One column for each quantity, with `{}` for the warehouse; of its numbers the most telling one speaks for all.
    private static func pivoted(_ findings: Findings) -> [JSONText] {
        guard let pivot = findings.pivot else { return [] }
        let telling = pivot.indices.sorted().first { index in
            if case .number(let number) = findings.columns[index].reading { number.style != .plain } else { false }
        }
        guard let index = telling ?? pivot.indices.min() else { return [] }
        return pivot.columns.map { column(index, $0.caption, findings.columns, [:]) }
    }

    /// The captions that stand for one column alone.
    static func singleCaptions(_ captions: [String]) -> Set<String> {
        let seen = captions.map { CaptionWords($0).joined }
        return Set(captions.indices.filter { index in !seen[index].isEmpty && seen.count { $0 == seen[index] } == 1 }.map { captions[$0] })
    }

    static func column(_ index: Int, _ name: String, _ columns: [InspectionReport.Column], _ fields: [String: Int]) -> JSONText {
        let kinds = fields.filter { $0.value == index }.compactMap { FieldVocabulary.kind(of: $0.key) }
        var pairs: [(String, JSONText)] = [("name", .text(name))]
        let reading = columns[index].reading
        if kinds.contains(.text) {
            pairs.append(("type", .text("string")))
        } else {
            switch reading {
            case .empty: pairs.append(("type", .text(kinds.contains(.decimal) ? "number" : "string")))
            case .text, .code: pairs.append(("type", .text("string")))
            case .number(let number):
                // A quantity that is whole today may have decimals tomorrow.
                pairs.append(("type", .text("number")))
                pairs += Self.style(number)
            case .date(let date): pairs += [("type", .text(reading.type)), ("format", .text(date.format))]
            case .boolean(let yes, let no):
                pairs += [
                    ("type", .text("boolean")), ("trueValues", .list(yes.map(JSONText.text))), ("falseValues", .list(no.map(JSONText.text))),
                ]
            }
        }
        if ["sku", "account"].contains(where: { fields[$0] == index }) {
            pairs.append(("constraints", .object([("required", .flag(true))])))
        }
        return .object(pairs)
    }

    private static func style(_ number: ColumnReading.NumberReading) -> [(String, JSONText)] {
        var pairs: [(String, JSONText)] = []
        switch number.style {
        case .plain: break
        case .grouped: pairs.append(("groupChar", .text(",")))
        case .continental: pairs += [("decimalChar", .text(",")), ("groupChar", .text("."))]
        case .blankGrouped: pairs.append(("groupChar", .text(" ")))
        case .blankContinental: pairs += [("decimalChar", .text(",")), ("groupChar", .text(" "))]
        case .apostropheGrouped: pairs.append(("groupChar", .text("'")))
        }
        if number.hasCurrency { pairs.append(("bareNumber", .flag(false))) }
        return pairs
    }

    private static func missingValues(_ findings: Findings) -> [String] {
        let words = ["- None -", "N/A", "NULL", "\\N"]
        let found = words.filter { word in
            findings.text.body.contains { row in row.cells.contains { $0.trimmingBlanks().elementsEqual(word.utf8) } }
        }
        return [""] + found
    }

    private static func keys(_ title: String, _ findings: Findings, _ names: [String?]) -> [(String, JSONText)] {
        var keys: [(String, JSONText)] = [
            ("title", .text(title)),
            ("description", .text(Self.advice)),
            ("version", .number(1)), ("encoding", .text(findings.encoding.rawValue)), ("mode", .text("full")),
        ]
        let layout = Self.layout(findings)
        if !layout.isEmpty { keys.append(("layout", .object(layout))) }
        keys.append(("header", .object(Self.header(findings))))
        let numbers = Self.numbers(findings.columns)
        if !numbers.isEmpty { keys.append(("numbers", .object(numbers))) }
        keys.append(("fields", .object(Self.mappings(findings.fields, names))))
        if let pivot = findings.pivot {
            let columns = pivot.columns.map { ($0.field, JSONText.text($0.caption)) }
            let codes: [(String, JSONText)] = pivot.isBare ? [("codes", .list(pivot.codes.map(JSONText.text)))] : []
            keys.append(("pivot", .object([("field", .text("warehouse")), ("columns", .object(columns))] + codes + [("blank", .text("reject"))])))
        }
        if let trailer = findings.trailer {
            keys.append(
                (
                    "trailer",
                    .object(
                        (trailer.firstCell.map { [("first_cell", .text($0))] } ?? [])
                            + (trailer.countCell.map { [("count_cell", .number($0))] } ?? []))
                ))
        }
        keys += [("duplicate_keys", .text("reject")), ("event_time", .object([("source", .text("modified"))]))]
        let isCounted = findings.trailer?.countCell != nil
        keys.append(("complete", .object([isCounted ? ("trailer_count", .flag(true)) : ("final_line_end", .flag(true))])))
        return keys
    }

    private static func header(_ findings: Findings) -> [(String, JSONText)] {
        if findings.text.header.row == nil { return [("order", .text("declared"))] }
        // Where a caption is a warehouse's name, an unknown one may be a new warehouse: it is not to be passed over.
        return [("unknown", .text(findings.pivot?.isBare == true ? "refuse" : "allow"))]
    }

    /// Where the captions stand, if they do so in two rows.
    private static func headerRows(_ findings: Findings) -> [(String, JSONText)] {
        let header = findings.text.header
        guard header.hasGroups, let row = header.row else { return [] }
        let line = findings.text.rows[row].line
        return [("headerRows", .list([.number(line - 1), .number(line)]))]
    }

    private static func layout(_ findings: Findings) -> [(String, JSONText)] {
        var layout: [(String, JSONText)] = []
        let header = findings.text.header
        let first = header.row ?? header.preamble
        let line = findings.text.rows.indices.contains(first) ? findings.text.rows[first].line : 1
        // Comments are passed over wherever they are, and however many there are.
        let isBelowComments = first == 0 && !findings.text.guess.dialect.commentPrefix.isEmpty
        if header.hasGroups {
            layout.append(("caption_groups", .text("fill")))
        } else if line > 1, !isBelowComments {
            layout.append(("preamble", .number(line - 1)))
        }
        if header.extraRows > 0 { layout.append(("extra_header_rows", .number(header.extraRows))) }
        if !findings.pageTitles.isEmpty { layout.append(("page_titles", .list(findings.pageTitles.map(JSONText.text)))) }
        if findings.report.troubles.contains(where: { $0.code == "QUOTES-STRAY" }) { layout.append(("stray_quotes", .text("literal"))) }
        return layout
    }

    static func numbers(_ columns: [InspectionReport.Column]) -> [(String, JSONText)] {
        let readings = columns.compactMap { column in
            if case .number(let number) = column.reading { number } else { nil }
        }
        return (readings.contains(where: \.hasTrailingMinus) ? [("trailing_minus", .flag(true))] : [])
            + (readings.contains(where: \.hasParentheses) ? [("parentheses", .flag(true))] : [])
    }

    /// In the vocabulary's order.
    static func mappings(_ fields: [String: Int], _ names: [String?]) -> [(String, JSONText)] {
        FieldVocabulary.fields.compactMap { field in
            fields[field.name].flatMap { names[$0] }.map { (field.name, mapping(field.name, $0)) }
        }
    }

    /// What a blank cell means is the owner's to say; these are the readings that do no harm.
    static func mapping(_ field: String, _ column: String) -> JSONText {
        let base: [(String, JSONText)] = [("column", .text(column))]
        switch field {
        case "sku", "account", "warehouse", "on_hand", "free", "group", "tier_price": return .object(base + [("blank", .text("reject"))])
        case "allocated": return .object(base + [("blank", .text("zero"))])
        default: return .object(base)
        }
    }
}
