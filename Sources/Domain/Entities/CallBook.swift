/// The durable memory of calls that must not be made twice: which were sent, when, and whether the shop has answered.
///
/// A call without an answer may still take effect minutes later, and until then no list shows it. So it is written down before it
/// leaves, looked for at every run, and sent again only after a wait that is longer than any request of the shop lasts (reliability C2, F52).
package protocol CallBook: Sendable {
    /// The calls about `subject` (an order) that have no answer, the oldest first.
    func unanswered(about subject: String) throws -> [UnansweredCall]

    /// Writes down that `call` leaves now. When this returns `.clear` the intent is durable and this process still holds its flow.
    /// Another call about the same subject that is still waited for keeps it from leaving: nothing is written then.
    /// Throws where nothing may be sent at all.
    func begin(_ call: OnceCall) throws -> Clearance

    /// The call is decided: the shop has answered, or what it made was found. One that was sent more than once is watched on,
    /// because the first sending may still take effect; so is one for which a person's document stands.
    func settle(_ call: OnceCall) throws

    /// Notes that the shop's document `id` is what `call` was to make, although a person made it. `false` where it stands for
    /// another call already.
    func claim(document id: Int, for call: OnceCall) throws -> Bool

    /// Documents of an entity that stand for a call although a person made them: the document to the call's mark.
    func claims(of entity: String, about subject: String) throws -> [Int: String]

    /// The calls of an entity that may have made two documents, for a later look.
    func watched(of entity: String) throws -> [OnceCall]

    /// Notes that `call` has more than one document in the shop. An alarm names them until a person says that they are dealt with.
    func report(doubled call: OnceCall, documents: [String]) throws
}

/// One call that must not be made twice.
package struct OnceCall: Hashable, Sendable {
    package var entity: String
    /// What it is about: the order's number. Calls about one subject never overlap.
    package var subject: String
    /// By which its effect is found, unique within entity and subject: `Despatch 1001`.
    package var mark: String
    /// The change it belongs to.
    package var key: RecordKey

    package init(entity: String, subject: String, mark: String, key: RecordKey) {
        self.entity = entity
        self.subject = subject
        self.mark = mark
        self.key = key
    }
}

/// A call that was sent and has no answer.
package struct UnansweredCall: Hashable, Sendable {
    package var call: OnceCall
    /// When it was last sent, by the wall clock: for people. The wait goes by the clock that only goes forward.
    package var sent: UTCInstant
    /// How long it is still waited for; zero where it may be sent again after a look.
    package var rest: Duration

    package init(call: OnceCall, sent: UTCInstant, rest: Duration) {
        self.call = call
        self.sent = sent
        self.rest = rest
    }

    package var isAwaited: Bool { rest > .zero }
}

/// Whether a call may leave.
package enum Clearance: Hashable, Sendable {
    case clear
    /// A call about the same subject is still waited for.
    case blocked(UnansweredCall)
}
