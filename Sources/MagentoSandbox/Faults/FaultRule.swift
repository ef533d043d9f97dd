/// When a fault strikes: at which hits of which requests.
package struct FaultRule: Hashable, Sendable {
    /// `nil`: any method.
    package var method: String?
    /// A part of the path; empty: any.
    package var path: String
    /// A part of the body, such as a SKU; empty: any.
    package var body: String
    /// Which matching requests are struck, counted from 1.
    package var hits: ClosedRange<Int>
    package var fault: Fault

    package init(
        _ fault: Fault,
        method: String? = nil,
        path: String = "",
        body: String = "",
        hits: ClosedRange<Int> = 1...Int.max
    ) {
        self.fault = fault
        self.method = method
        self.path = path
        self.body = body
        self.hits = hits
    }

    func matches(_ request: ShopRequest) -> Bool {
        (method == nil || method == request.method) && (path.isEmpty || request.path.contains(path))
            && (body.isEmpty || String(decoding: request.body, as: UTF8.self).contains(body))
    }
}

/// The rules in force with their hit counts. The first rule that strikes wins; all that match count the hit.
package struct FaultPlan: Sendable {
    private var rules: [(rule: FaultRule, count: Int)] = []

    package init() {}

    package mutating func add(_ rule: FaultRule) { rules.append((rule, 0)) }
    package mutating func removeAll() { rules.removeAll() }

    mutating func strike(_ request: ShopRequest) -> Fault? {
        var fault: Fault?
        for index in rules.indices where rules[index].rule.matches(request) {
            rules[index].count += 1
            if fault == nil, rules[index].rule.hits.contains(rules[index].count) { fault = rules[index].rule.fault }
        }
        return fault
    }
}
