/// The way of a call to the shop and back. Implementations wrap one another: admission, latch, retry, connection.
package protocol ShopTransport: Sendable {
    /// Never throws: whatever happens is an answer. The call may be repeated by whoever wraps it, as its effect allows.
    func send(_ call: ShopCall) async -> Answer
}
