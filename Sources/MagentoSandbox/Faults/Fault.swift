/// A way in which a call goes wrong. "Commit" is the change of the shop's data.
package enum Fault: Hashable, Sendable {
    /// The connection is cut before anything happened.
    case closeBeforeCommit
    /// Everything is done, then the connection is cut instead of answering.
    case commitThenDrop
    /// Waits, then goes on as usual.
    case delay(Duration)
    /// The call hangs until `SandboxShop.commitDelayed()`; only then its effect happens. The caller is told `ShopAnswer` at once:
    /// a gateway that gave up on a request which lands later.
    case delayedCommit(ShopAnswer)
    /// The caller is told `ShopAnswer` at once, or finds the connection closed where it is `nil`; the call takes effect `after` so many
    /// seconds of the shop's clock. Until then no list shows it, and calls for the same order wait for it (see `LateCommits`).
    case lateCommit(ShopAnswer?, after: Int64)
    /// The first lines of the body's list are done, the rest not; the answer is the one given.
    case partialCommit(lines: Int, ShopAnswer)
    /// Nothing is done, this is answered.
    case answer(ShopAnswer)
    /// Everything is done, this is answered all the same.
    case commitThenAnswer(ShopAnswer)
    /// Everything is done, but only the first bytes of the answer's body leave before the connection is cut.
    case commitThenCut(bytes: Int)
    /// The answer's body leaves byte by byte with this pause, for ever.
    case drip(Duration)
    /// A body of this many blanks before the JSON ends.
    case hugeBody(bytes: Int)
    /// Answers properly and then closes the connection without having announced it.
    case closeAfterAnswer
    /// The database chose this call as a deadlock's victim: 400 `Could not save Source Item`, `Could not save Prices.` or
    /// `Could not save a shipment, see error log for details`.
    case deadlock
}
