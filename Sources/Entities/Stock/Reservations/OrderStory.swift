import Domain
import Magento

/// What was invoiced, shipped and credited of an order, in the order in which it happened. The counts of an order's row do not tell
/// that, and which goods a credit memo frees depends on it: first those that were invoiced and had not left.
struct OrderStory: Hashable, Sendable {
    /// Of documents of one second the order in which least is left reserved comes first.
    enum Kind: Int, Comparable, Sendable {
        case invoice, credit, shipment

        static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
    }

    struct Step: Hashable, Sendable {
        var kind: Kind
        /// By row of the order.
        var quantities: [Int: ExactDecimal]
    }

    var steps: [Step]

    init(steps: [Step]) { self.steps = steps }

    /// `nil` where a document does not tell when it was made.
    init?(invoices: [SalesDocument], shipments: [SalesDocument], credits: [SalesDocument]) {
        let named: [(Kind, SalesDocument)] =
            invoices.map { (.invoice, $0) } + credits.map { (.credit, $0) } + shipments.map { (.shipment, $0) }
        var dated: [(at: UTCInstant, kind: Kind, document: SalesDocument)] = []
        for (kind, document) in named {
            guard let at = document.created else { return nil }
            dated.append((at, kind, document))
        }
        dated.sort { ($0.at, $0.kind, $0.document.id) < ($1.at, $1.kind, $1.document.id) }
        steps = dated.map { entry in
            let rows = entry.document.lines.map { ($0.orderItem, $0.quantity) }
            return Step(kind: entry.kind, quantities: Dictionary(rows) { $0.adding($1) ?? $0 })
        }
    }

    /// What credit memos have freed of a row that was never shipped.
    ///
    /// - Parameters:
    ///   - quantity: how many pieces of the row a document has.
    ///   - shipped, refunded: the row's counts; `nil` is answered where the documents do not come to them.
    func freed(shipped: ExactDecimal, refunded: ExactDecimal, _ quantity: (Step) -> ExactDecimal) -> ExactDecimal? {
        var invoiced = ExactDecimal.zero
        var sent = ExactDecimal.zero
        var credited = ExactDecimal.zero
        var freed = ExactDecimal.zero
        for step in steps {
            let pieces = quantity(step)
            switch step.kind {
            case .invoice: invoiced = invoiced.adding(pieces) ?? invoiced
            case .shipment: sent = sent.adding(pieces) ?? sent
            case .credit:
                let waiting = max(.zero, invoiced.subtracting(credited)?.subtracting(sent) ?? .zero)
                freed = freed.adding(min(pieces, waiting)) ?? freed
                credited = credited.adding(pieces) ?? credited
            }
        }
        return sent == shipped && credited == refunded ? freed : nil
    }
}
