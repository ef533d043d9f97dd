/// `fields=items[sku,quantity],total_count`: keeps only the named members of an answer.
struct FieldsProjection: Sendable {
    private indirect enum Node: Sendable {
        case whole
        case members([(name: String, node: Node)])
    }

    private let root: [(name: String, node: Node)]

    /// `nil` where the text is malformed; Magento then answers `[]`.
    init?(_ text: String) {
        var scanner = Array(text.utf8)[...]
        guard let root = Self.list(&scanner), scanner.isEmpty, !root.isEmpty else { return nil }
        self.root = root
    }

    func apply(to value: JSONValue) -> JSONValue { Self.project(value, root) }

    private static func project(_ value: JSONValue, _ wanted: [(name: String, node: Node)]) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map { project($0, wanted) })
        case .object(let members):
            let kept = members.compactMap { member -> JSONValue.Member? in
                guard let entry = wanted.first(where: { $0.name == member.name }) else { return nil }
                switch entry.node {
                case .whole: return member
                case .members(let inner):
                    // An empty list under a projection comes back as null.
                    if member.value == .array([]) { return .init(member.name, .null) }
                    return .init(member.name, project(member.value, inner))
                }
            }
            return kept.isEmpty ? .array([]) : .object(kept)
        case .null, .bool, .number, .string: return value
        }
    }

    private static func list(_ scanner: inout ArraySlice<UInt8>) -> [(name: String, node: Node)]? {
        var entries: [(name: String, node: Node)] = []
        while true {
            let name = scanner.prefix { byte in
                byte == UInt8(ascii: "_") || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
                    || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
            }
            guard !name.isEmpty else { return nil }
            scanner = scanner.dropFirst(name.count)
            var node = Node.whole
            if scanner.first == UInt8(ascii: "[") {
                scanner = scanner.dropFirst()
                guard let inner = list(&scanner), scanner.first == UInt8(ascii: "]") else { return nil }
                scanner = scanner.dropFirst()
                node = .members(inner)
            }
            entries.append((String(decoding: name, as: UTF8.self), node))
            guard scanner.first == UInt8(ascii: ",") else { return entries }
            scanner = scanner.dropFirst()
        }
    }
}
