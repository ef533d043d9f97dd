import Domain

/// Which column is which field, by captions and by what the values are.
struct FieldGuess {
    /// Field to the column's index.
    var columns: [String: Guess<Int>] = [:]
    /// Each line names a product and a customer: orders or invoices, which no entity takes.
    private(set) var looksLikeDocuments = false
    /// Columns whose captions say a number, and whose values are none.
    private(set) var misread: [(field: String, caption: String, example: String)] = []
    /// Fields whose word ends the captions of several columns; the first of them is taken.
    private(set) var ambiguous: [(field: String, captions: [String])] = []
    /// A column whose caption says a group, which may be the products' or the customers'.
    private(set) var doubtfulGroup: String?
    /// A column called a sale price, in a file without another price: the price that things are sold at, or a reduced one.
    private(set) var doubtfulSalePrice: String?
    /// Warehouses side by side, with the fields of their columns.
    private(set) var pivot: PivotGuess.Found?

    /// `captions` are the columns' words, where they are not simply their captions'.
    init(_ columns: [InspectionReport.Column], captions given: [CaptionWords]? = nil, answers: GuessAnswers) throws {
        var taken: Set<Int> = []
        for field in FieldVocabulary.fields {
            guard let caption = answers["fields.\(field.name)"] else { continue }
            if caption == "none" { continue }
            guard let index = columns.firstIndex(where: { $0.caption == caption }) else {
                throw GuessAnswers.unknown("fields.\(field.name)", caption, columns.map(\.caption) + ["none"])
            }
            self.columns[field.name] = Guess(index, .sure, "as answered")
            taken.insert(index)
        }
        let captions = given ?? columns.map { CaptionWords($0.caption) }
        // The surest captions first: a column is one field only.
        for (fit, certainty) in [(CaptionWords.Fit.same, Certainty.sure), (.ending, .likely), (.vagueEnding, .unsure)] {
            for field in FieldVocabulary.fields where self.columns[field.name] == nil && answers["fields.\(field.name)"] != "none" {
                let free = columns.indices.filter { !taken.contains($0) && Self.isPossible(columns[$0].reading, field.kind) }
                guard let (index, word) = Self.column(field, captions, fit, among: free) else { continue }
                let rivals = free.filter { $0 != index && captions[$0].fit(word) == fit }
                if fit != .same, field.kind == .decimal, !rivals.isEmpty {
                    ambiguous.append((field.name, ([index] + rivals).map { columns[$0].caption }))
                }
                taken.insert(index)
                self.columns[field.name] = Guess(index, certainty, "the caption '\(columns[index].caption)' says \(word)")
            }
        }
        for field in FieldVocabulary.fields where field.kind == .decimal && self.columns[field.name] == nil && answers["fields.\(field.name)"] == nil
        {
            let others = columns.indices.filter { index in
                guard !taken.contains(index), case .text = columns[index].reading else { return false }
                return columns[index].example.contains { $0.isNumber }
            }
            guard let (index, _) = Self.column(field, captions, .same, among: others) else { continue }
            misread.append((field.name, columns[index].caption, columns[index].example))
        }
        settle(columns, answers)
        if Self.areLinesOfDocuments(captions) { looksLikeDocuments = true }
    }

    private static let documentNumbers = [
        "order no", "order number", "order date", "order id", "order ref", "sales order", "sales order no", "so number", "so no", "invoice no",
        "invoice number",
        "invoice date", "document no", "document date", "credit no", "po number", "purchase order", "quote no",
    ]
    private static let besideDocuments = [
        "customer", "customer code", "customer name", "customer no", "customer id", "account", "account ref", "account code", "line total",
        "line amount", "net amount",
        "line no", "total", "due date", "ship date", "delivery date", "ship to", "qty ordered", "order qty",
    ]

    /// Whether each line is one of an order or invoice: its number or day, and who or how much.
    private static func areLinesOfDocuments(_ captions: [CaptionWords]) -> Bool {
        func count(_ words: [String]) -> Int { captions.count { caption in words.contains { caption.fit($0) == .same } } }
        let numbers = count(documentNumbers)
        return numbers >= 2 || numbers == 1 && count(besideDocuments) >= 1
    }

    private static func column(
        _ field: FieldVocabulary.Field, _ captions: [CaptionWords], _ fit: CaptionWords.Fit, among indices: [Int]
    ) -> (Int, String)? {
        for word in field.words {
            if let index = indices.first(where: { captions[$0].fit(word) == fit }) { return (index, word) }
        }
        return nil
    }

