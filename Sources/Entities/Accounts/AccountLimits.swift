package import Domain

/// How far a file may move accounts before a person has to agree.
package struct AccountLimits: Hashable, Sendable {
    package enum Switch: String, Sendable, CaseIterable { case hold, allow }

    /// In per cent of the accounts that are in step, judged by `AccountInspector`. `nil`: no limit.
    package var changed: ExactDecimal?
    package var stopped: ExactDecimal?
    /// A change of group to a trade group, or from one.
    package var tradeGroup: Switch
    /// Another address to log in with.
    package var email: Switch
    /// A new limit above this. `nil`: no limit.
    package var creditLimit: ExactDecimal?

    package init(
        changed: ExactDecimal? = 30, stopped: ExactDecimal? = 10, tradeGroup: Switch = .hold, email: Switch = .hold,
        creditLimit: ExactDecimal? = nil
    ) {
        self.changed = changed
        self.stopped = stopped
        self.tradeGroup = tradeGroup
        self.email = email
        self.creditLimit = creditLimit
    }

    package static let options: [OptionSpec] = [
        OptionSpec(
            "changed", .percent, "Hold when this share of the accounts that are in step would change, and at least five of them.", default: "30%"),
        OptionSpec(
            "stopped", .percent, "Hold when this share of the accounts that are in step would go on stop, and at least five of them.", default: "10%"),
        OptionSpec(
            "trade_group", .choice(Switch.allCases.map(\.rawValue)), "A customer who would come into a trade group, or leave one.", default: "hold"),
        OptionSpec("email", .choice(Switch.allCases.map(\.rawValue)), "A customer who would log in with another e-mail address.", default: "hold"),
        OptionSpec("credit_limit", .decimal, "Hold when a credit limit would rise above this. No limit unless given.", example: "10000"),
    ]

    package init(_ node: SettingNode?) throws {
        let standard = AccountLimits()
        guard let node else {
            self = standard
            return
        }
        self.init(
            changed: try node.percent("changed", default: standard.changed), stopped: try node.percent("stopped", default: standard.stopped),
            tradeGroup: try node.choice("trade_group", default: standard.tradeGroup), email: try node.choice("email", default: standard.email),
            creditLimit: try node.decimal("credit_limit"))
    }

    /// The gates that the engine judges by the marks of `AccountMarks`.
    package var gates: [MarkLimit] {
        var gates: [MarkLimit] = []
        if tradeGroup == .hold { gates.append(MarkLimit(mark: "trade_group", share: 0, text: "customers who come into a trade group or leave one")) }
        if email == .hold { gates.append(MarkLimit(mark: "email", share: 0, text: "customers who would log in with another address")) }
        if let creditLimit {
            gates.append(MarkLimit(mark: "credit_limit", share: 0, text: "credit limits that rise above \(creditLimit)"))
        }
        return gates
    }
}
