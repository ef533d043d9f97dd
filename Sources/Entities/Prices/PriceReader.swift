import Domain

/// Turns a price file's records into statements, or says why one cannot be taken.
struct PriceReader {
    private let kind: PriceKind
    private let terms: PriceTerms
    /// The ERP's group codes to names in the shop; of tier prices only.
    private let groups: [String: String]
    private let fields: [PriceKind.Role: Int]
    private let names: [PriceKind.Role: String]

    init(kind: PriceKind, terms: PriceTerms, groups: [String: String]) {
        self.kind = kind
        self.terms = terms
        self.groups = groups
        let columns = kind.columns
        fields = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($0.element.role, $0.offset) })
        names = Dictionary(uniqueKeysWithValues: columns.map { ($0.role, $0.field.name) })
    }

    func sku(_ batch: RecordBatch, _ entry: RecordBatch.Entry, row: Int) -> ArraySlice<UInt8>? {
        guard case .text(let range) = cell(.sku, batch, entry, row) else { return nil }
        return batch.bytes[range]
    }

    /// `nil` where the row says nothing: a blank that means "keep".
    func statement(_ batch: RecordBatch, _ entry: RecordBatch.Entry, row: Int) throws(RejectReason) -> PriceStatement? {
        try checkCurrency(batch, entry, row)
        let slot = PriceEntry.Slot(
            place: try place(batch, entry, row), group: try group(batch, entry, row),
            quantity: try quantity(batch, entry, row))
        let window = terms.window(from: instant(.from, batch, entry, row), to: instant(.to, batch, entry, row))
        guard !window.isEmpty else { throw backwards(window) }
        guard let figure = try figure(batch, entry, row) else { return nil }
        let cost = kind == .cost ? nil : decimal(.unitCost, batch, entry, row)
        if case .price(let operands) = figure { _ = try UnitPrice(operands, terms: terms) }
        return PriceStatement(slot: slot, window: window, figure: figure, unitCost: cost)
    }

    private func figure(
        _ batch: RecordBatch, _ entry: RecordBatch.Entry, _ row: Int
    ) throws(RejectReason) -> PriceStatement.Figure? {
        let amount = cell(.amount, batch, entry, row)
        let discount = cell(.discount, batch, entry, row)
        switch (amount, discount) {
        case (.decimal, .decimal): throw both
        case (.decimal(let number), _):
            return .price(
                UnitPrice.Operands(
                    amount: number, per: decimal(.per, batch, entry, row) ?? 1, pack: decimal(.pack, batch, entry, row) ?? 1,
                    basis: try basis(batch, entry, row), taxCode: text(.taxCode, batch, entry, row)))
        case (_, .decimal(let percent)):
            guard !percent.isNegative, percent <= 100 else { throw percentRange(percent) }
            return .discount(percent)
        case (.cleared, _), (_, .cleared):
            guard kind == .tier || kind == .special else { throw cannotClear }
            return PriceStatement.Figure.none
        case (.absent, .absent): throw noFigure
        case (.blank, _), (_, .blank): return nil
        case (.absent, _), (.text, _), (.instant, _), (.boolean, _): throw noFigure
        }
    }

    private func checkCurrency(_ batch: RecordBatch, _ entry: RecordBatch.Entry, _ row: Int) throws(RejectReason) {
        guard let currency = text(.currency, batch, entry, row), currency.uppercased() != terms.currency else { return }
        throw RejectReason(
            "CURRENCY-OTHER", column: "currency", value: Escaped(currency).description,
            "the line is in \(Escaped(currency)), the flow is in \(terms.currency)",
            fix: "send prices of other currencies in a flow of their own, for a website with that base currency")
    }

    private func place(_ batch: RecordBatch, _ entry: RecordBatch.Entry, _ row: Int) throws(RejectReason) -> PricePlace {
        guard let code = text(.website, batch, entry, row) else { return terms.websites[""] ?? .everywhere }
        guard let place = terms.websites[code] else {
            throw RejectReason(
                "WEBSITE-UNKNOWN", column: "website", value: Escaped(code).description,
                "website code \"\(Escaped(code))\" is not in the settings", fix: "add it to the flow's websites, or map it to all")
        }
        return place
    }

    private func group(_ batch: RecordBatch, _ entry: RecordBatch.Entry, _ row: Int) throws(RejectReason) -> String {
        guard kind == .tier else { return "" }
        guard let code = text(.group, batch, entry, row) ?? (groups[""] == nil ? nil : "") else { throw Self.noGroup }
        guard let name = groups[code] else {
            throw RejectReason(
                "GROUP-UNKNOWN", column: "group", value: Escaped(code).description,
                "customer group code \"\(Escaped(code))\" is not in the settings",
                fix: "add it to tier_prices.groups with the group's name in the shop")
        }
        return name
    }

    private func quantity(_ batch: RecordBatch, _ entry: RecordBatch.Entry, _ row: Int) throws(RejectReason) -> ExactDecimal {
        guard kind == .tier, let quantity = decimal(.quantity, batch, entry, row) else { return 1 }
        // ERPs write 0 where a price holds for any quantity.
        if quantity.isZero { return 1 }
        guard quantity.isPositive, quantity.scale <= 4 else {
            throw RejectReason(
                "QUANTITY-RANGE", column: "quantity", value: quantity.description,
                "a price break starts at a quantity of 0 or more with at most 4 decimals", fix: "correct the quantity in the ERP")
        }
        return quantity
    }

    private func basis(_ batch: RecordBatch, _ entry: RecordBatch.Entry, _ row: Int) throws(RejectReason) -> PriceTerms.Basis {
        // Costs are always without tax.
        guard kind != .cost else { return terms.shopBasis }
        guard let text = text(.basis, batch, entry, row) else { return terms.fileBasis }
        guard let basis = PriceTerms.Basis(rawValue: text.lowercased()) else {
            throw RejectReason(
                "BASIS-UNKNOWN", column: "basis", value: Escaped(text).description,
                "\"\(Escaped(text))\" is neither net nor gross", fix: "write net or gross, or map the ERP's words in the profile")
        }
        return basis
    }

    // MARK: Cells

    private func cell(
        _ role: PriceKind.Role, _ batch: RecordBatch, _ entry: RecordBatch.Entry, _ row: Int
    ) -> RecordBatch.Cell {
        fields[role].map { batch.cell(entry, row: row, field: $0) } ?? .absent
    }

    /// Blank texts are none.
    private func text(_ role: PriceKind.Role, _ batch: RecordBatch, _ entry: RecordBatch.Entry, _ row: Int) -> String? {
        guard case .text(let range) = cell(role, batch, entry, row), !range.isEmpty else { return nil }
        return String(decoding: batch.bytes[range], as: UTF8.self)
    }

    private func decimal(_ role: PriceKind.Role, _ batch: RecordBatch, _ entry: RecordBatch.Entry, _ row: Int) -> ExactDecimal? {
        if case .decimal(let number) = cell(role, batch, entry, row) { number } else { nil }
    }

    private func instant(_ role: PriceKind.Role, _ batch: RecordBatch, _ entry: RecordBatch.Entry, _ row: Int) -> UTCInstant? {
        if case .instant(let instant) = cell(role, batch, entry, row) { instant } else { nil }
    }

    // MARK: Refusals

    private var column: String { names[.amount] ?? "price" }
    private var noFigure: RejectReason {
        RejectReason(
            "PRICE-MISSING", column: column, "the record has no \(kind.noun)",
            fix: "map the column that holds it to \(column) in the profile")
    }
    private var cannotClear: RejectReason {
        RejectReason(
            "PRICE-CLEARED", column: column, "the record says that there is no \(kind.noun), and a product cannot be without one",
            fix: "correct the price in the ERP, or let the profile keep blanks")
    }
    private var both: RejectReason {
        RejectReason(
            "PRICE-TWICE", column: column, "the record has a price and a discount", fix: "leave one of them blank in the ERP")
    }
    private func percentRange(_ percent: ExactDecimal) -> RejectReason {
        RejectReason(
            "DISCOUNT-RANGE", column: "discount", value: percent.description, "a discount lies between 0 and 100 per cent",
            fix: "correct the discount in the ERP")
    }
    private func backwards(_ window: Window) -> RejectReason {
        RejectReason(
            "DATES-BACKWARDS", column: names[.to], value: window.description(in: terms.zone),
            "the price would end before it starts", fix: "correct the dates in the ERP")
    }
    private static let noGroup = RejectReason(
        "GROUP-MISSING", column: "group", "the record has no customer group",
        fix: "give the line its group in the ERP, or map a blank to a group: groups: {\"\": …}")
}
