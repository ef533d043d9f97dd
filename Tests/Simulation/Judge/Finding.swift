/// A promise that a history broke.
struct Finding: Hashable, Sendable {
    enum Promise: String, Sendable, CaseIterable {
        /// A finished file was moved or removed and nobody holds its bytes, or was never read.
        case fileLost = "file lost"
        case doneTwice = "done twice"
        case undone = "never done"
        /// A value in the shop that no newest good file says.
        case wrongValue = "wrong value"
        case orderTwice = "order left twice"
        case orderMissing = "order did not leave"
        /// Something is still open, and nothing is going wrong any more.
        case rest = "no rest"
        case goodFileRefused = "good file set aside"
        /// Bytes that are to be kept for months are gone after hours.
        case forgotten = "forgotten"
        case books = "books do not balance"
    }

    var promise: Promise
    var text: String

    init(_ promise: Promise, _ text: String) { (self.promise, self.text) = (promise, text) }
}
