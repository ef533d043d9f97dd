import Domain

/// Shipping an order, and finding what was shipped. Making a shipment is not repeatable: the same body again ships again.
package struct Shipments: Sendable {
    package struct Track: Hashable, Sendable {
        package var number: String
        package var title: String
        /// Any text is taken, none breaks the save.
        package var carrier: String

        package init(number: String, title: String, carrier: String) {
            self.number = number
            self.title = title
            self.carrier = carrier
        }

        fileprivate func write(into text: inout JSONText) {
            text.raw("\"track_number\":")
            text.string(number)
            text.raw(",\"title\":")
            text.string(title)
            text.raw(",\"carrier_code\":")
            text.string(carrier)
        }
    }

    private let transport: any ShopTransport
    private let size = PageSize(100)

    package init(_ transport: any ShopTransport) { self.transport = transport }

    /// One shipment, from one source; `nil` leaves the source to the shop. The rows' quantities have to be open: the shop
    /// cuts what is more without a word.
    package func submit(
        order: Int, _ lines: DocumentLines, tracks: [Track], note: DocumentNote, source: String?
    ) async -> Answer {
        var body = JSONText()
        body.raw("{\"items\":")
        lines.write(into: &body)
        note.write(into: &body)
        body.raw(",\"tracks\":")
        body.list(tracks) { text, track in
            text.raw("{")
            track.write(into: &text)
            text.raw("}")
        }
        if let source {
            body.raw(",\"arguments\":{\"extension_attributes\":{\"source_code\":")
            body.string(source)
            body.raw("}}")
        }
        body.raw("}")
        return await transport.send(
            ShopCall(
                .post, ["order", String(order), "ship"], route: "order/:id/ship", body: body.bytes, effect: .once, expects: .text))
    }

    /// One more tracking number at a shipment; the shop takes the same one twice.
    package func submitTrack(_ track: Track, shipment: Int, order: Int) async -> Answer {
        var body = JSONText()
        body.raw("{\"entity\":{\"order_id\":")
        body.number(String(order))
        body.raw(",\"parent_id\":")
        body.number(String(shipment))
        body.raw(",")
        track.write(into: &body)
        body.raw("}}")
        return await transport.send(ShopCall(.post, ["shipment", "track"], body: body.bytes, effect: .once, expects: .object))
    }

    /// All shipments of these orders, by ascending id. Throws `Diagnostic`.
    package func find(orders: some Collection<Int>) async throws -> [SalesDocument] {
        try await transport.documents(["shipments"], size, orders: orders, what: "A shipment")
    }
}

extension ShopTransport {
    func documents(_ path: [String], _ size: PageSize, orders: some Collection<Int>, what: String) async throws -> [SalesDocument] {
        let rows = try await all(path, size, chunks: SearchChunks.split(orders.map(String.init), field: "order_id"), fields: SalesDocument.fields)
        return try rows.map { row in
            guard let document = SalesDocument(row) else { throw SalesDocument.malformed(what) }
            return document
        }
    }
}
