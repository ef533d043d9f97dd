import Domain
import Magento

/// What the shop still reserves for an order, per product that lies on a shelf: Magento's own arithmetic, row by row.
///
/// A configurable's variant goes by its parent's counts; a part of a bundle by its own and by its share of the bundle's. What is never
/// packed is free once it is invoiced. A credit memo frees goods that have not left before it touches those that have.
struct ReservedGoods {
    let order: OrderSnapshot
    /// Needed where a row was both shipped and credited (`needsStory`); without it such a row counts as reserved as little as can be.
    var story: OrderStory?
    /// Credit notes of the ERP that are not in the shop yet: what they free is taken as freed.
    var credits: [SalesEvent] = []

    init(order: OrderSnapshot, story: OrderStory? = nil, credits: [SalesEvent] = []) {
        self.order = order
        self.story = story
        self.credits = credits
    }

    init(_ order: ReservedOrder, credits: [SalesEvent] = []) {
        self.init(order: order.snapshot, story: order.story, credits: credits)
    }

    /// Whether the counts alone do not tell what is reserved.
    var needsStory: Bool {
        order.lines.contains { line in
            let counts = Counts(line, of: order)
            return isOnShelf(line) && !line.isVirtual && counts.shipped.isPositive && counts.refunded.isPositive
        }
    }

    struct Row: Hashable {
        /// In the order's spelling.
        var sku: String
        /// What is reserved. Below zero where the shop let goods leave that it had freed by a credit memo before: it has given back more
        /// than it had reserved.
        var quantity: ExactDecimal
        /// What of it no shipment will ever take: it is wrong by itself, whether the ERP has the order or not.
        var stray: ExactDecimal
    }

    var open: [Row] {
        order.lines.compactMap { line in
            guard isOnShelf(line) else { return nil }
            let row = row(line)
            return row.quantity.isZero && row.stray.isZero ? nil : row
        }
    }

    /// The quantity of one product, matched as the shop does.
    func open(of sku: [UInt8]) -> ExactDecimal {
        open.reduce(.zero) { sum, row in
            RecordKey.folded(Array(row.sku.utf8)[...]) == sku ? sum.adding(row.quantity) ?? sum : sum
        }
    }

    private func isOnShelf(_ line: OrderSnapshot.Line) -> Bool { line.kind != "configurable" && line.kind != "bundle" }

    private func row(_ line: OrderSnapshot.Line) -> Row {
        let counts = Counts(line, of: order)
        let ordered = line.ordered.subtracting(counts.canceled) ?? .zero
        guard !line.isVirtual else {
            return Row(sku: line.sku, quantity: max(.zero, ordered.subtracting(counts.invoiced) ?? .zero), stray: .zero)
        }
        let unsent = ordered.subtracting(counts.shipped) ?? .zero
        let shippable = max(.zero, ordered.subtracting(max(counts.shipped, counts.refunded)) ?? .zero)
        let rest = freed(of: line, counts).flatMap { unsent.subtracting($0) } ?? max(.zero, unsent.subtracting(counts.refunded) ?? .zero)
        guard rest.isPositive else { return Row(sku: line.sku, quantity: rest, stray: rest) }
        let stray = max(.zero, rest.subtracting(shippable) ?? .zero)
        let held = max(.zero, rest.subtracting(stray)?.subtracting(credited(line)) ?? .zero)
        return Row(sku: line.sku, quantity: stray.adding(held) ?? stray, stray: stray)
    }

    /// `nil` where it cannot be told.
    private func freed(of line: OrderSnapshot.Line, _ counts: Counts) -> ExactDecimal? {
        guard counts.refunded.isPositive else { return .zero }
        guard counts.shipped.isPositive else { return counts.refunded }
        return story?.freed(shipped: counts.shipped, refunded: counts.refunded) { step in
            let own = step.quantities[line.id] ?? .zero
            guard let parent = order.parent(of: line), let whole = step.quantities[parent.id] else { return own }
            // The shop puts a row of the bundle beside its parts where they are shipped apart; it counts nothing.
            guard step.kind != .shipment || parent.kind != "bundle" || own.isZero && !order.shipsApart(parent) else { return own }
            return max(own, whole.share(line.ordered, of: parent.ordered))
        }
    }

    /// What pending credit notes will free: goods that have not left go first. Goods that are written off stay reserved until the note is
    /// posted.
    private func credited(_ line: OrderSnapshot.Line) -> ExactDecimal {
        let sku = RecordKey.folded(Array(line.sku.utf8)[...])
        let wanted = credits.filter { $0.order == order.incrementID }.flatMap(\.lines).filter { credited in
            guard credited.isRestocked != false else { return false }
            if let row = credited.orderLine, row == String(line.id) { return true }
            return credited.sku.map { RecordKey.folded(Array($0.utf8)[...]) == sku } ?? false
        }
        return wanted.reduce(ExactDecimal.zero) { $0.adding($1.quantity) ?? $0 }
    }

    private struct Counts {
        var invoiced: ExactDecimal
        var shipped: ExactDecimal
        var refunded: ExactDecimal
        var canceled: ExactDecimal

        init(_ line: OrderSnapshot.Line, of order: OrderSnapshot) {
            invoiced = line.invoiced
            shipped = line.shipped
            refunded = line.refunded
            canceled = line.canceled
            guard let parent = order.parent(of: line), parent.kind == "configurable" || parent.kind == "bundle" else { return }
            let share = { (count: ExactDecimal) in count.share(line.ordered, of: parent.ordered) }
            invoiced = max(invoiced, share(parent.invoiced))
            refunded = max(refunded, share(parent.refunded))
            canceled = max(canceled, share(parent.canceled))
            if parent.kind == "configurable" || !order.hasShippedParts(parent) { shipped = max(shipped, share(parent.shipped)) }
        }
    }
}

extension OrderSnapshot {
    fileprivate func parent(of line: Line) -> Line? { line.parent.flatMap { id in lines.first { $0.id == id } } }

    /// Whether the shop has counted at the parts what was shipped of a bundle. Then the bundle's own count means nothing where its parts
    /// are shipped apart, and nothing more where they are not.
    fileprivate func hasShippedParts(_ bundle: Line) -> Bool { lines.contains { $0.parent == bundle.id && $0.shipped.isPositive } }

    /// Whether what was shipped of the parts cannot be whole bundles as often as the bundle's row says.
    fileprivate func shipsApart(_ bundle: Line) -> Bool {
        hasShippedParts(bundle)
            && lines.contains { $0.parent == bundle.id && $0.shipped != bundle.shipped.share($0.ordered, of: bundle.ordered) }
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
