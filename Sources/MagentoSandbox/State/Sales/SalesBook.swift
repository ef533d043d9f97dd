/// Orders and what was made of them, with the counters of their tables.
package struct SalesBook: Sendable {
    package struct Counters: Hashable, Sendable {
        package var order = 0
        package var line = 0
        package var quote = 0
        package var quoteItem = 0
        package var address = 0
        package var comment = 0
        package var shipment = 0
        package var shipmentLine = 0
        package var track = 0
        package var shipmentComment = 0
        package var invoice = 0
        package var invoiceLine = 0
        package var creditMemo = 0
        package var creditMemoLine = 0
        package var documentComment = 0
        package var customer = 0
        package var customerAddress = 0
    }

    /// A letter that the shop sent to a customer.
    package struct Notification: Hashable, Sendable {
        package var order: String
        /// `shipment 10`, `order comment 4`.
        package var about: String
    }

    package var counters = Counters()
    /// In the order of their ids.
    package private(set) var orders: [SalesOrder] = []
    package var shipments: [Shipment] = []
    package var invoices: [SalesInvoice] = []
    package var creditMemos: [SalesInvoice] = []
    package var notifications: [Notification] = []
    private var positions: [Int: Int] = [:]

    package init() {}

    package subscript(_ id: Int) -> SalesOrder? { positions[id].map { orders[$0] } }
    package func order(_ incrementID: String) -> SalesOrder? { orders.first { $0.incrementID == incrementID } }

    package mutating func append(_ order: SalesOrder) {
        positions[order.id] = orders.count
        orders.append(order)
    }

    /// Changes an order in place; one that is not there is nothing.
    @discardableResult
    package mutating func update<Result>(_ id: Int, _ change: (inout SalesOrder) -> Result) -> Result? {
        positions[id].map { change(&orders[$0]) }
    }

    package static func next(_ counter: inout Int) -> Int {
        counter += 1
        return counter
    }

    /// `000000037`.
    static func number(_ id: Int) -> String { String(String(1_000_000_000 + id).dropFirst()) }
}
