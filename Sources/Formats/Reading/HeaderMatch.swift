import Domain

/// Finds the declared columns among a file's captions, and says in words what does not fit.
struct HeaderMatch {
    /// Declared name to position, for those that were found.
    private(set) var positions: [String: Int] = [:]
    /// Cells that a record must have, our own added columns included.
    private(set) var width: Int
    /// Our five columns stand at the end: a corrected reject file came back.
    private(set) var isRejectFile = false
    private let normalised: [String]
    private let captions: [String]
    private let place: Diagnostic.Location

    /// Without a header the declared order holds.
    init(schema: TableSchema, place: Diagnostic.Location) {
        captions = schema.columns.map(\.name)
        normalised = captions.map(Self.normalise)
        width = captions.count
        self.place = place
        for (index, name) in captions.enumerated() { positions[name] = index }
    }

    /// Throws `HEADER-…` where the captions do not fit the rules.
    init(schema: TableSchema, rules: HeaderRules, captions: [String], pivot: Pivot?, place: Diagnostic.Location) throws {
        self.captions = captions
        self.place = place
        normalised = captions.map(Self.normalise)
        width = captions.count
        isRejectFile = captions.count > RejectWriter.columns.count && captions.suffix(5) == RejectWriter.columns[...]
        for column in schema.columns {
            let names = [column.name] + (rules.aliases[column.name] ?? [])
            let wanted = names.map(Self.normalise)
            let found = normalised.indices.filter { wanted.contains(normalised[$0]) }
            guard found.count <= 1 else {
                throw Diagnostic(
                    "HEADER-DUPLICATE",
                    "the column '\(Escaped(column.name))' stands \(found.count) times in the header",
                    at: place, fix: "ask the sender to remove one; it cannot be guessed which one is meant")
            }
            positions[column.name] = found.first
        }
        try check(rules, schema: schema, pivot: pivot)
    }

    /// The position of `column`. Throws `HEADER-COLUMN-MISSING` unless it `isOptional`.
    func position(of column: String, isOptional: Bool) throws -> Int? {
        if let position = positions[column] { return position }
        if isOptional { return nil }
        throw missing(column)
    }

    /// The position of the caption that `template` gives for `code`.
    func position(of template: String, code: String) throws -> Int {
        let caption = template.replacing("{}", with: code)
        guard let position = normalised.firstIndex(of: Self.normalise(caption)) else { throw missing(caption) }
        return position
    }

    /// The codes for which the header has a caption like `template`, in the file's order.
    func codes(matching template: String) -> [String] {
        guard let (before, behind) = template.components(around: "{}") else { return [] }
        let start = Self.normalise(before + "x").dropLast()
        let end = Self.normalise("x" + behind).dropFirst()
        return captions.compactMap { caption in
            let plain = Self.trim(caption)
            let lower = Self.normalise(caption)
            guard lower.count == plain.count, lower.count > start.count + end.count else { return nil }
            guard lower.hasPrefix(start), lower.hasSuffix(end) else { return nil }
            return String(plain.dropFirst(start.count).dropLast(end.count))
        }
    }

    private func check(_ rules: HeaderRules, schema: TableSchema, pivot: Pivot?) throws {
        if rules.unknown == .refuse {
            let pivoted = Set(pivot.map(pivotedCaptions) ?? [])
            let known = Set(positions.values)
            for (index, caption) in captions.enumerated() where !known.contains(index) && !pivoted.contains(normalised[index]) {
                if isRejectFile, index >= captions.count - RejectWriter.columns.count { continue }
                throw Diagnostic(
                    "HEADER-COLUMN-UNKNOWN",
                    "the file has a column '\(Escaped(caption))' that the profile does not know",
                    at: place,
                    fix: pivot?.codes.isEmpty == false
                        ? "add it to pivot.codes, or declare it in schema.json" : "declare it in schema.json, or set header.unknown to allow")
            }
        }
        guard rules.order == .declared else { return }
        let order = schema.columns.compactMap { column in positions[column.name].map { (column.name, $0) } }
        for (left, right) in zip(order, order.dropFirst()) where left.1 > right.1 {
            throw Diagnostic(
                "HEADER-ORDER", "the column '\(Escaped(right.0))' stands before '\(Escaped(left.0))'",
                at: place,
                fix: "ask the sender what changed, or set header.order to any: columns are found by caption")
        }
    }

    /// The captions of columns side by side: of the listed codes, else of all that the header shows.
    private func pivotedCaptions(_ pivot: Pivot) -> [String] {
        let captions = pivot.columns.map(\.caption)
        let codes = pivot.codes.isEmpty ? captions.flatMap { self.codes(matching: $0) } : pivot.codes
        return captions.flatMap { caption in codes.map { Self.normalise(caption.replacing("{}", with: $0)) } }
    }

    private func missing(_ column: String) -> Diagnostic {
        let free = captions.enumerated().filter { !positions.values.contains($0.offset) }.map(\.element)
        let shown = captions.prefix(12).map { "'\(Escaped($0, limit: 40))'" }.joined(separator: ", ")
        let nearest = NearestWord.of(column, among: free).map {
            "if '\(Escaped($0))' is the same column, add it to header.aliases"
        }
        return Diagnostic(
            "HEADER-COLUMN-MISSING",
            "the file has no column '\(Escaped(column))'; its columns are \(shown)",
            at: place,
            fix: nearest ?? "check that the right file lands in this folder, or add the caption to header.aliases"
        )
    }

    private static func trim(_ caption: String) -> String {
        String(caption.unicodeScalars.filter { !($0.value >= 0x200B && $0.value <= 0x200F) && $0.value != 0xFEFF })
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Letter case, surrounding and repeated blanks, and invisible characters do not make another caption.
    static func normalise(_ caption: String) -> String { trim(caption).lowercased() }
}
