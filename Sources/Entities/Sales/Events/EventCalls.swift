import Domain
import Magento

/// The memory of calls that must not be made twice, for one event. What it throws is no answer of the shop: this process may not
/// send anything any more.
struct EventCalls {
    struct Failure: Error { var cause: any Error }

    private let book: any CallBook
    private let kind: SalesEventKind
    private let order: String
    private let key: RecordKey

    init(_ book: any CallBook, _ kind: SalesEventKind, order: String, key: RecordKey) {
        self.book = book
        self.kind = kind
        self.order = order
        self.key = key
    }

    private func call(_ mark: String) -> OnceCall { OnceCall(entity: kind.rawValue, subject: order, mark: mark, key: key) }

    private func guarded<Result>(_ body: () throws -> Result) throws(Failure) -> Result {
        do { return try body() } catch { throw Failure(cause: error) }
    }

    /// Why nothing may be sent for the order now; `nil` where it may.
    func obstacle(to mark: String) throws(Failure) -> Diagnostic? {
        let awaited = try guarded { try book.unanswered(about: order) }.filter(\.isAwaited)
        let mine = awaited.first { $0.call.mark == mark && $0.call.entity == kind.rawValue }
        return (mine ?? awaited.first).map { obstacle($0, to: mark) }
    }

    private func obstacle(_ call: UnansweredCall, to mark: String) -> Diagnostic {
        let isMine = call.call.mark == mark && call.call.entity == kind.rawValue
        return .lateEffect(
            of: "\(Escaped(call.call.mark, limit: 80)) of order \(Escaped(order, limit: 40))", sent: call.sent, rest: call.rest,
            holding: isMine ? nil : Escaped(mark, limit: 80).description)
    }

    /// `nil`: written down, and the call may leave.
    func begin(_ mark: String) throws(Failure) -> Diagnostic? {
        switch try guarded({ try book.begin(call(mark)) }) {
        case .clear: nil
        case .blocked(let other): obstacle(other, to: mark)
        }
    }

    func settle(_ mark: String) throws(Failure) { try guarded { try book.settle(call(mark)) } }

    func claim(_ document: SalesDocument, for mark: String) throws(Failure) -> Bool {
        try guarded { try book.claim(document: document.id, for: call(mark)) }
    }

    var claims: [Int: String] {
        get throws(Failure) { try guarded { try book.claims(of: kind.rawValue, about: order) } }
    }

    /// Every document of the mark where there is more than one: an alarm names them all.
    func reportDoubles(_ documents: [SalesDocument], of mark: String) throws(Failure) {
        let claims = try claims
        let found = documents.filter { $0.comments.contains(mark) || claims[$0.id] == mark }
        let mine = Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }).values.sorted { $0.id < $1.id }
        guard mine.count > 1 else { return }
        let names = mine.map { "\(kind.document) \($0.incrementID)" }
        try guarded { try book.report(doubled: call(mark), documents: names) }
    }
}
