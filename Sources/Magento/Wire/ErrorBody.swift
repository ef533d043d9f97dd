import Domain

/// Magento's error body: a phrase with placeholders and the parameters beside it.
struct ErrorBody: Sendable {
    var message: String
    var parameters: [String: String]
    /// Database error numbers come in `code`.
    var code: Int?
    /// Whether the details speak of missing `oauth_…` parameters.
    var concernsOAuth: Bool

    /// `nil` where the bytes are no error body.
    init?(_ bytes: [UInt8]) {
        guard let json = try? JSONReader.read(bytes), case .object = json else { return nil }
        if let message = json["message"]?.text {
            self.message = message
        } else if let first = json["messages"]?["error"]?.elements?.first, let message = first["message"]?.text {
            // PHP's fatal errors have a shape of their own.
            self.message = message
        } else {
            return nil
        }
        parameters = Self.parameters(json["parameters"])
        code = json["code"]?.whole
        concernsOAuth = (json["errors"]?.elements ?? []).contains { error in
            Self.parameters(error["parameters"]).values.contains { $0.hasPrefix("oauth_") }
        }
    }

    /// The phrase with its parameters in, safe to show.
    var rendered: String {
        var text = message
        for (name, value) in parameters.sorted(by: { $0.key.utf8.count > $1.key.utf8.count }) {
            text = text.split(separator: "%" + name, omittingEmptySubsequences: false).joined(separator: value)
        }
        return Escaped(text, limit: 400).description
    }

    /// A list is numbered from 1, as the placeholders are.
    private static func parameters(_ json: JSON?) -> [String: String] {
        switch json {
        case .object(let members):
            Dictionary(uniqueKeysWithValues: members.names.compactMap { name in members[name].flatMap(text).map { (name, $0) } })
        case .array(let elements):
            Dictionary(uniqueKeysWithValues: elements.enumerated().map { (String($0.offset + 1), text($0.element) ?? "") })
        case nil, .null, .bool, .number, .string: [:]
        }
    }

    private static func text(_ json: JSON) -> String? {
        switch json {
        case .string(let text), .number(let text): text
        case .bool(let flag): flag ? "true" : "false"
        case .null, .array, .object: nil
        }
    }
}
