import MagentoSandbox

/// Compares an answer with the recorded one. Refusals have to say the very same; data has to have the same shape.
enum BodyShape {
    /// What differs, or `nil`.
    static func difference(recorded: [UInt8], answered: [UInt8]) -> String? {
        guard let old = try? JSONParser.parse(trimmed(recorded)) else {
            return (try? JSONParser.parse(answered)) == nil ? nil : "JSON instead of a page"
        }
        guard let new = try? JSONParser.parse(answered) else { return "no JSON" }
        if let message = old["message"] {
            if message.text?.hasPrefix("Internal Error.") == true {
                return new["message"]?.text?.hasPrefix("Internal Error.") == true ? nil : "another message"
            }
            return old == new ? nil : "\(JSONText.of(new)) instead of \(JSONText.of(old))"
        }
        // A price call's list of failures is read word for word by clients.
        if let first = old.elements?.first, first["message"] != nil {
            return old == new ? nil : "\(JSONText.of(new)) instead of \(JSONText.of(old))"
        }
        return shape(old, new, at: "$")
    }

    static func isIdentical(recorded: [UInt8], answered: [UInt8]) -> Bool {
        guard let old = try? JSONParser.parse(trimmed(recorded)), let new = try? JSONParser.parse(answered) else { return false }
        return sorted(old) == sorted(new)
    }

    private static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        while let last = bytes.last, last == 10 || last == 13 { bytes.removeLast() }
        return bytes
    }

    private static func shape(_ old: JSONValue, _ new: JSONValue, at path: String) -> String? {
        switch (old, new) {
        case (.array(let olds), .array(let news)):
            if !olds.isEmpty, news.isEmpty { return "\(path) is empty" }
            if olds.isEmpty, !news.isEmpty, path == "$" { return "\(news.count) elements instead of none" }
            for (index, pair) in zip(olds, news).enumerated() {
                if let difference = shape(pair.0, pair.1, at: "\(path)[\(index)]") { return difference }
            }
            return nil
        case (.object(let olds), .object(let news)):
            guard olds.map(\.name) == news.map(\.name) else {
                return names(olds, news, at: path)
            }
            for (left, right) in zip(olds, news) {
                if let difference = shape(left.value, right.value, at: "\(path).\(left.name)") { return difference }
            }
            return nil
        case (.string, .string), (.number, .number), (.bool, .bool), (.null, .null): return nil
        default: return "\(path) is of another type"
        }
    }

    private static func names(_ olds: [JSONValue.Member], _ news: [JSONValue.Member], at path: String) -> String {
        let (wanted, given) = (olds.map(\.name), news.map(\.name))
        let (missing, extra) = (wanted.filter { !given.contains($0) }, given.filter { !wanted.contains($0) })
        guard !missing.isEmpty || !extra.isEmpty else { return "\(path) has its names in the order \(given) instead of \(wanted)" }
        return "\(path) lacks \(missing) and has \(extra) too many"
    }

    /// The order of rows without a sort order is nobody's promise.
    private static func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): .array(elements.map(sorted).sorted { JSONText.of($0) < JSONText.of($1) })
        case .object(let members): .object(members.map { .init($0.name, sorted($0.value)) })
        case .null, .bool, .number, .string: value
        }
    }
}

enum JSONText {
    static func of(_ value: JSONValue) -> String { String(decoding: JSONWriter.bytes(value), as: UTF8.self) }
}
