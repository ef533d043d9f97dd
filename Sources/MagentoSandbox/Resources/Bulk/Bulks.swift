/// What became of the calls that were accepted for later.
enum Bulks {
    private static let access = Route.Access.resource("Magento_Logging::system_magento_logging_bulk_operations")

    static let routes = [
        Route("GET", "bulk/:id/status", access) { (state, call) throws(ShopError) in
            try json(bulk(state, call)) { operation in
                [
                    "id": JSONValue(operation.index), "status": JSONValue(operation.status.rawValue),
                    "result_message": operation.message.map { .string($0) } ?? .null,
                    "error_code": operation.errorCode.map { JSONValue($0) } ?? .null,
                ]
            }
        },
        Route("GET", "bulk/:id/detailed-status", access) { (state, call) throws(ShopError) in
            let bulk = try bulk(state, call)
            return json(bulk) { .object(details($0, of: bulk)) }
        },
        Route("GET", "bulk/:id/operation-status/:status", access) { (state, call) throws(ShopError) in
            let status = Int(call.variable("status"))
            return JSONValue(try bulk(state, call).operations.filter { $0.status.rawValue == status }.count)
        },
        Route("GET", "bulk", access) { (state, call) throws(ShopError) in
            let rows = state.queue.bulks.flatMap { bulk in bulk.operations.map { Row(bulk: bulk, operation: $0) } }
            return try SearchResult.json(
                search, over: { _ in rows }, call.query, limits: state.limits,
                row: { row in
                    .object(
                        [.init("extension_attributes", ["start_time": .string(row.bulk.startedAt)])] + details(row.operation, of: row.bulk))
                })
        },
    ]

    private struct Row: Sendable {
        var bulk: OperationQueue.Bulk
        var operation: OperationQueue.Operation
    }

    private static let search = Search<Row>(
        fields: [
            "bulk_uuid": .text { $0.bulk.identity }, "topic_name": .text { $0.bulk.topic },
            "status": .number { Quantity(Int64($0.operation.status.rawValue)) }, "start_time": .stamp { $0.bulk.startedAt },
        ],
        unknownField: { _ in .internal(report: "6b00f5e7c4203") })

    private static func bulk(_ state: ShopState, _ call: RouteCall) throws(ShopError) -> OperationQueue.Bulk {
        let id = call.variable("id")
        guard let bulk = state.queue.bulks.first(where: { $0.identity == id }) else { throw .unknownBulk(id) }
        return bulk
    }

    /// In the order in which they came to their end, then what is open.
    private static func json(_ bulk: OperationQueue.Bulk, _ row: (OperationQueue.Operation) -> JSONValue) -> JSONValue {
        let done = bulk.finished.compactMap { index in bulk.operations.first { $0.index == index } }
        let open = bulk.operations.filter { $0.status == .open }
        return [
            "operations_list": .array((done + open).map(row)), "user_type": 1, "bulk_id": .string(bulk.identity),
            "description": .string("Topic " + bulk.topic), "start_time": .string(bulk.startedAt), "user_id": 1,
            "operation_count": JSONValue(bulk.operations.count),
        ]
    }

    /// What was sent is forgotten once it is done.
    private static func details(_ operation: OperationQueue.Operation, of bulk: OperationQueue.Bulk) -> [JSONValue.Member] {
        let sent: JSONValue = [
            "entity_id": .null, "entity_link": "",
            "meta_information": .string(String(decoding: JSONWriter.bytes(operation.call.body), as: UTF8.self)),
            "store_id": .string(String(operation.call.store)),
        ]
        let text = String(decoding: JSONWriter.bytes(sent), as: UTF8.self)
        return [
            .init("id", JSONValue(operation.index)), .init("bulk_uuid", .string(bulk.identity)), .init("topic_name", .string(bulk.topic)),
            .init("serialized_data", operation.status == .complete ? .null : .string(text)),
            .init("result_serialized_data", operation.result.map { .string($0) } ?? .null),
            .init("status", JSONValue(operation.status.rawValue)),
            .init("result_message", operation.message.map { .string($0) } ?? .null),
            .init("error_code", operation.errorCode.map { JSONValue($0) } ?? .null),
        ]
    }
}
