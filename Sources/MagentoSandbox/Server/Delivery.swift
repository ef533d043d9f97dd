/// What the server does with the connection.
package enum Delivery: Sendable {
    case answer(ShopAnswer)
    case answerThenClose(ShopAnswer)
    /// The head and the first bytes, then the connection is cut.
    case cut(ShopAnswer, bytes: Int)
    case drip(ShopAnswer, pause: Duration)
    case drop
}
