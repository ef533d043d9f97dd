/// What a shipment is asked to hold.
struct ShipmentRequest: Sendable {
    /// `nil` or empty: everything that is left.
    var lines: [(id: Int, quantity: Quantity)]
    var tracks: [Shipment.Track] = []
    /// Tracks whose carrier was left out break the save.
    var hasTrackWithoutCarrier = false
    var comment: DocumentRequest.Comment?
    var isNotified = false
    var source: String?
}

extension ShopState {
    /// Ships as Magento does: more than is left is cut to what is left, rows of other orders are passed over, and a
    /// request without rows ships everything.
    mutating func ship(_ orderID: Int, _ request: ShipmentRequest, now: Int64) throws(ShopError) -> Shipment {
        guard let order = sales[orderID] else { throw .unknownEntity }
        let chosen = chosenToShip(of: order, request.lines)
        let problems = shipmentProblems(order, request, isEmpty: chosen.isEmpty)
        guard problems.isEmpty else { throw .document("Shipment", problems) }
        // A save that fails has taken its number all the same.
        let id = SalesBook.next(&sales.counters.shipment)
        let source = request.source ?? defaultSource(ofStock: order.stockID)
        let leaves = chosen.flatMap { order.leaves(of: $0.line, $0.quantity) }
        guard !request.hasTrackWithoutCarrier, hasEnough(leaves, source: source) else { throw .shipmentNotSaved }

        let stamp = ShopClock.stamp(now)
        for leaf in leaves {
            moveStock(-leaf.quantity, product: leaf.productID, source: source)
            if order.hasReservations { reserve(leaf.quantity, product: leaf.productID, stock: order.stockID) }
        }
        let rows = order.withSeparateBundles(chosen)
        let lines = rows.map { pick in
            Shipment.Line(
                id: SalesBook.next(&sales.counters.shipmentLine), orderItemID: pick.line.id, productID: pick.line.productID,
                sku: pick.line.sku, name: pick.line.name, price: pick.line.price, weight: pick.line.weight, quantity: pick.quantity,
                isPiece: pick.line.isShippedByItself)
        }
        let tracks = request.tracks.map { track in
            var track = track
            track.id = SalesBook.next(&sales.counters.track)
            track.createdAt = stamp
            return track
        }
        let comments = request.comment.map { comment in
            [
                DocumentComment(
                    id: SalesBook.next(&sales.counters.shipmentComment), text: comment.text, isCustomerNotified: comment.isInLetter,
                    isVisibleOnFront: comment.isVisible, createdAt: stamp)
            ]
        }
        let shipment = Shipment(
            id: id, incrementID: SalesBook.number(id), orderID: orderID, source: source, lines: lines, tracks: tracks,
            comments: comments ?? [], isNotified: request.isNotified, createdAt: stamp, updatedAt: stamp)
        sales.shipments.append(shipment)
        sales.update(orderID) { order in
            for pick in rows {
                order.position(of: pick.line.id).map { order.lines[$0].shipped += pick.quantity }
                guard case .bundle(let bundle) = pick.line.role, !bundle.shipsSeparately else { continue }
                for index in order.lines.indices where order.lines[index].parentID == pick.line.id {
                    guard case .part(_, let each) = order.lines[index].role else { continue }
                    order.lines[index].shipped += pick.quantity.times(each)
                }
            }
        }
        settleState(of: orderID, now: now)
        if request.isNotified { notify(order.incrementID, "shipment \(id)") }
        return shipment
    }

    /// Whole pieces, never more than what is left; a row named twice counts with its last quantity.
    private func chosenToShip(of order: SalesOrder, _ wanted: [(id: Int, quantity: Quantity)]) -> [(line: SalesLine, quantity: Quantity)] {
        let last = Dictionary(wanted.map { ($0.id, $0.quantity) }, uniquingKeysWith: { $1 })
        return order.lines.compactMap { line in
            let open = line.openToShip
            let quantity = wanted.isEmpty ? open : min(open, (last[line.id] ?? .zero).whole)
            return quantity > .zero ? (line, quantity) : nil
        }
    }

