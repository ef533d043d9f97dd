package import Domain

/// Stock: one SKU's quantities per Magento source.
package struct StockDefinition: EntityDefinition {
    package static let fields: [EntityField] = [
        EntityField("sku", .text, "The product's code, exactly as Magento spells it."),
        EntityField("warehouse", .text, "The ERP's warehouse code; leave out where the file has one figure per product."),
        EntityField("on_hand", .decimal, "Physical quantity; free stock is on hand less allocated."),
        EntityField("allocated", .decimal, "Quantity promised to orders the ERP holds."),
        EntityField("free", .decimal, "Free quantity, where the ERP computes it; used instead of on hand and allocated."),
        EntityField("class", .text, "Product class, for buffers per class."),
        EntityField(
            "imported_up_to", .text,
            "The last of the shop's orders, or of our files of orders, that the figures include; for stock.reservations."),
        EntityField("available_from", .instant, "The day from which the goods can be sold; before it the row counts as 0."),
        EntityField("availability", .text, "The ERP's word for whether the goods can be sold; the settings say which words mean that they cannot."),
    ]

    enum Field: Int { case sku, warehouse, onHand, allocated, free, productClass, importedUpTo, availableFrom, availability }

    /// What to do with a SKU that a full file leaves out. `hold` is `zero` after a person agreed: the flow's gates ask.
    package enum MissingPolicy: String, Sendable, CaseIterable { case unchanged, zero, hold }

    /// Two rows for the same SKU and warehouse.
    package enum DuplicatePolicy: String, Sendable, CaseIterable { case last, first, sum, reject }

    package var warehouses: WarehouseMap
    package var buffers: BufferPolicy
    package var missing: MissingPolicy
    package var duplicates: DuplicatePolicy
    package var statuses: StockStatuses

    package init(
        warehouses: WarehouseMap,
        buffers: BufferPolicy = BufferPolicy(standard: .init(buffer: .none)),
        missing: MissingPolicy = .unchanged,
        duplicates: DuplicatePolicy = .reject,
        statuses: StockStatuses = StockStatuses()
    ) {
        self.warehouses = warehouses
        self.buffers = buffers
        self.missing = missing
        self.duplicates = duplicates
        self.statuses = statuses
    }

    package var name: String { "stock" }
    package var fields: [EntityField] { Self.fields }
    package var proof: KeyProof { .passing }

    package func makeInterpreter(asOf instant: UTCInstant) -> any RowInterpreter { StockInterpreter(definition: self, asOf: instant) }

    package func describe(_ value: EncodedValue) -> String {
        guard let value = try? StockValue(encoded: value) else { return "(unreadable value)" }
        let levels = value.levels.map { level in
            let reserved = value.reserved.sum(at: level.source).flatMap { sum -> String? in
                if sum.isNegative { return " (\(ExactDecimal.zero.subtracting(sum) ?? .zero) less for what the shop has freed twice)" }
                return sum.isZero ? nil : " (\(sum) of it for open orders)"
            }
            return "\(level.source) \(level.quantity)" + (reserved ?? "") + (level.isInStock ? "" : " (out of stock)")
        }
        return levels.joined(separator: ", ") + (value.notIncluded.words.map { "; \($0)" } ?? "")
    }

    package func isAvailable(_ value: ArraySlice<UInt8>) -> Bool {
        (try? StockValue(encoded: value))?.isAvailable ?? false
    }

    package func isSatisfied(_ wanted: EncodedValue, by observed: EncodedValue) -> Bool {
        guard let wanted = try? StockValue(encoded: wanted), let observed = try? StockValue(encoded: observed) else {
            return false
        }
        return wanted.levels(differingFrom: observed).isEmpty
    }

    /// A source that the shop keeps no row for holds nothing.
    package func differences(_ wanted: EncodedValue, observed: EncodedValue) -> [ValueDifference] {
        guard let wanted = try? StockValue(encoded: wanted), let observed = try? StockValue(encoded: observed) else { return [] }
        return wanted.levels(differingFrom: observed).map { level in
            let held = observed.levels.first { $0.source == level.source }
            return ValueDifference(place: level.source, wanted: level.quantity, observed: held?.quantity ?? .zero)
        }
    }

    /// Figures and orders behind the levels stay as they were told.
    package func moved(_ remembered: EncodedValue, to observed: EncodedValue) -> EncodedValue? {
        guard var value = try? StockValue(encoded: remembered), let held = try? StockValue(encoded: observed) else { return nil }
        var isMoved = false
        for (index, level) in value.levels.enumerated() {
            guard let present = held.levels.first(where: { $0.source == level.source }), present != level else { continue }
            value.levels[index] = present
            isMoved = true
        }
        return isMoved ? value.encoded : nil
    }

    package func spelled(_ value: EncodedValue, as spelling: RecordKey) -> EncodedValue {
        guard var stock = try? StockValue(encoded: value) else { return value }
        stock.spelling = spelling
        return stock.encoded
    }

    package func unspelled(_ value: EncodedValue) -> EncodedValue {
        guard var stock = try? StockValue(encoded: value), stock.spelling != nil else { return value }
        stock.spelling = nil
        return stock.encoded
    }
}
