import Synchronization

/// Notes, for the work of one task, that a call which sets values was left without an answer: the shop may still carry it out, over
/// a newer value (reliability C2, F52).
package final class LateEffects: Sendable {
    @TaskLocal package static var current: LateEffects?

    private let seen = Atomic<Bool>(false)

    package init() {}

    /// Called by whoever sends.
    package func note() { seen.store(true, ordering: .relaxed) }

    package var arePossible: Bool { seen.load(ordering: .relaxed) }
}
