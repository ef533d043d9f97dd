package import Domain
import Magento

/// The `statuses` group of a flow.
package struct StatusSettings: Sendable {
    package let rules: StatusRules

    private static let word = [
        OptionSpec(
            "action", .choice(StatusRules.Action.allCases.map(\.rawValue)), "What is done: a line in the order's history, or hold and release.",
            default: "comment"),
        OptionSpec("status", .text, "The status that the order takes; the shop allows only those of the order's state."),
        OptionSpec("comment", .text, "The line in the order's history. Without it the ERP's word is written."),
        OptionSpec(
            "show", .choice(CommentAudience.allCases.map(\.rawValue)), "Who sees the line: staff, the customer's account, or a letter besides.",
            default: "staff"),
    ]

    package static let options: [OptionSpec] = [
        OptionSpec(
            "words", .map(.object(word)), "What each of the ERP's words means.", required: .required,
            example: "{PICKING: {comment: Your order is being picked, show: account}, STOP: {action: hold}}"),
        OptionSpec(
            "unknown", .choice(StatusRules.UnknownWord.allCases.map(\.rawValue)),
            "A word that is not listed: reject the record, or say nothing to the shop.",
            default: "reject"),
        OptionSpec(
            "order_digits", .integer(0...32), "Order numbers of digits alone are filled up with zeros to this length. 0 leaves them alone.",
            default: "0"),
    ]

    /// Throws a `Diagnostic` at the setting's place.
    package init(_ node: SettingNode) throws {
        var words: [String: StatusRules.Meaning] = [:]
        for (word, meaning) in node["words"]?.map ?? [] {
            words[word] = StatusRules.Meaning(
                action: try meaning.choice("action", default: .comment), status: meaning.text("status"), comment: meaning.text("comment"),
                audience: try meaning.choice("show", default: .staff))
        }
        guard !words.isEmpty else {
            throw Diagnostic("SETTINGS-MISSING", "statuses.words is missing", at: node.location, fix: "add words: {PICKING: {comment: …}}")
        }
        var rules = StatusRules(words: words)
        rules.unknown = try node.choice("unknown", default: .reject)
        rules.orderDigits = try node.integer("order_digits") ?? 0
        self.rules = rules
    }
}
