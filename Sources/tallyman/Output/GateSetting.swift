import Domain
import Engine

/// Which setting governs a gate, under the name that it has in the settings file.
enum GateSetting {
    /// Gates whose setting has another name than they have, below the entity's group.
    private static let named = ["tenfold": "limits.magnitude", FlowRunner.blindGate: "guest_check.canaries", "leak": "audience"]

    /// `flows.stock.gates.to_zero`; `nil` where a person's decision is the only way, as after a rollback.
    static func path(of gate: String, entity: String, flow: String) -> String? {
        let options = EntityCatalogue.kinds.first { $0.name == entity }?.options ?? []
        if let name = named[gate], contains(name, in: options) { return "flows.\(flow).\(entity).\(name)" }
        if Gates.options.contains(where: { $0.name == gate }) { return "flows.\(flow).gates.\(gate)" }
        for path in [gate, "limits.\(gate)"] where contains(path, in: options) { return "flows.\(flow).\(entity).\(path)" }
        return switch gate {
        case "approve": "flows.\(flow).approve"
        case "completeness": "flows.\(flow).pull.done"
        default: nil
        }
    }

    private static func contains(_ path: String, in options: [OptionSpec]) -> Bool {
        let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
        guard let option = options.first(where: { $0.name == parts.first }) else { return false }
        guard parts.count > 1 else { return true }
        if case .object(let inner) = option.kind { return contains(parts[1], in: inner) }
        return false
    }
}
