import Domain
import Entities
import StateStore

/// Where a flow's pinned customer groups are kept from run to run.
struct PinMemory: Sendable {
    private static let name = "group_pins"

    let ledger: Ledger
    let flow: String
    /// `doctor` looks without deciding which groups the flow's prices hang on from now on.
    var keeps = Keeping.everything

    enum Keeping { case everything, nothing }

    func load() throws -> GroupPins {
        guard let text = try ledger.read({ try $0.memory(flow: flow, name: Self.name) }), let bytes = Hex.bytes(text) else {
            return GroupPins()
        }
        return try GroupPins(encoded: bytes)
    }

    func save(_ pins: GroupPins) throws {
        guard keeps == .everything, pins != (try load()) else { return }
        try ledger.write(.beginnings) { try $0.remember(flow: flow, name: Self.name, value: Hex.string(pins.encoded)) }
    }
}
