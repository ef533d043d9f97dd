package import Domain

/// Rejected records that wait for the same reason: one thing to fix.
package struct ErrorCause: Hashable, Sendable {
    package struct Key: Hashable, Sendable {
        package var flow: String
        package var entity: String
        package var code: String
        /// The column, where the reason names one.
        package var field: String?

        package init(flow: String, entity: String, code: String, field: String?) {
            self.flow = flow
            self.entity = entity
            self.code = code
            self.field = field
        }
    }

    package var key: Key
    package var count: Int
    /// The lowest and the highest number among them. What waits up to `highest` is a set that nothing can join.
    package var lowest: Int64
    package var highest: Int64
    package var firstRun: Int64
    package var lastRun: Int64
    /// The cell's content, where more than nine in ten have the same.
    package var value: String?
    /// How many have it.
    package var sharing: Int
    /// The youngest of them.
    package var example: QueuedError
    /// When the oldest was rejected.
    package var since: UTCInstant
}
