import Domain
import Magento
import TestKit

@testable import Entities

/// An ERP with two warehouses and the orders of a shop for one product, as far as stock is concerned. What happens is drawn by chance;
/// who holds the shop's side (`Shelf`) is told of it.
struct ReservationTrade {
    struct Order {
        let id: Int
        let quantity: Int64
        /// Paid orders are credited, unpaid ones cancelled.
        let isPaid: Bool
        var exportedAt: Int?
        var importedAt: Int?
        var answerSeenAt: Int?
        var warehouse = 0
        var allocated: Int64 = 0
        var isCalledOff = false
        // The shop's counts.
        var invoiced: Int64 = 0
        var shipped: Int64 = 0
        var canceled: Int64 = 0
        var refunded: Int64 = 0
        /// Of what was credited, what had never left.
        var freed: Int64 = 0
        var steps: [OrderStory.Step] = []

        /// What the shop lets be shipped: it does not know which of the credited pieces had left.
        var open: Int64 { max(0, quantity - canceled - max(shipped, refunded)) }
        /// What the shop reserves, below zero where pieces left that had been freed.
        var reserved: Int64 { quantity - canceled - shipped - freed }
        var creditable: Int64 { invoiced - refunded }
        var number: String { "\(id)" }

        mutating func invoice(_ count: Int64) {
            invoiced += count
            note(.invoice, count)
        }

        mutating func ship(_ count: Int64) {
            shipped += count
            note(.shipment, count)
        }

        /// Answers how many of the pieces had never left.
        mutating func credit(_ count: Int64) -> Int64 {
            let waiting = min(count, max(0, invoiced - refunded - shipped))
            refunded += count
            freed += waiting
            note(.credit, count)
            return waiting
        }

        /// Cancels what is neither shipped nor invoiced; answers how many.
        mutating func cancel() -> Int64 {
            let count = max(0, quantity - max(shipped, invoiced) - canceled)
            canceled += count
            return count
        }

        private mutating func note(_ kind: OrderStory.Kind, _ count: Int64) {
            steps.append(.init(kind: kind, quantities: [1: ExactDecimal(count)]))
        }
    }

    /// A credit note of the ERP that is on its way.
    struct Credit {
        var number: Int
        var order: Int
        var quantity: Int64
        var isRestocked: Bool
    }

    struct Despatch {
        var order: Int
        var quantity: Int64
        var warehouse: Int
    }

    /// A stock file, with what only the test knows: which orders it really includes.
    struct File {
        var asAt: Int
        var onHand: [Int64]
        var allocated: [Int64]
        var claim: Int?
        var included: Set<Int>

        var available: [Int64] { zip(onHand, allocated).map { max(0, $0 - $1) } }
    }

    enum Watermark: CaseIterable { case acknowledged, importedUpTo, lag }

    static let lag = 5
    static let sources = ["main", "north"]

    let watermark: Watermark
    var random: SeededRandom
    var now = 0
    var onHand: [Int64]
    var other: [Int64]
    var orders: [Order] = []
    var despatches: [Despatch] = []
    /// Orders that the ERP has called off and the shop still has.
    var unposted: Set<Int> = []
    var credits: [Credit] = []
    private var creditNumber = 0
    var files: [File] = []
    var lastImported: Int?

    init(seed: UInt64) {
        random = SeededRandom(seed: seed &* 6_364_136_223_846_793_005 &+ 1)
        watermark = Watermark.allCases[Int(seed % 3)]
        onHand = [0, 0]
        other = [0, 0]
        onHand = [below(30), below(30)]
        other = [below(6), below(6)]
    }

    mutating func below(_ limit: Int64) -> Int64 { Int64(truncatingIfNeeded: random.next() >> 33) % limit }

    mutating func pick(_ count: Int) -> Int { Int(below(Int64(count))) }

    var rule: ReservationRule {
        switch watermark {
        case .acknowledged: ReservationRule(.acknowledged(margin: .zero))
        case .importedUpTo: ReservationRule(.importedUpTo)
        case .lag: ReservationRule(.lag(.seconds(60 * Self.lag)))
        }
    }

    static func instant(_ step: Int) -> UTCInstant { UTCInstant(seconds: Int64(step) * 60) }

    // MARK: The ERP

    mutating func tick() {
        now += 1
        guard watermark == .lag else { return }
        // What the lag promises.
        for index in orders.indices where orders[index].importedAt == nil {
            if let exported = orders[index].exportedAt, exported + Self.lag <= now { takeIn(index) }
        }
    }

