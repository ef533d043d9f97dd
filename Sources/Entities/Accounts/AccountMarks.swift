import Domain

/// What previews count and gates judge of one account. Examples name accounts by their codes: marks get into mails.
struct AccountMarks {
    private(set) var found: [PlanMark] = []
    private let account: RecordKey
    private let rules: AccountRules

    init(_ account: RecordKey, rules: AccountRules) {
        self.account = account
        self.rules = rules
    }

    mutating func add(_ name: String, _ text: String = "") {
        found.append(PlanMark(name, text.isEmpty ? "\(account)" : "\(account) \(text)"))
    }

    mutating func judge(from before: AccountValue?, to after: AccountValue) {
        if let group = after[.group], group.lowercased() != before?[.group]?.lowercased() {
            let old = before?[.group]
            if rules.isTrade(group) || old.map(rules.isTrade) == true, !rules.isStop(group) {
                add("trade_group", "\(Escaped(old ?? "nothing", limit: 40)) → \(Escaped(group, limit: 40))")
            }
        }
        if after[.stop] == "1", before?[.stop] != "1" { add("stopped") }
        if let before, rules.owned.contains(.email), after.differing(from: before)[.email] != nil { add("email") }
        if let limit = rules.limits.creditLimit, let new = after[.creditLimit].flatMap({ ExactDecimal(plain: $0) }), new > limit {
            let old = before?[.creditLimit].flatMap { ExactDecimal(plain: $0) }
            if old.map({ $0 < new }) ?? true { add("credit_limit", "\(old?.description ?? "none") → \(new)") }
        }
    }
}
