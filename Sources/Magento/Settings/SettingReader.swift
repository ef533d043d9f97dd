import Domain

/// Reads the options of one node, with errors that point into the file.
struct SettingReader {
    private let node: SettingNode

    init(_ node: SettingNode) { self.node = node }

    func text(_ name: String) throws -> String {
        guard let text = optionalText(name) else {
            throw problem("\(name) is missing", at: name, fix: "Add \(name): …")
        }
        return text
    }

    func optionalText(_ name: String) -> String? {
        guard let text = node[name]?.scalar, !text.isEmpty else { return nil }
        return text
    }

    func whole(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let given = optionalText(name) else { return nil }
        guard let number = Int(given), range.contains(number) else {
            throw problem("\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound)", at: name, fix: "Write a whole number")
        }
        return number
    }

    /// `30s`, `15m`, `2h`.
    func duration(_ name: String) throws -> Duration? { try duration(name, from: 1) }

    /// The same, and 0 for not at all.
    func wait(_ name: String) throws -> Duration? { try duration(name, from: 0) }

    private func duration(_ name: String, from least: Int64) throws -> Duration? {
        guard let given = optionalText(name) else { return nil }
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = given.last.flatMap({ units[$0] }), let number = Int64(given.dropLast()), number >= least,
            number <= 1_000_000
        else { throw problem("\(name) is no duration", at: name, fix: "Write a number with s, m or h, such as 30s") }
        return .seconds(number * unit)
    }

    func problem(_ summary: String, at name: String, fix: String) -> Diagnostic {
        Diagnostic("SHOP-SETTINGS", summary, at: (node[name] ?? node).location, fix: fix)
    }
}
