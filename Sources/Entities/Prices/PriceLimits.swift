package import Domain

/// How far prices may change before a person has to approve.
package struct PriceLimits: Hashable, Sendable {
    package enum Switch: String, Sendable, CaseIterable { case hold, allow }

    /// In per cent: a plan that changes more of the file's products is held. `nil`: no limit.
    package var changed: ExactDecimal?
    /// In per cent of the former price: one price that moves further holds the plan. `nil`: no limit.
    package var jump: ExactDecimal?
    /// A price without tax below its cost, or below the least margin over it.
    package var belowCost: Switch
    package var zero: Switch
    /// A price ten or a hundred times its former one, or that part of it.
    package var magnitude: Switch

    package init(
        changed: ExactDecimal? = nil,
        jump: ExactDecimal? = 50,
        belowCost: Switch = .hold,
        zero: Switch = .hold,
        magnitude: Switch = .hold
    ) {
        self.changed = changed
        self.jump = jump
        self.belowCost = belowCost
        self.zero = zero
        self.magnitude = magnitude
    }

    /// The gates that the engine judges by the marks of `PriceMarks`.
    package var gates: [MarkLimit] {
        var gates: [MarkLimit] = []
        if let changed { gates.append(MarkLimit(mark: "changed", share: changed, text: "prices that change")) }
        if let jump {
            gates.append(MarkLimit(mark: "jump", share: 0, text: "prices that move by more than \(jump) %"))
        }
        if belowCost == .hold {
            gates.append(MarkLimit(mark: "below_cost", share: 0, text: "prices below their cost or the least margin over it"))
        }
        if zero == .hold { gates.append(MarkLimit(mark: "zero", share: 0, text: "prices of nothing")) }
        if magnitude == .hold {
            gates.append(MarkLimit(mark: "tenfold", share: 0, text: "prices 10 or 100 times their former one, or that part of it"))
        }
        return gates
    }
}
