package import Domain

/// A test account of the shop, whose prices are looked at beside a guest's (reliability 5, layer 4).
///
/// One without a group is a customer like everybody and is to see what a guest sees. One of a group is to get that group's
/// prices, and those of no other.
package struct Shopper: Sendable {
    package var name: String
    package var email: String
    /// The secret's name, not its value.
    package var password: SettingNode
    /// The customer group, by its name in the shop.
    package var group: String?
    /// The store view where it signs in; the default one where `nil`.
    package var store: String?

    package init(name: String, email: String, password: SettingNode, group: String? = nil, store: String? = nil) {
        self.name = name
        self.email = email
        self.password = password
        self.group = group
        self.store = store
    }

    package static let options = [
        OptionSpec("email", .text, "What it signs in with.", required: .required, example: "trade.test@acme.example"),
        OptionSpec("password", .secret, "The password of `user`.", required: .required, example: "{file: trade_test_password}"),
        OptionSpec(
            "group", .text, "Its customer group in the shop, whose prices it is to get; a customer like everybody unless given.", example: "Trade A"),
        OptionSpec("store", .text, "The store view where it signs in, by code; the default one unless given."),
    ]

    package init(_ name: String, _ node: SettingNode) throws {
        guard let password = node["password"] else {
            throw Diagnostic("SETTINGS-MISSING", "password is missing", at: node.location, fix: "add password: {file: name}")
        }
        self.init(
            name: name, email: try node.requiredText("email"), password: password, group: node.text("group"),
            store: node.text("store"))
    }

    /// Whether the group's prices are this account's.
    func gets(_ group: String) -> Bool { self.group.map { $0.lowercased() == group.lowercased() } ?? false }
}
