/// Calls that were accepted to be done later, and what became of them.
package struct OperationQueue: Sendable {
    package enum Status: Int, Sendable {
        case complete = 1
        case failedRetriable, failed, open, rejected
    }

    package struct Operation: Sendable {
        package var index: Int
        package var status = Status.open
        var route: Route
        var call: RouteCall
        var result: String?
        var message: String?
        var errorCode: Int?
    }

    package struct Bulk: Sendable {
        package var identity: String
        package var topic: String
        package var operations: [Operation]
        package var startedAt: String
        /// The order in which they came to their end.
        var finished: [Int] = []
    }

    package var bulks: [Bulk] = []
    /// Identities to be given to the next bulks; then they are made from a count.
    package var identities: [String] = []

    package init() {}

    mutating func identity() -> String {
        identities.isEmpty ? StableText.identity("bulk \(bulks.count)") : identities.removeFirst()
    }
}

extension ShopState {
    /// Runs the consumer: everything that is open is done, in the order of its arrival. Returns what was written.
    @discardableResult
    package mutating func runConsumer(now: Int64) -> [JournalItem] {
        var committed: [JournalItem] = []
        for index in queue.bulks.indices {
            var failed: [Int] = []
            for position in queue.bulks[index].operations.indices where queue.bulks[index].operations[position].status == .open {
                var operation = queue.bulks[index].operations[position]
                operation.call.now = now
                do throws(ShopError) {
                    let value = try operation.route.handler(&self, &operation.call)
                    committed += operation.call.committed
                    operation.status = .complete
                    operation.message = "Service execution success " + BulkTopic.of(operation.route).service
                    // What a service hands back in good order is forgotten, unless it is a list of failures or an entity.
                    if value != .array([]) { operation.result = String(decoding: JSONWriter.bytes(value), as: UTF8.self) }
                    queue.bulks[index].finished.append(operation.index)
                } catch {
                    operation.status = .failed
                    operation.message = error.phrase.message
                    operation.errorCode = 0
                    failed.append(operation.index)
                }
                queue.bulks[index].operations[position] = operation
            }
            queue.bulks[index].finished += failed
        }
        return committed
    }
}
