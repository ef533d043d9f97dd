import Domain
import StateStore
import Synchronization

/// Books into the mirror what the shop did to its values by itself, so that the next file is compared with what is there.
struct MovementBook {
    let ledger: Ledger
    let flow: String
    let timeline: Timeline
    let lease: LeaseKeeper

    /// Longer than two clocks differ by, and than a look at the whole shop takes.
    private static let margin = Duration.seconds(86_400)

    /// The mirror was read from the shop just now: everything from before the margin is in it.
    func begin(_ entity: String) throws {
        let since = timeline.now().adding(.zero - Self.margin)
        try ledger.write(as: lease) { try $0.remember(flow: flow, name: Self.memory(entity), value: "\(since.milliseconds)") }
    }

    /// - Returns: whether something had moved. Throws a `Diagnostic` where the shop could not be looked at.
    @discardableResult
    func book(_ entity: FlowEntity) async throws -> Bool {
        guard let movements = entity.movements else { return false }
        let (name, definition) = (entity.definition.name, entity.definition)
        let since = try ledger.read { try $0.memory(flow: flow, name: Self.memory(name)) }.flatMap { Int64($0) }
        let moved = MoveCount()
        let (ledger, lease) = (ledger, lease)
        let seen = try await movements.look(since: since.map { UTCInstant(milliseconds: $0) }) { values in
            try ledger.write(as: lease) { writer in
                for observed in values {
                    guard let held = try writer.reader.mirror(entity: name, key: observed.key),
                        try !writer.reader.isLateValue(held.key, of: name),
                        let value = definition.moved(held.value, to: observed.value)
                    else { continue }
                    try writer.setMirror(entity: name, key: held.key, value: value, version: held.version, change: held.change)
                    try writer.noteMoved(held.key, of: name)
                    moved.note()
                }
            }
        }
        if seen != nil || moved.isAny {
            try ledger.write(as: lease) { writer in
                if let seen { try writer.remember(flow: flow, name: Self.memory(name), value: "\(seen.milliseconds)") }
                // The same bytes would make other changes now.
                if moved.isAny { try writer.forgetContent(flow: flow, entity: name) }
            }
        }
        return moved.isAny
    }

    private static func memory(_ entity: String) -> String { "moved.\(entity)" }
}

/// Whether anything was found, told from inside a visit.
private final class MoveCount: Sendable {
    private let found = Mutex(false)

    var isAny: Bool { found.withLock { $0 } }
    func note() { found.withLock { $0 = true } }
}
