/// A checked piece of the settings file with the place it came from. The YAML library stays behind the program's loader.
package struct SettingNode: Sendable {
    package indirect enum Value: Sendable {
        case scalar(String)
        case list([SettingNode])
        case map([(key: String, node: SettingNode)])
        case null
    }

    package var value: Value
    package var location: Diagnostic.Location

    package init(_ value: Value, at location: Diagnostic.Location) {
        self.value = value
        self.location = location
    }

    package var scalar: String? { if case .scalar(let text) = value { text } else { nil } }
    package var list: [SettingNode]? { if case .list(let nodes) = value { nodes } else { nil } }
    package var map: [(key: String, node: SettingNode)]? { if case .map(let pairs) = value { pairs } else { nil } }

    /// Whether nothing stands there: no value, or a list of none.
    package var isEmpty: Bool {
        switch value {
        case .null: true
        case .list(let nodes): nodes.isEmpty
        case .scalar, .map: false
        }
    }

    package subscript(_ key: String) -> SettingNode? {
        guard let node = map?.last(where: { $0.key == key })?.node else { return nil }
        if case .null = node.value { return nil }
        return node
    }
}
