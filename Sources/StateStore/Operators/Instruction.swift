package import Domain

/// An order that a person gave in the console: what, on what they had seen, and what became of it. It is carried out by a process that has
/// what is needed for it, at once or at its next start.
///
///     waiting ── taken ── decided ── done
///        │         └──── refused, failed
///        └── withdrawn
///
/// The decision, its audit entry and `decided` are one transaction: a process that dies before it has decided nothing, and one that dies after
/// it has left a run that is resumed as any other.
package struct Instruction: Hashable, Sendable {
    package enum Action: String, Sendable, CaseIterable {
        case approve, discard, retry, rollback
        /// Orders that have left leave once more.
        case resend
        /// A value that the shop has taken is sent to it once more.
        case resync
        /// A flow runs once, outside its schedule.
        case run
        /// A file that a person brought is planned and held.
        case upload
        case compare
        /// What the shop holds is taken over into the books, so that the next plan sends what differs.
        case adopt
        /// The shop indexes anew what is in stock and cannot be bought.
        case sell
    }

    package enum State: String, Sendable, CaseIterable {
        case waiting, taken, decided, done, refused, failed, withdrawn

        package var isOpen: Bool { self == .waiting || self == .taken || self == .decided }
    }

    /// What it is about, frozen at the click.
    package enum Subject: Hashable, Sendable {
        case run(Int64)
        case errors([Int64])
        /// What waits for one cause, up to a number: later ones are not meant.
        case cause(ErrorCause.Key, through: Int64)
        /// What a run did to some of its entities.
        case undo(Int64, entities: [String])
        /// Documents of the order's flow, by their numbers.
        case documents([RecordKey])
        case value(entity: String, RecordKey)
        /// The flow itself. `despiteMaintenance`: a window that holds it back does not count.
        case flow(despiteMaintenance: Bool)
        case delivery(Int64)

        /// The run that it is about.
        package var run: Int64? {
            switch self {
            case .run(let id), .undo(let id, _): id
            case _: nil
            }
        }
    }

    package var id: Int64
    /// Of the form: the same form sent twice is one order.
    package var token: String
    package var at: UTCInstant
    package var who: String
    package var action: Action
    package var flow: String
    package var subject: Subject
    /// What the person saw, as `LedgerReader.decisionMark` or a count says it.
    package var seen: String
    package var because: String
    package var state: State
    package var taken: UTCInstant?
    package var ended: UTCInstant?
    /// What became of it, in words.
    package var text: String?
    /// The run that the decision made or moved on.
    package var run: Int64?

    package init(
        token: String, at: UTCInstant, who: String, action: Action, flow: String, subject: Subject, seen: String, because: String = ""
    ) {
        id = 0
        self.token = token
        self.at = at
        self.who = who
        self.action = action
        self.flow = flow
        self.subject = subject
        self.seen = seen
        self.because = because
        state = .waiting
    }
}