    mutating func export() {
        for index in orders.indices where orders[index].exportedAt == nil && orders[index].open > 0 { orders[index].exportedAt = now }
    }

    /// The ERP reads some of what stands in its folder, in the order of leaving.
    mutating func takeInSome(all: Bool = false) {
        for index in orders.indices where orders[index].exportedAt != nil && orders[index].importedAt == nil {
            guard all || below(3) > 0 else { break }
            takeIn(index)
        }
    }

    private mutating func takeIn(_ index: Int) {
        let free = zip(onHand, other).map { $0 - $1 }
        let warehouse = free[0] - allocated(at: 0) >= free[1] - allocated(at: 1) ? 0 : 1
        orders[index].importedAt = now
        orders[index].warehouse = warehouse
        orders[index].allocated = orders[index].quantity
        lastImported = orders[index].id
    }

    mutating func answerSome(all: Bool = false) {
        for index in orders.indices where orders[index].importedAt != nil && orders[index].answerSeenAt == nil {
            if all || below(2) > 0 { orders[index].answerSeenAt = now }
        }
    }

    mutating func despatch() {
        for index in orders.indices where orders[index].allocated > 0 && below(3) == 0 {
            let quantity = 1 + below(orders[index].allocated)
            let warehouse = orders[index].warehouse
            guard onHand[warehouse] >= quantity else { continue }
            onHand[warehouse] -= quantity
            orders[index].allocated -= quantity
            despatches.append(Despatch(order: index, quantity: quantity, warehouse: warehouse))
        }
    }

    /// The ERP calls an order off of which nothing has gone.
    mutating func callOff() {
        for index in orders.indices
        where orders[index].allocated == orders[index].quantity && orders[index].refunded == 0 && below(5) == 0 {
            orders[index].allocated = 0
            orders[index].isCalledOff = true
            unposted.insert(index)
        }
    }

    /// The ERP takes pieces out of a paid order before they are sent: they are free again, or written off.
    mutating func creditPart() {
        for index in orders.indices where orders[index].isPaid && orders[index].allocated > 0 && !orders[index].isCalledOff && below(6) == 0 {
            let quantity = 1 + below(orders[index].allocated)
            let isRestocked = below(2) == 0
            orders[index].allocated -= quantity
            if !isRestocked { onHand[orders[index].warehouse] -= quantity }
            creditNumber += 1
            credits.append(Credit(number: creditNumber, order: index, quantity: quantity, isRestocked: isRestocked))
        }
    }

    func events(of credits: [Credit]) -> [SalesEvent] {
        credits.map { credit in
            SalesEvent(
                number: "C\(credit.number)", order: orders[credit.order].number,
                lines: [.init(sku: "a", isRestocked: credit.isRestocked, quantity: ExactDecimal(credit.quantity))])
        }
    }

    func allocated(at warehouse: Int) -> Int64 {
        orders.reduce(0) { $1.warehouse == warehouse ? $0 + $1.allocated : $0 }
    }

    mutating func write() {
        files.append(
            File(
                asAt: now, onHand: onHand, allocated: [other[0] + allocated(at: 0), other[1] + allocated(at: 1)], claim: lastImported,
                included: Set(orders.indices.filter { orders[$0].importedAt != nil })))
    }

    // MARK: What the books know

    func departures(_ index: Int) -> [Departure] {
        guard let exported = orders[index].exportedAt else { return [] }
        return [
            Departure(
                flow: "orders", sequence: 1, position: index, placed: Self.instant(exported),
                acknowledged: orders[index].answerSeenAt.map(Self.instant))
        ]
    }

    /// Whether the law takes the order as included in the file.
    func isKnown(_ index: Int, in file: File) -> Bool {
        let end = file.claim.flatMap { id in orders.firstIndex { $0.id == id } }
        let claims = end.map { [departures($0)] } ?? []
        return rule.includes(departures(index), asAt: Self.instant(file.asAt), claims: claims)
    }

    /// What may be sold right after `file` was applied: the ERP's free goods less what it has not seen, and less what it has called
    /// off or credited and the shop still holds.
    func target(_ file: File) -> Int64 {
        orders.indices.reduce(file.available[0] + file.available[1]) { sum, index in
            let held = min(max(0, orders[index].reserved), orders[index].open)
            guard isKnown(index, in: file), !unposted.contains(index) else { return sum - held }
            let credited = credits.filter { $0.order == index && $0.isRestocked }.map(\.quantity).reduce(0, +)
            return sum - min(held, credited)
        }
    }
}
