import Domain
import Magento

/// What is still open of an order for one kind of event, and which of its rows a file's rows mean.
struct OpenLines: Sendable {
    struct Pick: Hashable, Sendable {
        var item: Int
        var sku: String
        var quantity: ExactDecimal
        var isRestocked: Bool
    }

    private let order: OrderSnapshot
    private let rules: SalesEventRules
    private let rows: [OrderSnapshot.Line]
    /// The rows of each code, as it is written and as the shop compares codes; an order and a file may have many.
    private let exact: [[UInt8]: [OrderSnapshot.Line]]
    private let folded: [[UInt8]: [OrderSnapshot.Line]]
    private let items: [Int: OrderSnapshot.Line]
    private var open: [Int: ExactDecimal]

    init(_ order: OrderSnapshot, _ rules: SalesEventRules) {
        self.order = order
        self.rules = rules
        rows = Self.rows(of: order, rules)
        exact = Dictionary(grouping: rows) { Array($0.sku.utf8) }
        folded = Dictionary(grouping: rows) { Array(RecordKey.folded(Array($0.sku.utf8)[...])) }
        items = Dictionary(rows.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        open = Dictionary(rows.map { ($0.id, Self.open($0, rules.kind)) }, uniquingKeysWith: { first, _ in first })
    }

    /// Everything that is open, row by row.
    var everything: [SalesEvent.Line] {
        rows.compactMap { row in
            guard let quantity = open[row.id], quantity.isPositive else { return nil }
            return SalesEvent.Line(sku: row.sku, orderLine: String(row.id), quantity: quantity)
        }
    }

    /// Takes a file's rows out of what is open. Throws, and takes nothing, where a row is not of the order or where more is
    /// taken than there is.
    mutating func take(_ lines: [SalesEvent.Line], isWholeOrder: Bool = false) throws(RejectReason) -> [Pick] {
        var left = open
        var picks: [Pick] = []
        for line in lines {
            let candidates = try isWholeOrder ? byItem(line) : rows(for: line)
            guard let first = candidates.first else { throw foreign(line) }
            if !line.quantity.isWhole, !candidates.allSatisfy(\.takesFractions) { throw SalesRejections.fraction(first.sku, line.quantity) }
            var wanted = line.quantity
            for row in candidates where wanted.isPositive {
                let taken = min(wanted, left[row.id] ?? .zero)
                guard taken.isPositive, let rest = wanted.subtracting(taken), let less = left[row.id]?.subtracting(taken) else { continue }
                wanted = rest
                left[row.id] = less
                picks.append(Pick(item: row.id, sku: row.sku, quantity: taken, isRestocked: rules.isRestocked(line)))
            }
            if wanted.isPositive { throw SalesRejections.over(rules.kind, first.sku, wanted: line.quantity, open: openText(candidates)) }
        }
        open = left
        return Self.merged(picks)
    }

    func total(of rows: [OrderSnapshot.Line]) -> ExactDecimal {
        rows.reduce(ExactDecimal.zero) { $0.adding(open[$1.id] ?? .zero) ?? $0 }
    }

    /// `3 of 5 ordered, 2 shipped`
    func openText(_ rows: [OrderSnapshot.Line]) -> String {
        rows.map { row in
            var parts = ["\(open[row.id] ?? 0) of \(row.ordered) ordered"]
            if !row.shipped.isZero { parts.append("\(row.shipped) shipped") }
            if !row.invoiced.isZero { parts.append("\(row.invoiced) invoiced") }
            if !row.refunded.isZero { parts.append("\(row.refunded) refunded") }
            if !row.canceled.isZero { parts.append("\(row.canceled) cancelled") }
            return parts.joined(separator: ", ")
        }
        .joined(separator: "; ")
    }

    /// The rows that a file's row may mean, by the way in which the settings say that rows are named.
    func rows(for line: SalesEvent.Line) throws(RejectReason) -> [OrderSnapshot.Line] {
        if let reference = line.orderLine, rules.lineReference != .sku {
            let named = rules.lineReference == .item ? byItem(line) : byPosition(reference)
            guard let row = named.first else { throw SalesRejections.foreign("number \(reference)", order.incrementID, near: []) }
            if let sku = line.sku, RecordKey.folded(Array(sku.utf8)[...]) != RecordKey.folded(Array(row.sku.utf8)[...]) {
                throw SalesRejections.disagreeing(reference, sku, order.incrementID)
            }
            return named
        }
        guard let sku = line.sku else { throw SalesRejections.missing("sku") }
        let bytes = Array(sku.utf8)
        return exact[bytes] ?? folded[Array(RecordKey.folded(bytes[...]))] ?? []
    }

    private func byItem(_ line: SalesEvent.Line) -> [OrderSnapshot.Line] {
        line.orderLine.flatMap { Int($0) }.flatMap { items[$0] }.map { [$0] } ?? []
    }

    private func byPosition(_ text: String) -> [OrderSnapshot.Line] {
        guard let position = Int(text), position > 0, position <= rows.count else { return [] }
        return [rows[position - 1]]
    }

    private func foreign(_ line: SalesEvent.Line) -> RejectReason {
        let sku = line.sku ?? ""
        let folded = RecordKey.folded(Array(sku.utf8)[...])
        // A partial reference, or the code of a part that the shop ships as a whole.
        let near =
            folded.isEmpty
            ? [] : rows.filter { RecordKey.folded(Array($0.sku.utf8)[...]).starts(with: folded) }.map { Escaped($0.sku, limit: 80).description }
        return SalesRejections.foreign(sku.isEmpty ? "number \(line.orderLine ?? "")" : sku, order.incrementID, near: near)
    }

    private static func merged(_ picks: [Pick]) -> [Pick] {
        var merged: [Pick] = []
        var places: [Int: Int] = [:]
        for pick in picks {
            if let place = places[pick.item], let sum = merged[place].quantity.adding(pick.quantity) {
                merged[place].quantity = sum
                merged[place].isRestocked = merged[place].isRestocked || pick.isRestocked
            } else {
                places[pick.item] = merged.count
                merged.append(pick)
            }
        }
        return merged
    }

    /// The rows that documents of this kind name. A configurable is named by itself and its variant never; of a bundle either
    /// the bundle or its parts.
    private static func rows(of order: OrderSnapshot, _ rules: SalesEventRules) -> [OrderSnapshot.Line] {
        let lines = Dictionary(order.lines.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let parts = Dictionary(grouping: order.lines.filter { $0.parent != nil }) { $0.parent ?? 0 }
        func isNamed(_ bundle: OrderSnapshot.Line) -> Bool {
            switch rules.kind {
            case .despatches: bundle.shipsTogether ?? (rules.bundles == .together)
            case .invoices, .credits, .cancellations: (parts[bundle.id] ?? []).allSatisfy { !$0.isPriced }
            }
        }
        // Asked once for each bundle, not for each of its parts.
        let named = Set(order.lines.filter { $0.kind == "bundle" && isNamed($0) }.map(\.id))
        return order.lines.filter { line in
            if rules.kind == .despatches, line.isVirtual { return false }
            if let parent = line.parent.flatMap({ lines[$0] }) { return parent.kind == "bundle" && !named.contains(parent.id) }
            return line.kind != "bundle" || named.contains(line.id)
        }
    }

    /// Magento's own arithmetic.
    private static func open(_ line: OrderSnapshot.Line, _ kind: SalesEventKind) -> ExactDecimal {
        let rest: ExactDecimal? =
            switch kind {
            case .despatches: line.ordered.subtracting(max(line.shipped, line.refunded))?.subtracting(line.canceled)
            case .invoices: line.ordered.subtracting(line.invoiced)?.subtracting(line.canceled)
            case .credits: line.invoiced.subtracting(line.refunded)
            case .cancellations: line.ordered.subtracting(max(line.shipped, line.invoiced))?.subtracting(line.canceled)
            }
        return max(.zero, rest ?? .zero)
    }
}
