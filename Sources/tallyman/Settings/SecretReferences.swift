import Domain

/// The places of a settings file that name a secret.
enum SecretReferences {
    static func all(in root: SettingNode) -> [SettingNode] {
        var found: [SettingNode] = []
        collect(root, .object(Settings.options), into: &found)
        return found
    }

    private static func collect(_ node: SettingNode, _ kind: OptionSpec.Kind, into found: inout [SettingNode]) {
        switch kind {
        case .secret: found.append(node)
        case .object(let options):
            for option in options { if let child = node[option.name] { collect(child, option.kind, into: &found) } }
        case .list(let element): for child in node.list ?? [node] { collect(child, element, into: &found) }
        case .map(let element): for (_, child) in node.map ?? [] { collect(child, element, into: &found) }
        case .either(let kinds): for kind in kinds { collect(node, kind, into: &found) }
        case .text, .integer, .decimal, .percent, .duration, .boolean, .choice: break
        }
    }
}
