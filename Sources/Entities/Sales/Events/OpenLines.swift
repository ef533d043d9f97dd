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
    private var open: [Int: ExactDecimal]

    init(_ order: OrderSnapshot, _ rules: SalesEventRules) {
        self.order = order
        self.rules = rules
        rows = Self.rows(of: order, rules)
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
        let exact = rows.filter { Array($0.sku.utf8) == Array(sku.utf8) }
        guard exact.isEmpty else { return exact }
        let folded = RecordKey.folded(Array(sku.utf8)[...])
        return rows.filter { RecordKey.folded(Array($0.sku.utf8)[...]) == folded }
    }

    private func byItem(_ line: SalesEvent.Line) -> [OrderSnapshot.Line] {
        rows.filter { $0.id == line.orderLine.flatMap { Int($0) } }
    }

    private func byPosition(_ text: String) -> [OrderSnapshot.Line] {
        guard let position = Int(text), rows.indices.contains(position - 1) else { return [] }
        return [rows[position - 1]]
    }

    private func foreign(_ line: SalesEvent.Line) -> RejectReason {
        let sku = line.sku ?? ""
        let folded = RecordKey.folded(Array(sku.utf8)[...])
        // A partial reference, or the code of a part that the shop ships as a whole.
        let near = folded.isEmpty ? [] : rows.filter { RecordKey.folded(Array($0.sku.utf8)[...]).starts(with: folded) }.map { Escaped($0.sku, limit: 80).description }
        return SalesRejections.foreign(sku.isEmpty ? "number \(line.orderLine ?? "")" : sku, order.incrementID, near: near)
    }

    private static func merged(_ picks: [Pick]) -> [Pick] {
        var merged: [Pick] = []
        for pick in picks {
            if let position = merged.firstIndex(where: { $0.item == pick.item }), let sum = merged[position].quantity.adding(pick.quantity) {
                merged[position].quantity = sum
                merged[position].isRestocked = merged[position].isRestocked || pick.isRestocked
            } else {
                merged.append(pick)
            }
        }
        return merged
    }

    /// The rows that documents of this kind name. A configurable is named by itself and its variant never; of a bundle either
    /// the bundle or its parts.
    private static func rows(of order: OrderSnapshot, _ rules: SalesEventRules) -> [OrderSnapshot.Line] {
        order.lines.filter { line in
            if rules.kind == .despatches, line.isVirtual { return false }
            if let parent = order.lines.first(where: { $0.id == line.parent }) {
                return parent.kind == "bundle" && !isNamed(bundle: parent, of: order, rules)
            }
            return line.kind != "bundle" || isNamed(bundle: line, of: order, rules)
        }
    }

    private static func isNamed(bundle: OrderSnapshot.Line, of order: OrderSnapshot, _ rules: SalesEventRules) -> Bool {
        switch rules.kind {
        case .despatches: rules.bundles == .together
        case .invoices, .credits, .cancellations: order.lines.filter { $0.parent == bundle.id }.allSatisfy { !$0.isPriced }
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
