/// Calls that were answered, or left without an answer, and take effect later: the shop is slow, and the gateway before it has given up.
///
/// As recorded (late-*): no list shows anything before the commit; the shop takes the calls for one order one after another and checks
/// each afresh, so a call that comes meanwhile waits, and may be given up on in its turn.
struct LateCommits: Sendable {
    struct Waiting: Sendable {
        var due: Int64
        var order: String?
        var commit: @Sendable (_ now: Int64) -> Void
    }

    private var waiting: [Waiting] = []

    var count: Int { waiting.count }
    var next: Int64? { waiting.map(\.due).min() }

    mutating func add(_ call: Waiting) { waiting.append(call) }

    /// When the last of the order's calls is done; `nil` where none is under way.
    func end(of order: String) -> Int64? { waiting.filter { $0.order == order }.map(\.due).max() }

    /// Takes out what is due, in the order of its time; what is due at one second in the order in which it came.
    mutating func due(at now: Int64) -> [Waiting] {
        let due = waiting.enumerated().filter { $0.element.due <= now }
        waiting.removeAll { $0.due <= now }
        return due.sorted { ($0.element.due, $0.offset) < ($1.element.due, $1.offset) }.map(\.element)
    }
}

extension ShopRequest {
    /// The order that a changing call is for: `order/7/ship` and `orders/7/cancel` are both for 7.
    var changedOrder: String? {
        guard method != "GET" else { return nil }
        let parts = path.split(separator: "/")
        guard let place = parts.firstIndex(where: { $0 == "order" || $0 == "orders" }), place + 2 < parts.count else { return nil }
        return String(parts[place + 1])
    }
}
