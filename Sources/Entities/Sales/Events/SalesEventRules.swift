import Domain

/// What the settings say about one kind of event.
package struct SalesEventRules: Hashable, Sendable {
    /// How a file names a row of the order.
    package enum LineReference: String, Sendable, CaseIterable {
        case sku
        /// `order_line` is the shop's item id.
        case item
        /// `order_line` counts the order's sendable rows from 1.
        case position
    }

    /// How the shop ships bundles whose products are gone or may not be read.
    package enum Bundles: String, Sendable, CaseIterable { case separately, together }

    package enum WholeOrders: String, Sendable, CaseIterable { case reject, allow }
    package enum Letters: String, Sendable, CaseIterable { case send, none }
    package enum Restock: String, Sendable, CaseIterable {
        case never, always
        case asFile = "as_file"
    }
    package enum ShortSource: String, Sendable, CaseIterable { case reject, raise }

    package var kind: SalesEventKind
    /// ERP warehouse to the shop's source. Empty: warehouses are not told apart.
    package var warehouses: [String: String] = [:]
    /// Where a row names no warehouse; `nil` leaves it to the shop.
    package var source: String?
    /// The ERP's carrier to the shop's carrier code.
    package var carriers: [String: String] = [:]
    package var lineReference = LineReference.sku
    package var bundles = Bundles.separately
    package var wholeOrders = WholeOrders.reject
    package var letters = Letters.send
    package var restock = Restock.asFile
    package var shortSource = ShortSource.reject
    /// An order number of digits alone is filled up with zeros to this length; 0 leaves it alone.
    package var orderDigits = 0

    package init(kind: SalesEventKind) { self.kind = kind }

    func isRestocked(_ line: SalesEvent.Line) -> Bool {
        switch restock {
        case .never: false
        case .always: true
        case .asFile: line.isRestocked ?? false
        }
    }
}

extension SalesEvent {
    /// What becomes one document of the shop: a shipment has one source.
    struct Part: Hashable, Sendable {
        var source: String?
        var lines: [SalesEvent.Line]
        /// The remark by which it is found again, word for word.
        var marker: String
    }

    func parts(_ kind: SalesEventKind) -> [Part] {
        let plain = kind.markPrefix + number
        guard kind == .despatches else { return [Part(source: nil, lines: lines, marker: plain)] }
        var sources: [String?] = []
        for line in lines where !sources.contains(line.source) { sources.append(line.source) }
        guard sources.count > 1 else { return [Part(source: sources.first ?? nil, lines: lines, marker: plain)] }
        return sources.map { source in
            Part(source: source, lines: lines.filter { $0.source == source }, marker: "\(plain) from \(source ?? "default")")
        }
    }
}
