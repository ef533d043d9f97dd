import Domain
import Magento

@testable import Entities

/// A history of the reference simulation (one warehouse, whole despatches), drawn by the same numbers, with the quantity reckoned by
/// the law instead of by the formula.
struct ReferenceHistory {
    private struct Order {
        var quantity: Int64
        var importedAt: Int?
        var isShipped = false
        var isCalledOff = false
        var isOpen = true
        var isAllocated: Bool { importedAt != nil && !isShipped && !isCalledOff }
    }

    private struct File {
        var asAt: Int
        var available: Int64
        var known: Set<Int>
    }

    private(set) var applied = 0
    private(set) var mismatches = 0
    private(set) var refusedShipments = 0
    private var orders: [Order] = []
    private var file: File?
    private var onHand: Int64
    private var other: Int64
    private var held: Int64
    private var reserved: Int64 = 0
    private var random: PythonRandom
    private let rule = ReservationRule(.acknowledged(margin: .zero))

    init(seed: UInt32) {
        random = PythonRandom(seed: seed)
        onHand = random.whole(0...40)
        other = random.whole(0...10)
        held = max(onHand - other, 0)
        for step in 0..<120 { live(step) }
    }

    private mutating func live(_ step: Int) {
        let chance = random.fraction()
        if chance < 0.22 {
            let quantity = random.whole(1...4)
            guard held + reserved >= quantity else { return }
            orders.append(Order(quantity: quantity))
            reserved -= quantity
        } else if chance < 0.36 {
            each {
                $0.importedAt == nil && $0.isOpen
            } with: { random in
                random.fraction() < 0.6
            } do: {
                $0.importedAt = step
            }
        } else if chance < 0.48 {
            for index in orders.indices where orders[index].isAllocated && onHand >= orders[index].quantity && random.fraction() < 0.4 {
                orders[index].isShipped = true
                onHand -= orders[index].quantity
            }
        } else if chance < 0.60 {
            for index in orders.indices where orders[index].isShipped && orders[index].isOpen && random.fraction() < 0.5 { post(index) }
        } else if chance < 0.65 {
            each {
                $0.isAllocated
            } with: { random in
                random.fraction() < 0.2
            } do: {
                $0.isCalledOff = true
            }
        } else if chance < 0.70 {
            for index in orders.indices where orders[index].isCalledOff && orders[index].isOpen {
                reserved += orders[index].quantity
                orders[index].isOpen = false
            }
        } else if chance < 0.75 {
            onHand += random.whole(0...10)
        } else if chance < 0.80 {
            other = max(0, other + random.whole(-3...3))
        } else if chance < 0.90 {
            let allocated = orders.filter(\.isAllocated).map(\.quantity).reduce(0, +)
            file = File(
                asAt: step, available: onHand - allocated - other, known: Set(orders.indices.filter { orders[$0].importedAt != nil }))
        } else if let file {
            apply(file)
        }
    }

    private mutating func each(
        _ isMeant: (Order) -> Bool, with draw: (inout PythonRandom) -> Bool, do change: (inout Order) -> Void
    ) {
        for index in orders.indices where isMeant(orders[index]) && draw(&random) { change(&orders[index]) }
    }

    private mutating func post(_ index: Int) {
        guard held >= orders[index].quantity else { return refusedShipments += 1 }
        held -= orders[index].quantity
        reserved += orders[index].quantity
        orders[index].isOpen = false
    }

    private mutating func apply(_ file: File) {
        applied += 1
        let asAt = UTCInstant(seconds: Int64(file.asAt))
        let included = orders.indices.filter { index in
            let answered = orders[index].importedAt.map { UTCInstant(seconds: Int64($0)) }
            let departure = Departure(flow: "orders", sequence: 1, position: index, placed: answered, acknowledged: answered)
            return answered != nil && rule.includes([departure], asAt: asAt, claims: [])
        }
        // Order numbers of one width sort as they were placed.
        let goods = included.filter { orders[$0].isOpen && !orders[$0].isCalledOff }.map { index in
            StockCircumstance.Reserved(order: "\(1000 + index)", quantity: ExactDecimal(orders[index].quantity))
        }
        let promise = AvailableToPromise(
            [StockOperand(warehouse: "", figure: .free(ExactDecimal(file.available)))], rule: .init(buffer: .none))
        let free = promise?.quantity ?? .zero
        let shares = ReservationShares.assign(goods, to: [.init(source: "main", allocated: .zero, free: free)])
        held = (shares.sum(at: "main").flatMap { free.adding($0) } ?? .zero).coefficient

        let unseen = orders.indices.filter { orders[$0].isOpen && !file.known.contains($0) }.map { orders[$0].quantity }.reduce(0, +)
        let calledOff = orders.indices.filter { orders[$0].isOpen && file.known.contains($0) && orders[$0].isCalledOff }
            .map { orders[$0].quantity }.reduce(0, +)
        if held + reserved != max(file.available, 0) - unseen - calledOff { mismatches += 1 }
    }
}
