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
    /// `schedule`, `operator`, `retry`, `ordered by ann (console, 10.0.0.7)`.
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

extension Run {
    private static let ordered = "ordered by "
    private static let uploaded = "uploaded by "

    /// The cause of a run that a person ordered outside the schedule.
    package static func cause(orderedBy who: String) -> String { ordered + who }
    /// The cause of a run whose file a person brought. Its plan always waits for a decision.
    package static func cause(uploadedBy who: String) -> String { uploaded + who }

    package var isUploaded: Bool { cause.hasPrefix(Self.uploaded) }
    /// Who ordered it or brought its file.
    package var orderer: String? {
        for prefix in [Self.ordered, Self.uploaded] where cause.hasPrefix(prefix) { return String(cause.dropFirst(prefix.count)) }
        return nil
    }
}