    private func shipmentProblems(_ order: SalesOrder, _ request: ShipmentRequest, isEmpty: Bool) -> [String] {
        var problems: [String] = []
        if [.paymentReview, .holded, .canceled].contains(order.state) {
            problems.append("A shipment cannot be created when an order has a status of \(order.status)")
        } else if order.isAllShipped {
            problems.append("The order does not allow a shipment to be created.")
        }
        if isEmpty { problems.append("You can't create a shipment without products.") }
        if request.tracks.contains(where: { $0.number.isEmpty }) { problems.append("Please enter a tracking number.") }
        for (id, _) in request.lines {
            guard let line = order.position(of: id).map({ order.lines[$0] }) else { continue }
            switch line.role {
            case .bundle(let bundle) where bundle.shipsSeparately:
                problems.append(
                    "Cannot create shipment as bundle product \"\(line.sku)\" has shipment type \"Separately\". "
                        + "Bundle product options should be shipped instead.")
            case .part(let bundle, _) where !bundle.shipsSeparately:
                let parent = order.lines.first { $0.id == line.parentID }?.sku ?? ""
                problems.append(
                    "Cannot create shipment as bundle product \"\(parent)\" has shipment type \"Together\". "
                        + "Bundle product itself should be shipped instead.")
            case .single, .configurable, .variant, .bundle, .part: break
            }
        }
        return problems
    }

    /// The only source of the stock, else `default`.
    private func defaultSource(ofStock stock: Int) -> String {
        let sources = links.filter { $0.stockID == stock }.map(\.source)
        return sources.count == 1 ? sources[0] : "default"
    }

    private func hasEnough(_ leaves: [(productID: Int, quantity: Quantity)], source: String) -> Bool {
        var wanted: [Int: Quantity] = [:]
        for leaf in leaves { wanted[leaf.productID, default: .zero] += leaf.quantity }
        return wanted.allSatisfy { id, quantity in
            guard let sku = catalogue.products.first(where: { $0.id == id })?.sku else { return false }
            guard legacyStock[id]?.managesStock ?? true else { return true }
            return sourceItems.item(sku: sku, source: source).map { $0.quantity >= quantity } ?? false
        }
    }

    mutating func moveStock(_ quantity: Quantity, product: Int, source: String) {
        guard let sku = catalogue.products.first(where: { $0.id == product })?.sku,
            let row = sourceItems.item(sku: sku, source: source)
        else { return }
        sourceItems.upsert(sku: sku, source: source, quantity: row.quantity + quantity, isInStock: row.isInStock)
    }

    mutating func notify(_ order: String, _ about: String) {
        sales.notifications.append(.init(order: order, about: about))
    }

    /// What shipments and invoices make of an order's state. `updated_at` moves only where the state does.
    mutating func settleState(of id: Int, now: Int64) {
        let statuses = orderStatuses
        sales.update(id) { order in
            let state: SalesOrder.State
            if order.isAllShipped, order.isAllInvoiced {
                state = .complete
            } else if order.state == .new || order.state == .pendingPayment {
                state = .processing
            } else {
                return
            }
            guard state != order.state else { return }
            order.state = state
            order.status = statuses.first { $0.state == state }?.code ?? state.rawValue
            order.updatedAt = ShopClock.stamp(now)
        }
    }
}

extension SalesOrder {
    /// The shop adds the bundle's own row, with one piece, to each shipment of parts that are shipped apart; what that row then counts
    /// means nothing (recorded in bundle-06-second-shipment).
    fileprivate func withSeparateBundles(_ chosen: [(line: SalesLine, quantity: Quantity)]) -> [(line: SalesLine, quantity: Quantity)] {
        var rows: [(line: SalesLine, quantity: Quantity)] = []
        for pick in chosen {
            if case .part(let bundle, _) = pick.line.role, bundle.shipsSeparately,
                let parent = lines.first(where: { $0.id == pick.line.parentID }), !rows.contains(where: { $0.line.id == parent.id })
            {
                rows.append((parent, Quantity(1)))
            }
            rows.append(pick)
        }
        return rows
    }
}
