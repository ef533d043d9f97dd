import Domain

/// Warehouses side by side: whether columns of a table hold a quantity for each warehouse, and which.
///
/// Never sure: `Opening Stock` and `Closing Stock` look the same. The question `warehouses` is asked whenever something is found.
struct PivotGuess {
    struct Found {
        /// Entity field to the caption with `{}` for the warehouse.
        var columns: [(field: String, caption: String)]
        var codes: [String]
        /// The table's columns that are taken up.
        var indices: Set<Int>

        /// The field that a stock file cannot do without.
        var quantity: String { columns.first { PivotGuess.quantities.contains($0.field) }?.field ?? "" }
        /// The captions are the warehouses' names alone, so that only a list of them says which columns are meant.
        var isBare: Bool { columns.contains { $0.caption == "{}" } }
        var fieldNames: [String] { ["warehouse"] + columns.map(\.field) }
    }

    private static let quantities = ["on_hand", "free"]
    /// What is taken: as answered, or where captions name the quantity.
    let found: Found?
    /// Asked where something was found and nobody has answered.
    let question: Question?

    /// `wanted` is the entity that was asked for. Throws `ANSWER-VALUE`.
    init(_ columns: [InspectionReport.Column], _ fields: FieldGuess, wanted: GuessedEntity?, answers: GuessAnswers) throws {
        let answer = try answers.choice("warehouses", of: Self.quantities + ["none"])
        let isTold = (Self.quantities + ["warehouse"]).contains { fields.columns[$0]?.certainty == .sure }
        let named = Self.named(columns)
        guard answer != "none", answer != nil || !isTold, wanted == nil || wanted == .stock,
            let seen = named ?? Self.bare(columns, fields)
        else {
            (found, question) = (nil, nil)
            return
        }
        if let answer {
            (found, question) = (seen.taking(answer), nil)
            return
        }
        // Numbers under plain words may be measures as well as stock.
        let isTaken = named != nil || wanted == .stock
        found = isTaken ? seen : nil
        let shown = seen.codes.prefix(6).map { "'\(Escaped($0, limit: 40))'" }.joined(separator: ", ")
        question = Question(
            key: "warehouses", text: "\(shown) may be warehouses side by side; say what their quantities are, or none",
            choices: Self.quantities + ["none"], assumed: isTaken ? seen.quantity : "none")
    }

    /// `Leeds On Hand`, `Qty_BHM`: captions of one quantity that differ in a code alone.
    private static func named(_ columns: [InspectionReport.Column]) -> Found? {
        var found: Found?
        for field in ["on_hand", "free", "allocated"] {
            var groups: [String: [(code: String, index: Int)]] = [:]
            for index in columns.indices where isQuantity(columns[index].reading) {
                guard let (caption, code) = template(columns[index].caption, field) else { continue }
                groups[caption, default: []].append((code, index))
            }
            guard let (caption, members) = groups.max(by: { ($0.value.count, $1.key) < ($1.value.count, $0.key) }), members.count > 1
            else { continue }
            let codes = members.map(\.code)
            guard found == nil || found?.codes.sorted() == codes.sorted() else { continue }
            var next = found ?? Found(columns: [], codes: codes, indices: [])
            next.columns.append((field, caption))
            next.indices.formUnion(members.map(\.index))
            found = next
        }
        guard let found, !found.quantity.isEmpty else { return nil }
        return found
    }

    /// The caption with `{}` for what stands beside one of the field's words, and what that is.
    private static func template(_ caption: String, _ field: String) -> (caption: String, code: String)? {
        let lower = caption.lowercased()
        let words = FieldVocabulary.fields.first { $0.name == field }?.words ?? []
        for word in words.sorted(by: { $0.count > $1.count }) where lower.count == caption.count && lower.count > word.count {
            let isBehind = lower.hasSuffix(word)
            guard isBehind || lower.hasPrefix(word) else { continue }
            let rest = isBehind ? caption.dropLast(word.count) : caption.dropFirst(word.count)
            let code = isBehind ? String(rest.reversed().drop(while: isJoint).reversed()) : String(rest.drop(while: isJoint))
            guard !code.isEmpty, code.count < rest.count else { continue }
            return (isBehind ? "{}" + caption.dropFirst(code.count) : caption.dropLast(code.count) + "{}", code)
        }
        return nil
    }

    private static func isJoint(_ character: Character) -> Bool { " _-.:".contains(character) }

    /// Columns side by side whose captions are the warehouses themselves: whole numbers under words that mean no field.
    private static func bare(_ columns: [InspectionReport.Column], _ fields: FieldGuess) -> Found? {
        let numbers = FieldVocabulary.fields.filter { $0.kind == .decimal }.map(\.name)
        guard fields.columns["sku"] != nil, !numbers.contains(where: { fields.columns[$0] != nil }) else { return nil }
        let taken = Set(fields.columns.values.map(\.value))
        var runs: [[Int]] = [[]]
        for index in columns.indices {
            if !taken.contains(index), isQuantity(columns[index].reading) { runs[runs.count - 1].append(index) } else { runs.append([]) }
        }
        guard let run = runs.max(by: { $0.count < $1.count }), run.count > 1, run.allSatisfy({ isCode(columns[$0].caption) }) else { return nil }
        return Found(columns: [("on_hand", "{}")], codes: run.map { columns[$0].caption }, indices: Set(run))
    }

    private static func isQuantity(_ reading: ColumnReading) -> Bool {
        if case .number(let number) = reading { number.isWhole && !number.hasCurrency } else { false }
    }

    /// A caption of the file's own, not the number that a column without one gets.
    private static func isCode(_ caption: String) -> Bool {
        !caption.isEmpty && (caption.contains { $0.isLetter } || caption.count <= 6 && caption.allSatisfy(\.isNumber))
            && !caption.hasPrefix("column ")
    }
}

extension PivotGuess.Found {
    /// The same columns, with their quantities meant as `field`.
    fileprivate func taking(_ field: String) -> Self {
        var changed = self
        for index in changed.columns.indices where changed.columns[index].field == quantity { changed.columns[index].field = field }
        return changed
    }
}
