import Foundation

/// The settings' JSON Schema, asked for options by their paths. `NAME` stands for a name of the user's own.
struct SettingsSchema {
    private let root: [String: Any]

    init() throws {
        let file = DocsProject.folder.appendingPathComponent("Schemas/settings.schema.json")
        root = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
    }

    /// `flows.NAME.gates.row_drop`
    func has(_ path: String) -> Bool {
        var nodes = [root]
        for name in path.split(separator: ".", omittingEmptySubsequences: false).map(String.init) {
            nodes = nodes.flatMap(Self.forms).compactMap { form in
                if name == "NAME" { return form["additionalProperties"] as? [String: Any] }
                return (form["properties"] as? [String: Any])?[name] as? [String: Any]
            }
        }
        return !nodes.isEmpty
    }

    /// The forms that a value may take, those of a list's items among them.
    private static func forms(_ node: [String: Any]) -> [[String: Any]] {
        let choices = (node["anyOf"] as? [[String: Any]] ?? []).flatMap(forms)
        let items = (node["items"] as? [String: Any]).map(forms) ?? []
        return [node] + choices + items
    }
}
