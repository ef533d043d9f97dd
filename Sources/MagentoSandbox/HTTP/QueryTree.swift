/// A query string as PHP's `parse_str` reads it: brackets make arrays, later values win, snake and camel case are one.
package indirect enum QueryTree: Hashable, Sendable {
    case leaf(String)
    case branch([Entry])

    package struct Entry: Hashable, Sendable {
        var name: String
        var tree: QueryTree
    }

    package static func parse(_ query: some StringProtocol) -> QueryTree {
        var root = QueryTree.branch([])
        for pair in query.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = PercentCoding.decodeForm(String(halves[0]))
            let value = halves.count > 1 ? PercentCoding.decodeForm(String(halves[1])) : ""
            root.set(path(name)[...], to: value)
        }
        return root
    }

    package subscript(_ name: String) -> QueryTree? {
        guard case .branch(let entries) = self else { return nil }
        return entries.first { $0.name == Self.camel(name) }?.tree
    }

    package var text: String? { if case .leaf(let text) = self { text } else { nil } }

    /// Children in the order of their numeric names, as Magento's loop meets them after sorting by sending order.
    package var children: [QueryTree] {
        guard case .branch(let entries) = self else { return [] }
        return entries.map(\.tree)
    }

    private mutating func set(_ path: ArraySlice<String>, to value: String) {
        guard let first = path.first else {
            self = .leaf(value)
            return
        }
        var entries: [Entry] = []
        if case .branch(let existing) = self { entries = existing }
        let name = first.isEmpty ? String(entries.count) : Self.camel(first)
        if let index = entries.firstIndex(where: { $0.name == name }) {
            entries[index].tree.set(path.dropFirst(), to: value)
        } else {
            var child = QueryTree.branch([])
            child.set(path.dropFirst(), to: value)
            entries.append(Entry(name: name, tree: child))
        }
        self = .branch(entries)
    }

    /// `a[b][0]` as `a`, `b`, `0`.
    private static func path(_ name: String) -> [String] {
        guard let bracket = name.firstIndex(of: "[") else { return [name] }
        let inner = name[bracket...].dropFirst().split(separator: "[", omittingEmptySubsequences: false)
        return [String(name[..<bracket])] + inner.map { String($0.hasSuffix("]") ? $0.dropLast() : $0) }
    }

    /// `filter_groups` and `filterGroups` are one name.
    package static func camel(_ name: String) -> String {
        let words = name.split(separator: "_", omittingEmptySubsequences: true)
        guard words.count > 1, let first = words.first else { return name }
        return first + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