    private static func isPossible(_ reading: ColumnReading, _ kind: EntityField.Kind) -> Bool {
        switch (reading, kind) {
        case (_, .text), (.empty, .decimal): true
        case (.number, .decimal), (.date, .instant), (.boolean, .boolean): true
        case (.empty, _), (.text, _), (.code, _), (.number, _), (.date, _), (.boolean, _): false
        }
    }

    /// What one column means depends on what else the file has.
    private mutating func settle(_ columns: [InspectionReport.Column], _ answers: GuessAnswers) {
        // Products have groups as customers have. Only words of a price list say which.
        if let group = self.columns["group"], answers["fields.group"] == nil, CaptionWords(columns[group.value].caption).fit("group") == .same,
            self.columns["tier_price"] == nil, self.columns["quantity"] == nil, self.columns["discount"] == nil
        {
            doubtfulGroup = columns[group.value].caption
            self.columns["group"] = nil
            if self.columns["class"] == nil { self.columns["class"] = Guess(group.value, .likely, group.evidence) }
        }
        // With no price beside it a sale price is what things are sold at, unless the file says when it ends.
        if let sale = self.columns["special_price"], answers["fields.special_price"] == nil, self.columns["price"] == nil,
            self.columns["special_from"] == nil, self.columns["special_to"] == nil, CaptionWords(columns[sale.value].caption).fit("sale price") != nil
        {
            doubtfulSalePrice = columns[sale.value].caption
            self.columns["special_price"] = nil
            self.columns["price"] = Guess(sale.value, .likely, sale.evidence + "; the file has no other price")
        }
        // Beside a price list a price is the list's, never everybody's.
        if self.columns["group"] != nil, let price = self.columns["price"], self.columns["tier_price"] == nil {
            self.columns["tier_price"] = Guess(price.value, price.certainty, price.evidence + "; the file has a price list beside it")
            self.columns["price"] = nil
        }
        // Beside a break price a plain quantity is where the break begins.
        if self.columns["tier_price"] != nil, self.columns["quantity"] == nil, let stock = self.columns["on_hand"], self.columns["free"] == nil,
            ["quantity", "qty"].contains(where: { CaptionWords(columns[stock.value].caption).fit($0) != nil })
        {
            self.columns["quantity"] = Guess(stock.value, .likely, stock.evidence + "; beside a group's price it is where the break begins")
            self.columns["on_hand"] = nil
        }
        if self.columns["special_price"] != nil, self.columns["price"] == nil || self.columns["special_from"] == nil {
            for (special, plain) in [("special_from", "valid_from"), ("special_to", "valid_to")] where self.columns[special] == nil {
                self.columns[special] = self.columns[plain]
                self.columns[plain] = nil
            }
        }
        if self.columns["account"] != nil, self.columns["sku"] != nil {
            looksLikeDocuments = true
            let personal = ["first_name", "last_name", "tax_number", "parent", "street1", "street2", "city", "region", "country", "telephone"]
            for field in ["account", "email", "price_group", "terms", "credit_limit", "on_stop", "postcode"] + personal { self.columns[field] = nil }
        }
        if self.columns["account"] != nil {
            if let list = self.columns["group"] { self.columns["price_group"] = self.columns["price_group"] ?? list }
            self.columns["group"] = nil
        }
    }

    /// Leaves out the fields whose column has a caption that several have: no profile can name it. Answers what was left out.
    mutating func leaveOut(_ isAmbiguous: (Int) -> Bool) -> [(field: String, index: Int)] {
        let found = columns.filter { isAmbiguous($0.value.value) }.map { (field: $0.key, index: $0.value.value) }
        for (field, _) in found { columns[field] = nil }
        return found.sorted { $0.field < $1.field }
    }

    /// Takes columns side by side for what `pivot` says of them.
    mutating func take(_ pivot: PivotGuess.Found) {
        columns = columns.filter { !pivot.indices.contains($0.value.value) && !pivot.fieldNames.contains($0.key) }
        self.pivot = pivot
    }

    private var names: Set<String> { Set(columns.keys).union(pivot?.fieldNames ?? []) }

    /// How sure the fields are that make the entity possible; `nil` where it is not.
    func certainty(of entity: GuessedEntity) -> Certainty? {
        entity.requirements.filter { $0.isSubset(of: names) }
            .compactMap { fields in fields.map { columns[$0]?.certainty ?? .likely }.max() }.min()
    }

    /// The entities that the columns are enough for.
    var entities: [GuessedEntity] {
        let found = names
        // What lines of orders say of products is not what there is of them, nor what they cost anybody else.
        let events: [GuessedEntity] = [.despatches, .invoices, .credits, .statuses, .cancellations]
        return GuessedEntity.allCases.filter { entity in
            (!looksLikeDocuments || events.contains(entity)) && entity.requirements.contains { $0.isSubset(of: found) }
        }
    }
}
