import Domain

extension StockInterpreter {
    func circumstance(_ key: ArraySlice<UInt8>) -> StockCircumstance? {
        guard !inputs.isEmpty, let value = inputs[RecordKey(RecordKey.folded(key))] else { return nil }
        return try? StockCircumstance(encoded: value)
    }

    /// The quantities that may be promised are those of the last file; the orders besides may have moved since.
    mutating func decideAgain(_ key: RecordKey, mirror: ArraySlice<UInt8>) -> KeyVerdict? {
        guard let circumstance = circumstance(key.bytes[...]), let remembered = try? StockValue(encoded: mirror),
            !remembered.operands.isEmpty
        else { return nil }
        var promised: [Promised] = []
        var levels: [StockLevel] = []
        for level in remembered.levels {
            guard let place = place(level, remembered) else {
                if let level = present(level, circumstance) { levels.append(level) }
                continue
            }
            let words = "\(level.source): \(place.free) as last reported"
            promised.append(Promised(place: place, isInStock: level.isInStock, words: words))
        }
        let verdict = weigh(promised, levels, operands: remembered.operands, remembered, circumstance)
        switch verdict.decision {
        case .unchanged: return nil
        // Orders that the ERP has not seen come and go all day; the next file's plan tells of them.
        case .refreshed(let after) where remembered.differsOnlyInOrdersNotIncluded(from: after): return nil
        case .refreshed, .change, .rejected: return verdict
        }
    }

    /// A product that a full file leaves out: nothing of it is for sale, but goods of open orders lie there until they are sent.
    func decideMissing(_ remembered: StockValue, _ circumstance: StockCircumstance) -> KeyVerdict? {
        let promised = remembered.levels.filter { owned.contains($0.source) }.map { level in
            let place = ReservationShares.Place(source: level.source, allocated: .zero, free: .zero)
            return Promised(place: place, isInStock: level.isInStock, words: "\(level.source): not in the full file → 0")
        }
        let levels = remembered.levels.filter { !owned.contains($0.source) }
        let operands = remembered.operands.map { StockOperand(warehouse: $0.warehouse, figure: .free(.zero)) }
        let verdict = weigh(promised, levels, operands: operands, remembered, circumstance)
        if case .unchanged = verdict.decision { return nil }
        return verdict
    }

    /// What may be promised at one source, and how that was reckoned.
    struct Promised {
        var place: ReservationShares.Place
        var isInStock = true
        var words: String
    }

    /// A level that the figures say nothing of stays as it is in the shop; `nil` where the shop has no such row.
    func present(_ level: StockLevel, _ circumstance: StockCircumstance?) -> StockLevel? {
        guard let circumstance, owned.contains(level.source) else { return level }
        return circumstance.held.first { $0.source == level.source }
    }

    private var owned: Set<String> { Set(definition.warehouses.sources) }

    /// What was promised at a level that the ERP has reported figures of; `nil` where it has not.
    private func place(_ level: StockLevel, _ value: StockValue) -> ReservationShares.Place? {
        let own = value.operands.filter { definition.warehouses.destination(of: $0.warehouse) == .source(level.source) }
        guard !own.isEmpty, let reserved = value.reserved.sum(at: level.source),
            let free = level.quantity.subtracting(reserved)
        else { return nil }
        return ReservationShares.Place(source: level.source, allocated: own.allocated, free: max(.zero, free))
    }

    /// Puts the goods of open orders on top of what may be promised and compares with what the shop holds.
    ///
    /// - Parameter levels: of sources that the decision leaves as they are.
    func weigh(
        _ promised: [Promised], _ levels: [StockLevel], operands: [StockOperand], _ remembered: StockValue?,
        _ circumstance: StockCircumstance?
    ) -> KeyVerdict {
        let told = circumstance?.reserved ?? []
        let reserved = ReservationShares.assign(told + (remembered?.owed(besides: told) ?? []), to: promised.map(\.place))
        var levels = levels
        var formulas: [String] = []
        for promised in promised {
            let source = promised.place.source
            guard let more = reserved.sum(at: source), let quantity = promised.place.free.adding(more) else {
                return KeyVerdict(.rejected(Self.outOfRange))
            }
            levels.append(StockLevel(source: source, quantity: quantity, isInStock: promised.isInStock))
            let besides = more.isZero ? "" : "; \(reserved.words(at: source)) → \(quantity)"
            formulas.append(promised.words + besides)
        }
        let others = circumstance?.notIncluded ?? []
        if let words = others.words { formulas.append(words) }
        // What was read of the shop is truer than what we wrote there.
        let held =
            circumstance.map { circumstance in
                (remembered?.levels ?? []).filter { !owned.contains($0.source) } + circumstance.held
            } ?? remembered?.levels ?? []
        let after = StockValue(levels: levels, operands: operands, spelling: remembered?.spelling, reserved: reserved, notIncluded: others)
        var verdict = KeyVerdict(.unchanged, wasAvailable: remembered?.isAvailable ?? false, isAvailable: after.isAvailable)
        if after.levels != held.sorted(by: { $0.source < $1.source }) {
            verdict.decision = .change(after.encoded)
            verdict.evidence = formulas.joined(separator: "; ")
        } else if !levels.isEmpty, after != remembered {
            verdict.decision = .refreshed(after.encoded)
            let isExplainedAnew = reserved != remembered?.reserved ?? [] || others != remembered?.notIncluded ?? []
            if isExplainedAnew { verdict.evidence = formulas.joined(separator: "; ") }
        }
        return verdict
    }
}

extension StockValue {
    fileprivate func differsOnlyInOrdersNotIncluded(from other: EncodedValue) -> Bool {
        guard var other = try? StockValue(encoded: other) else { return false }
        other.notIncluded = notIncluded
        return other == self
    }
}

extension [StockOperand] {
    /// What the ERP has promised to orders of its own.
    var allocated: ExactDecimal {
        reduce(.zero) { sum, operand in
            if case .onHand(_, let allocated) = operand.figure { sum.adding(allocated) ?? sum } else { sum }
        }
    }
}
