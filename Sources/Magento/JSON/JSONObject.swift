/// The members of a JSON object, each name once. Equal where names and values are, in whatever order they came.
///
/// Nearly all objects of the shop have a handful of members, and an answer has hundreds of objects: a list is made in one piece
/// and looked through sooner than a name is hashed. From `most` members on they are kept by name, so that an object of a
/// hundred thousand members costs no more a look-up than one of twenty (reliability F65).
package struct JSONObject: Hashable, Sendable {
    private enum Members: Sendable {
        case few([(name: String, value: JSON)])
        case many([String: JSON])
    }

    /// More are kept by name.
    static let most = 16

    private var members: Members

    package init() { members = .few([]) }

    /// - Parameter count: how many members are expected.
    init(expecting count: Int) {
        var few: [(name: String, value: JSON)] = []
        few.reserveCapacity(min(count, Self.most))
        members = .few(few)
    }

    package var count: Int {
        switch members {
        case .few(let few): few.count
        case .many(let many): many.count
        }
    }

    package var isEmpty: Bool { count == 0 }

    /// In no particular order.
    package var names: [String] {
        switch members {
        case .few(let few): few.map(\.name)
        case .many(let many): Array(many.keys)
        }
    }

    /// `nil` takes the member away.
    package subscript(_ name: String) -> JSON? {
        get {
            switch members {
            case .few(let few):
                for member in few where member.name == name { return member.value }
                return nil
            case .many(let many): return many[name]
            }
        }
        set {
            guard let newValue else { return remove(name) }
            if !add(newValue, as: name) { replace(name, by: newValue) }
        }
    }

    /// `false`, and nothing added, where there is a member of that name already.
    mutating func add(_ value: JSON, as name: String) -> Bool {
        switch members {
        case .few(var few):
            for member in few where member.name == name { return false }
            // Held twice it would be copied.
            members = .few([])
            few.append((name, value))
            members = few.count <= Self.most ? .few(few) : .many(Dictionary(uniqueKeysWithValues: few.map { ($0.name, $0.value) }))
            return true
        case .many(var many):
            guard many[name] == nil else { return false }
            members = .few([])
            many[name] = value
            members = .many(many)
            return true
        }
    }

    /// With `changes` instead of members of the same names, and beside the others.
    package func merging(_ changes: JSONObject) -> JSONObject {
        var merged = self
        for name in changes.names { merged[name] = changes[name] }
        return merged
    }

    private mutating func replace(_ name: String, by value: JSON) {
        remove(name)
        _ = add(value, as: name)
    }

    private mutating func remove(_ name: String) {
        switch members {
        case .few(let few): members = .few(few.filter { $0.name != name })
        case .many(var many):
            many[name] = nil
            members = .many(many)
        }
    }

    private var byName: [String: JSON] {
        switch members {
        case .few(let few): Dictionary(uniqueKeysWithValues: few.map { ($0.name, $0.value) })
        case .many(let many): many
        }
    }

    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.names.allSatisfy { left[$0] == right[$0] }
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(byName) }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSON)...) {
        self.init(expecting: elements.count)
        for (name, value) in elements { self[name] = value }
    }
}
