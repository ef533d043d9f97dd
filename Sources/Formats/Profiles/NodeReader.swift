import Domain

/// Takes one JSON object apart, key by key; at the end every key must have been asked for.
///
/// All errors are `PROFILE-…` diagnostics that name file, line and key.
struct NodeReader {
    private let node: SettingNode
    private let pairs: [(key: String, node: SettingNode)]
    /// `fields.sku`, for messages.
    let path: String
    private var known: [String] = []

    init(_ node: SettingNode, path: String) throws {
        guard let pairs = node.map else {
            throw Diagnostic("PROFILE-VALUE", "\(path) must be an object", at: node.location, fix: "write { … }")
        }
        self.node = node
        self.pairs = pairs
        self.path = path
    }

    var location: Diagnostic.Location { node.location }

    mutating func node(_ key: String) -> SettingNode? {
        known.append(key)
        return node[key]
    }

    mutating func text(_ key: String) throws -> String? {
        guard let found = node(key) else { return nil }
        guard let text = found.scalar else { throw fault(key, found, "must be a text", "write \"\(key)\": \"…\"") }
        return text
    }

    mutating func required(_ key: String) throws -> String {
        if let text = try text(key) { return text }
        throw Diagnostic(
            "PROFILE-KEY-MISSING", "\(path) has no '\(key)'", at: node.location, fix: "add the key '\(key)'")
    }

    mutating func integer(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = try text(key), let found = node[key] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw fault(
                key, found, "must be a whole number", "write a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    mutating func flag(_ key: String) throws -> Bool? {
        guard let text = try text(key), let found = node[key] else { return nil }
        guard text == "true" || text == "false" else {
            throw fault(key, found, "must be true or false", "write true or false")
        }
        return text == "true"
    }

    /// One of the words of a closed set.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, _: Choice.Type = Choice.self) throws
        -> Choice?
    where Choice.RawValue == String {
        guard let text = try text(key), let found = node[key] else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw fault(key, found, "cannot be '\(Escaped(text))'", "choose one of: \(words)")
    }

    mutating func texts(_ key: String) throws -> [String]? {
        guard let found = node(key) else { return nil }
        guard let list = found.list else { throw fault(key, found, "must be a list", "write [\"…\", \"…\"]") }
        return try list.map { item in
            guard let text = item.scalar else { throw fault(key, item, "must hold texts only", "write [\"…\", \"…\"]") }
            return text
        }
    }

    /// A single byte; `nil` where the key is missing, `.some(nil)` where it is null or empty.
    mutating func byte(_ key: String) throws -> UInt8?? {
        known.append(key)
        guard let raw = pairs.first(where: { $0.key == key })?.node else { return nil }
        if case .null = raw.value { return .some(nil) }
        guard let text = raw.scalar else { throw fault(key, raw, "must be one character", "write \"\(key)\": \",\"") }
        if text.isEmpty { return .some(nil) }
        guard let byte = text.utf8.first, text.utf8.count == 1, byte != 0x0A, byte != 0x0D, byte != 0 else {
            throw fault(key, raw, "must be one ASCII character", "write \"\(key)\": \",\" or \"\\t\"")
        }
        return byte
    }

    mutating func object(_ key: String) throws -> NodeReader? {
        try node(key).map { try NodeReader($0, path: "\(path).\(key)") }
    }

    /// The pairs of an object whose keys the author chose.
    mutating func entries(_ key: String) throws -> [(key: String, node: SettingNode)]? {
        guard let found = node(key) else { return nil }
        guard let map = found.map else { throw fault(key, found, "must be an object", "write { … }") }
        return map
    }

    /// Throws `PROFILE-KEY-UNKNOWN` for the first key that nobody asked for.
    func finish() throws {
        guard let unknown = pairs.first(where: { !known.contains($0.key) }) else { return }
        let nearest = NearestWord.of(unknown.key, among: known).map { "did you mean '\($0)'?" }
        throw Diagnostic(
            "PROFILE-KEY-UNKNOWN",
            "\(path) has an unknown key '\(Escaped(unknown.key))'",
            at: unknown.node.location,
            fix: nearest ?? "known keys are: \(known.sorted().joined(separator: ", "))"
        )
    }

    func fault(_ key: String, _ node: SettingNode, _ text: String, _ fix: String) -> Diagnostic {
        Diagnostic("PROFILE-VALUE", "\(path).\(key) \(text)", at: node.location, fix: fix)
    }
}
