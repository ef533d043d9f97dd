import Domain

/// What may differ between the header that a file has and the columns that its profile declares (reliability B6, F37).
struct HeaderRules: Sendable {
    enum Unknown: String, Sendable, CaseIterable { case allow, refuse }
    enum Order: String, Sendable, CaseIterable { case any, declared }

    var unknown = Unknown.allow
    var order = Order.any
    /// Declared column to the other captions it goes by.
    var aliases: [String: [String]] = [:]

    init(_ node: SettingNode?) throws {
        guard let node else { return }
        var reader = try NodeReader(node, path: "profile.header")
        unknown = try reader.choice("unknown") ?? .allow
        order = try reader.choice("order") ?? .any
        for (column, names) in try reader.entries("aliases") ?? [] {
            guard let list = names.list else {
                throw Diagnostic(
                    "PROFILE-VALUE", "profile.header.aliases.\(Escaped(column)) must be a list", at: names.location,
                    fix: "write [\"…\", \"…\"]")
            }
            aliases[column] = list.compactMap(\.scalar)
        }
        try reader.finish()
    }
}

/// How a profile's numbers may be written besides what the schema says.
struct NumberRules: Sendable {
    var allowsTrailingMinus = false
    var allowsParentheses = false
    /// Numbers are printed from binary floating point.
    var isFloatingPoint = false
    /// Texts that mean 0: `-`, `Nil`.
    var zeroValues: [String] = []

    init(_ node: SettingNode?) throws {
        guard let node else { return }
        var reader = try NodeReader(node, path: "profile.numbers")
        allowsTrailingMinus = try reader.flag("trailing_minus") ?? false
        isFloatingPoint = try reader.flag("floating_point") ?? false
        allowsParentheses = try reader.flag("parentheses") ?? false
        zeroValues = try reader.texts("zero_values") ?? []
        try reader.finish()
    }
}
