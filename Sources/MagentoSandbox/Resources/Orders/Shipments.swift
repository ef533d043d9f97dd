/// Shipping, and what was shipped.
enum Shipments {
    static let routes = [
        Route("POST", "order/:id/ship", .resource("Magento_Sales::ship")) { (state, call) throws(ShopError) in
            let order = try Orders.order(state, call)
            let shipment = try state.ship(order.id, try request(call.body), now: call.now)
            call.note(
                order, "shipment", document: shipment.id, shipment.lines.map { ($0.orderItemID, $0.quantity) },
                isNotified: shipment.isNotified)
            return .string(String(shipment.id))
        },
        Route("GET", "shipments", .resource("Magento_Sales::shipment")) { (state, call) throws(ShopError) in
            let shop = state
            return try SearchResult.json(
                search, over: { _ in shop.sales.shipments }, call.query, limits: state.limits, row: { json($0, shop) })
        },
        Route("GET", "shipment/:id", .resource("Magento_Sales::shipment")) { (state, call) throws(ShopError) in
            guard let id = Int(call.variable("id")) else { throw .pathType(call.variable("id")) }
            guard let shipment = state.sales.shipments.first(where: { $0.id == id }) else { throw .unknownEntity }
            return json(shipment, state)
        },
        Route("POST", "shipment/track", .resource("Magento_Sales::shipment")) { (state, call) throws(ShopError) in
            let body = try call.required("entity")
            guard let track = try track(body), !track.number.isEmpty, !track.carrier.isEmpty,
                let position = state.sales.shipments.firstIndex(where: { $0.id == body.field("parent_id")?.whole }),
                state.sales.shipments[position].orderID == body.field("order_id")?.whole
            else { throw .trackNotSaved }
            var added = track
            added.id = SalesBook.next(&state.sales.counters.track)
            added.createdAt = ShopClock.stamp(call.now)
            state.sales.shipments[position].tracks.append(added)
            let shipment = state.sales.shipments[position]
            if let order = state.sales[shipment.orderID] { call.note(order, "track", "\(shipment.id): \(added.number)") }
            return json(added, of: shipment)
        },
    ]

    private static let search = Search<Shipment>(
        fields: [
            "entity_id": .number { Quantity(Int64($0.id)) }, "increment_id": .text { $0.incrementID },
            "order_id": .number { Quantity(Int64($0.orderID)) }, "created_at": .stamp { $0.createdAt },
            "updated_at": .stamp { $0.updatedAt },
        ],
        unknownField: { _ in .internal(report: "6b00f4e7c4201") })

    private static func request(_ body: JSONValue) throws(ShopError) -> ShipmentRequest {
        var request = ShipmentRequest(lines: try DocumentRequest.lines(body))
        for element in body.field("tracks")?.elements ?? [] {
            guard let track = try track(element) else { continue }
            if track.carrier.isEmpty { request.hasTrackWithoutCarrier = true }
            request.tracks.append(track)
        }
        request.comment = DocumentRequest.comment(body)
        request.isNotified = body.flag("notify")
        request.source = DocumentRequest.extensions(body)?.field("source_code")?.text
        return request
    }

    private static func track(_ body: JSONValue) throws(ShopError) -> Shipment.Track? {
        guard case .object(let members) = body else { return nil }
        var track = Shipment.Track(number: "", title: "", carrier: "")
        for member in members {
            let text =
                switch member.value {
                case .string(let text), .number(let text): text
                case .null, .bool, .array, .object: ""
                }
            switch QueryTree.camel(member.name) {
            case "trackNumber": track.number = text
            case "title": track.title = text
            case "carrierCode": track.carrier = text
            case "weight": track.weight = text
            case "qty": track.quantity = text
            case "description": track.description = text
            case "orderId", "parentId", "extensionAttributes", "entityId", "createdAt", "updatedAt": break
            case let name: throw .unsupported(name.prefix(1).uppercased() + name.dropFirst())
            }
        }
        return track
    }

    static func json(_ shipment: Shipment, _ state: ShopState) -> JSONValue {
        let order = state.sales[shipment.orderID]
        var m = JSONMembers()
        m.add("billing_address_id", order?.billing.id)
        m.add("created_at", shipment.createdAt)
        if shipment.isNotified { m.add("email_sent", 1) }
        m.add("entity_id", shipment.id)
        m.add("increment_id", shipment.incrementID)
        m.add("order_id", shipment.orderID)
        m.add("packages", JSONValue.array([]))
        m.add("shipping_address_id", order?.shipping?.id)
        m.add("store_id", order?.storeID)
        m.add("total_qty", shipment.quantity)
        m.add("updated_at", shipment.updatedAt)
        m.add("items", .array(shipment.lines.map { json($0, of: shipment) }))
        m.add("tracks", .array(shipment.tracks.map { json($0, of: shipment) }))
        m.add("comments", .array(shipment.comments.map { comment($0, of: shipment.id) }))
        m.add("extension_attributes", ["source_code": .string(shipment.source)])
        return m.object
    }

    private static func json(_ line: Shipment.Line, of shipment: Shipment) -> JSONValue {
        [
            "entity_id": JSONValue(line.id), "name": .string(line.name), "parent_id": JSONValue(shipment.id),
            "price": .number(line.price.number), "product_id": JSONValue(line.productID), "sku": .string(line.sku),
            "weight": .number(line.weight.number), "order_item_id": JSONValue(line.orderItemID), "qty": .number(line.quantity.number),
        ]
    }

    private static func json(_ track: Shipment.Track, of shipment: Shipment) -> JSONValue {
        [
            "order_id": JSONValue(shipment.orderID), "created_at": .string(track.createdAt), "entity_id": JSONValue(track.id),
            "parent_id": JSONValue(shipment.id), "updated_at": .string(track.createdAt),
            "weight": track.weight.map { .number($0) } ?? .null, "qty": track.quantity.map { .number($0) } ?? .null,
            "description": track.description.map { .string($0) } ?? .null, "track_number": .string(track.number),
            "title": .string(track.title), "carrier_code": .string(track.carrier),
        ]
    }

    static func comment(_ comment: DocumentComment, of parent: Int) -> JSONValue {
        [
            "is_customer_notified": comment.isCustomerNotified ? 1 : 0, "parent_id": JSONValue(parent), "comment": .string(comment.text),
            "is_visible_on_front": comment.isVisibleOnFront ? 1 : 0, "created_at": .string(comment.createdAt),
            "entity_id": JSONValue(comment.id),
        ]
    }
}
