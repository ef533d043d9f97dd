/// Which column is the product's (or account's) key: unique, never blank, of codes.
struct KeyGuess {
    /// `nil` where no column can be one.
    let column: Guess<Int>?

    init(_ columns: [InspectionReport.Column], fields: inout FieldGuess, answers: GuessAnswers) throws {
        if let caption = answers["key"] {
            guard let index = columns.firstIndex(where: { $0.caption == caption }) else {
                throw GuessAnswers.unknown("key", caption, columns.map(\.caption))
            }
            column = Guess(index, .sure, "as answered")
            fields.setKey(index, .sure)
            return
        }
        let named = fields.columns["sku"] ?? fields.columns["account"]
        if let named {
            let column = columns[named.value]
            let isUnique = column.distinct == column.filled
            let blank = column.rows - column.filled
            let documents = fields.looksLikeDocuments ? "; each line names a customer too, as orders and invoices do" : ""
            let evidence = "\(named.evidence); \(column.distinct) different values in \(column.rows) rows, \(blank) blank\(documents)"
            let explains = ["warehouse", "group", "quantity", "valid_from", "website"].contains { fields.columns[$0] != nil }
            let isDoubtful = fields.looksLikeDocuments || blank * 5 > column.rows || (!explains && column.distinct * 10 < column.filled * 9)
            let certainty: Certainty = isDoubtful ? .unsure : isUnique && blank == 0 ? named.certainty : max(named.certainty, .likely)
            self.column = Guess(named.value, certainty, evidence)
            return
        }
        let candidates = columns.indices.filter { index in
            let column = columns[index]
            return column.rows > 0 && column.filled == column.rows && column.distinct == column.rows && Self.isCode(column)
        }
        guard let first = candidates.first else {
            column = nil
            return
        }
        let others = candidates.dropFirst().map { columns[$0].caption }
        column = Guess(
            first, .unsure,
            "no caption names it; it is filled, and different in every row"
                + (others.isEmpty ? "" : ", as \(others.joined(separator: ", "))"))
        fields.setKey(first, .unsure)
    }

    /// Short, without blanks, no amount and no date.
    private static func isCode(_ column: InspectionReport.Column) -> Bool {
        switch column.reading {
        case .code: true
        case .text: column.example.utf8.count <= 30 && column.example.split(separator: " ").count <= 2
        case .number(let number): number.isWhole && !number.hasCurrency
        case .date, .boolean, .empty: false
        }
    }
}

extension FieldGuess {
    /// Makes the column the key, whatever it was taken for.
    mutating func setKey(_ index: Int, _ certainty: Certainty) {
        for (field, guess) in columns where guess.value == index { columns[field] = nil }
        let field = columns["account"] != nil ? "account" : "sku"
        columns[field] = Guess(index, certainty, "taken for the key")
    }
}
