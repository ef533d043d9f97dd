import Domain
import Magento

/// What the shop still reserves for an order, per product that lies on a shelf: Magento's own arithmetic, row by row.
///
/// A configurable's variant goes by its parent's counts; a part of a bundle that is shipped as a whole by its share of the bundle's;
/// what is never packed is free once it is invoiced.
struct ReservedGoods {
    let order: OrderSnapshot
    /// Credit notes of the ERP that are not in the shop yet: what they free is taken as freed.
    var credits: [SalesEvent] = []

    /// In the order's spelling of the SKUs.
    var open: [(sku: String, quantity: ExactDecimal)] {
        order.lines.compactMap { line in
            guard line.kind != "configurable", line.kind != "bundle" else { return nil }
            let quantity = rest(of: line)
            return quantity.isPositive ? (line.sku, quantity) : nil
        }
    }

    /// The quantity of one product, matched as the shop does.
    func open(of sku: [UInt8]) -> ExactDecimal {
        open.reduce(.zero) { sum, row in
            RecordKey.folded(Array(row.sku.utf8)[...]) == sku ? sum.adding(row.quantity) ?? sum : sum
        }
    }

    private func rest(of line: OrderSnapshot.Line) -> ExactDecimal {
        let parent = line.parent.flatMap { id in order.lines.first { $0.id == id } }
        let counts = Counts(line, under: parent)
        let gone = line.isVirtual ? counts.invoiced : max(counts.shipped, counts.refunded)
        let rest = line.ordered.subtracting(counts.canceled)?.subtracting(gone) ?? .zero
        return max(.zero, rest.subtracting(credited(line, counts)) ?? .zero)
    }

    /// What pending credit notes will free: Magento takes goods that had left first, so only the rest concerns the reservation.
    /// Goods that are written off stay reserved until the note is posted.
    private func credited(_ line: OrderSnapshot.Line, _ counts: Counts) -> ExactDecimal {
        let sku = RecordKey.folded(Array(line.sku.utf8)[...])
        let wanted = credits.filter { $0.order == order.incrementID }.flatMap(\.lines).filter { credited in
            guard credited.isRestocked != false else { return false }
            if let row = credited.orderLine, row == String(line.id) { return true }
            return credited.sku.map { RecordKey.folded(Array($0.utf8)[...]) == sku } ?? false
        }
        let sum = wanted.reduce(ExactDecimal.zero) { $0.adding($1.quantity) ?? $0 }
        let atTheCustomer = max(.zero, counts.shipped.subtracting(counts.refunded) ?? .zero)
        return max(.zero, sum.subtracting(atTheCustomer) ?? .zero)
    }

    private struct Counts {
        var invoiced: ExactDecimal
        var shipped: ExactDecimal
        var refunded: ExactDecimal
        var canceled: ExactDecimal

        init(_ line: OrderSnapshot.Line, under parent: OrderSnapshot.Line?) {
            invoiced = line.invoiced
            shipped = line.shipped
            refunded = line.refunded
            canceled = line.canceled
            guard let parent, parent.kind == "configurable" || parent.kind == "bundle" else { return }
            let share = { (count: ExactDecimal) in count.share(line.ordered, of: parent.ordered) }
            invoiced = max(invoiced, share(parent.invoiced))
            shipped = max(shipped, share(parent.shipped))
            refunded = max(refunded, share(parent.refunded))
            canceled = max(canceled, share(parent.canceled))
        }
    }
}

extension ExactDecimal {
    /// `self` bundles of `whole` as pieces, of which there are `part` in all. Bundles are sold by the piece, so it comes out even.
    fileprivate func share(_ part: ExactDecimal, of whole: ExactDecimal) -> ExactDecimal {
        guard part != whole else { return self }
        guard isWhole, part.isWhole, whole.isWhole, whole.isPositive, let product = multiplied(by: part) else { return .zero }
        return ExactDecimal(product.coefficient / whole.coefficient)
    }
}
