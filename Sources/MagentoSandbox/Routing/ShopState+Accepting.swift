extension ShopState {
    /// Accepts calls for later (`async/V1`, `async/bulk/V1`): 202 and the bulk's identity. What the input processor refuses
    /// fails the whole request; everything else comes out when the consumer runs.
    mutating func accept(_ route: Route, _ variables: [String: String], bodies: [JSONValue], _ call: RouteCall) throws(ShopError) -> ShopAnswer {
        var operations: [OperationQueue.Operation] = []
        for (index, body) in bodies.enumerated() {
            var own = call
            own.body = body
            own.variables = Self.variables(variables, of: route, body)
            var rehearsal = self
            var trial = own
            do throws(ShopError) {
                _ = try route.handler(&rehearsal, &trial)
            } catch  where error.isInputError {
                throw error
            } catch {}
            operations.append(OperationQueue.Operation(index: index, route: route, call: own))
        }
        let identity = queue.identity()
        queue.bulks.append(
            OperationQueue.Bulk(
                identity: identity, topic: BulkTopic.of(route).topic, operations: operations, startedAt: ShopClock.stamp(call.now)))
        let items = operations.map { operation -> JSONValue in
            [
                "id": JSONValue(operation.index), "data_hash": .string(StableText.longHash(JSONWriter.bytes(operation.call.body))),
                "status": "accepted",
            ]
        }
        return ShopAnswer(
            status: 202, json: ["bulk_uuid": .string(identity), "request_items": .array(items), "errors": false])
    }

    /// `products/bySku` stands for `products/:sku`, with the SKU taken from the body.
    private static func variables(_ variables: [String: String], of route: Route, _ body: JSONValue) -> [String: String] {
        guard route.pattern == ["products", ":sku"], let sku = body.field("product")?.field("sku")?.text else { return variables }
        return ["sku": sku]
    }
}
