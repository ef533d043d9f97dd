import Domain
package import Magento

/// What names mean in this shop: its website, its groups, the choices of attributes with a list, and whether it has companies.
package struct AccountLookups: Hashable, Sendable {
    package var website: Int
    /// Name to id, as they were pinned.
    package var groups: [String: Int]
    /// Id to name, of all groups.
    package var groupNames: [Int: String]
    /// By field, label to option id; empty for an attribute that takes any text.
    package var options: [AccountField: [String: String]]
    package var hasCompanies: Bool

    package init(
        website: Int, groups: [String: Int], groupNames: [Int: String], options: [AccountField: [String: String]] = [:], hasCompanies: Bool = false
    ) {
        self.website = website
        self.groups = groups
        self.groupNames = groupNames
        self.options = options
        self.hasCompanies = hasCompanies
    }

    /// Asks the shop for what `rules` need. Throws `Diagnostic`, also where the website or an attribute does not exist: a value
    /// for an attribute that is not there would be dropped without a word.
    package init(_ rules: AccountRules, pins: GroupPins, groups: [CustomerGroups.Group], client: MagentoClient) async throws {
        guard let website = try await client.stores.websites().first(where: { $0.code == rules.website }) else {
            throw Self.unknown(website: rules.website)
        }
        let attributes = try await Self.checkAttributes(rules, client)
        let options = rules.attributes.mapValues { attributes[$0] ?? [:] }
        let modules = rules.companies != .off ? try await client.stores.modules() : []
        self.init(
            website: website.id, groups: Dictionary(pins.ids.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first }),
            groupNames: Dictionary(groups.map { ($0.id, $0.code) }, uniquingKeysWith: { first, _ in first }), options: options,
            hasCompanies: modules.contains(Companies.module) && modules.contains(Companies.creditModule))
        guard rules.companies != .create || hasCompanies else {
            throw Diagnostic(
                "SETTINGS-VALUE", "accounts.companies says create, and the shop has no companies",
                fix: "say companies: auto, or install the B2B modules")
        }
        guard !rules.owned.contains(.creditLimit) || rules.attributes[.creditLimit] != nil || hasCompanies else {
            throw Diagnostic(
                "SETTINGS-MISSING", "accounts own credit_limit, and there is neither an attribute for it nor company credit in the shop",
                fix: "add attributes: {credit_limit: …}, or take credit_limit out of owns")
        }
    }

    /// The options of every attribute that accounts are written to, by its code: label to option id, empty where any text is taken. Throws
    /// `Diagnostic` where the shop does not have one of them, or has it in no attribute set: then it says 200 and drops the values.
    package static func checkAttributes(_ rules: AccountRules, _ client: MagentoClient) async throws -> [String: [String: String]] {
        var options: [String: [String: String]] = [:]
        let fields = rules.attributes.sorted { $0.key < $1.key }.map { (code: $0.value, word: $0.key.word) }
        for (code, word) in [(code: rules.codeAttribute, word: "account")] + fields {
            guard let attribute = try await client.customerAttributes.attribute(code) else { throw unknown(attribute: code, word) }
            options[code] = attribute.options
        }
        let kept = try await client.customerAttributes.kept()
        if let code = options.keys.sorted().first(where: { !kept.contains($0) }) { throw dropped(attribute: code) }
        return options
    }

    package func id(ofGroup name: String) -> Int? { groups[name.lowercased()] }

    /// A group that no setting names still has to be told from the others.
    func name(ofGroup id: Int) -> String { groupNames[id] ?? "group \(id)" }

    func stored(_ text: String, _ field: AccountField) -> String { options[field]?[text] ?? text }

    func label(_ stored: String, _ field: AccountField) -> String { options[field]?.first { $0.value == stored }?.key ?? stored }

    /// `nil` where any text is taken.
    package var termChoices: Set<String>? {
        guard let choices = options[.terms], !choices.isEmpty else { return nil }
        return Set(choices.keys)
    }

    private static func unknown(website: String) -> Diagnostic {
        Diagnostic("WEBSITE-UNKNOWN", "the shop has no website \(Escaped(website, limit: 40))", fix: "correct accounts.website")
    }
    static func dropped(attribute: String) -> Diagnostic {
        Diagnostic(
            "ATTRIBUTE-DROPPED",
            "the shop has the attribute \(Escaped(attribute, limit: 40)) of customers in no attribute set: it says 200 and drops the values",
            fix: "add it to the customer attribute set and group (a module's setup does it), then run the flow again; nothing was sent")
    }
    private static func unknown(attribute: String, _ word: String) -> Diagnostic {
        Diagnostic(
            "ATTRIBUTE-UNKNOWN", "customers of the shop have no attribute \(Escaped(attribute, limit: 40)), which \(word) is written to",
            fix: "create the attribute in the shop (Stores > Attributes > Customer, or a module), or correct accounts.attributes")
    }
}
