import Domain

/// What previews count and gates judge of one product's prices; each mark at most once.
struct PriceMarks {
    private(set) var found: [PlanMark] = []
    private let sku: RecordKey
    private let limits: PriceLimits

    init(sku: RecordKey, limits: PriceLimits) {
        self.sku = sku
        self.limits = limits
    }

    mutating func add(_ name: String, _ text: String, weight: Int = 0) {
        guard !found.contains(where: { $0.name == name }) else { return }
        found.append(PlanMark(name, "\(sku) \(text)", weight: weight))
    }

    mutating func judge(_ plan: PricePlan, from before: PriceValue?, to after: PriceValue) {
        for entry in after.entries(differingFrom: before) {
            judge(entry, before: before?[entry.slot])
            if plan.isBelowCost(entry) {
                add("below_cost", "\(text(entry)) is below cost or margin", weight: before?[entry.slot].map { weight($0, entry) } ?? 0)
            }
        }
        for entry in before?.entries ?? [] where after[entry.slot] == nil { add("changed", "\(text(entry)) ends") }
    }

    private mutating func judge(_ entry: PriceEntry, before: PriceEntry?) {
        let new = entry.amount.number
        let text = before.map { "\(self.text($0)) → \(new.money)" } ?? self.text(entry)
        if case .fixed = entry.amount, new.isZero { add("zero", text) }
        if case .discount(100) = entry.amount { add("zero", "\(text) %") }
        guard let before, before.amount != entry.amount else { return }
        let weight = weight(before, entry)
        add("changed", text, weight: weight)
        guard case .fixed(let old) = before.amount, case .fixed = entry.amount else { return }
        add(new > old ? "up" : "down", text, weight: weight)
        if let jump = limits.jump, moves(old, new, further: jump) { add("jump", text, weight: weight) }
        if isMagnitude(old, new) { add("tenfold", text, weight: weight) }
    }

    /// How far a price moves: by which factor, up or down, in thousandths. A price of nothing is the worst.
    private func weight(_ old: PriceEntry, _ new: PriceEntry) -> Int {
        guard case .fixed(let old) = old.amount, case .fixed(let new) = new.amount, old.isPositive else { return 0 }
        guard new.isPositive, let small = Double("\(min(old, new))"), let large = Double("\(max(old, new))"), small > 0 else { return .max }
        return Int(min(large / small * 1000, 1e12))
    }

    /// Exactly: `|new - old| > old × percent / 100`.
    private func moves(_ old: ExactDecimal, _ new: ExactDecimal, further percent: ExactDecimal) -> Bool {
        guard let difference = new > old ? new.subtracting(old) : old.subtracting(new), let limit = old.percentage(percent) else {
            return true
        }
        return difference > limit
    }

    /// Within one per cent, so that rounding does not hide a slipped point.
    private func isMagnitude(_ old: ExactDecimal, _ new: ExactDecimal) -> Bool {
        let (small, large) = old < new ? (old, new) : (new, old)
        guard small.isPositive else { return false }
        let factors: [ExactDecimal] = [10, 100]
        return factors.contains { factor in
            guard let wanted = small.multiplied(by: factor) else { return false }
            return !moves(wanted, large, further: 1)
        }
    }

    private func text(_ entry: PriceEntry) -> String {
        let place = entry.slot.description
        let percent = if case .discount = entry.amount { " %" } else { "" }
        return (place.isEmpty ? "" : place + " ") + entry.amount.number.money + percent
    }
}
