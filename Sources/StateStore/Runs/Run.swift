package import Domain

/// What must happen once for one delivery, however many attempts it takes.
package struct Run: Hashable, Sendable {
    package enum State: String, Sendable, CaseIterable {
        /// Reading and comparing; nothing has left the house. A crash starts it again.
        case planning
        /// A gate or the flow asks for a person's decision.
        case held
        case approved
        case applying
        /// Part of it could not be sent or settled yet; a later attempt goes on.
        case waiting
        /// All that was due is done; values with a later day wait for it.
        case scheduled
        case finished
        case discarded
        /// The file as a whole could not be used.
        case failed
        /// Planned to be looked at, never to be applied.
        case previewed

        package var isOpen: Bool {
            switch self {
            case .planning, .held, .approved, .applying, .waiting, .scheduled: true
            case .finished, .discarded, .failed, .previewed: false
            }
        }
    }

    package var id: Int64
    package var flow: String
    package var delivery: Int64?
    /// `schedule`, `operator`, `retry`.
    package var cause: String
    /// The run whose values this one puts back.
    package var undoes: Int64?
    package var started: UTCInstant
    package var ended: UTCInstant?
    package var attempts: Int
    package var state: State
    /// One sentence on how it stands.
    package var verdict: String?
}
