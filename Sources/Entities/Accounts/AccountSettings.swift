package import Domain
import Magento

/// The `accounts` group of a flow.
package struct AccountSettings: Sendable {
    package let rules: AccountRules

    private static let owns = AccountField.ownable.map(\.word)
    private static let kept = AccountField.ownable.filter { AccountField.kept.contains($0.fields[0]) }.map(\.word)

    package static let options: [OptionSpec] = [
        OptionSpec("website", .text, "The website whose customers these are, by its code.", default: "base"),
        OptionSpec(
            "owns", .list(.choice(owns)), "What the ERP owns of an account. Nothing else of a customer is ever changed.", required: .required,
            example: "[group, terms, credit_limit, on_stop]"),
        OptionSpec(
            "attributes", .map(.text),
            "The customer attributes of the shop that hold the account's code (account) and \(kept.joined(separator: ", ")), by their codes.",
            required: .required, example: "{account: erp_account, terms: erp_terms, credit_limit: erp_credit, on_stop: erp_stop}"),
        OptionSpec(
            "groups", .map(.text),
            "Which customer group of the shop, by its name, each of the ERP's group codes means. A code that is not listed rejects its row.",
            example: "{TRADE: \"Trade A\", WEB: General}"),
        OptionSpec("retail", .list(.text), "Groups that are no trade groups; every other one is.", default: "[General]"),
        OptionSpec(
            "new_group", .text, "The group of new customers whose row names none; it must be one of retail. Without it such a row is rejected."),
        OptionSpec("stop_group", .text, "The group of accounts on stop; off stop, they come back into that of their price group."),
        OptionSpec(
            "terms", .map(.text), "What the shop's attribute says for each of the ERP's terms. Without it the ERP's own words.",
            example: "{\"30\": 30 days net}"),
        OptionSpec(
            "new", .choice(AccountRules.NewAccounts.allCases.map(\.rawValue)),
            "An account that the shop does not have: reject it, create a customer (who gets the shop's letter), or leave it out because it does not buy on the web.",
            default: "reject"),
        OptionSpec(
            "same_email", .choice(AccountRules.SameEmail.allCases.map(\.rawValue)),
            "A customer with the row's e-mail and without an account code: link the two, or reject the row.", default: "link"),
        OptionSpec(
            "children", .choice(AccountRules.Children.allCases.map(\.rawValue)),
            "Accounts with a parent: each a customer of its own, or left out, counted as unchanged.", default: "own"),
        OptionSpec(
            "contact", .text, "First name of a new customer where the file has none; the last name is then the account's.", default: "Accounts"),
        OptionSpec("country", .text, "The country of addresses that name none, in two letters.", default: "GB"),
        OptionSpec(
            "companies", .choice(AccountRules.Companies.allCases.map(\.rawValue)),
            "Where the shop has companies (B2B), write credit limits and groups of their users to the company (auto), make companies that are missing as well (create), or treat all customers alike (off).",
            default: "auto"),
        OptionSpec("checks", .object(AccountChecks.options), "What makes a row of a customer list a bad one."),
        OptionSpec("limits", .object(AccountLimits.options), "How far accounts may move before a person has to agree."),
    ]

    /// Throws a `Diagnostic` at the setting's place.
    package init(_ node: SettingNode, duplicates: DuplicatePolicy = .reject) throws {
        let owned = Set(AccountField.ownable.filter { node.texts("owns").contains($0.word) }.flatMap(\.fields))
        guard !owned.isEmpty else {
            throw Diagnostic(
                "SETTINGS-MISSING", "accounts.owns is missing", at: node.location, fix: "add owns: [group, terms, credit_limit, on_stop]")
        }
        var attributes: [AccountField: String] = [:]
        for (word, code) in Self.texts(node["attributes"]) where word != "account" {
            guard let field = AccountField.ownable.first(where: { $0.word == word })?.fields[0], AccountField.kept.contains(field) else {
                throw (node["attributes"] ?? node).invalid(
                    "names \(Escaped(word, limit: 40))", fix: "use account, \(Self.kept.joined(separator: ", "))")
            }
            attributes[field] = code
        }
        guard let codeAttribute = node["attributes"]?.text("account"), !codeAttribute.isEmpty else {
            throw Diagnostic(
                "SETTINGS-MISSING", "accounts.attributes names no attribute for the account's code", at: (node["attributes"] ?? node).location,
                fix: "add account: erp_account, an attribute of customers in the shop")
        }
        let retail = node["retail"] == nil ? ["General"] : node.texts("retail")
        rules = AccountRules(
            website: node.text("website") ?? "base", owned: owned, codeAttribute: codeAttribute,
            attributes: attributes.filter { owned.contains($0.key) },
            groups: Self.texts(node["groups"]), retail: Set(retail.map { $0.lowercased() }), stopGroup: node.text("stop_group"),
            newGroup: node.text("new_group"), terms: node["terms"].map { Self.texts($0) }, newAccounts: try node.choice("new", default: .reject),
            sameEmail: try node.choice("same_email", default: .link), children: try node.choice("children", default: .own),
            contact: node.text("contact") ?? "Accounts", country: node.text("country")?.uppercased() ?? "GB",
            checks: try AccountChecks(node["checks"]), limits: try AccountLimits(node["limits"]),
            companies: try node.choice("companies", default: .auto), duplicates: duplicates)
        try checkGroups(node)
        try checkPlaces(node)
    }

    private static func texts(_ node: SettingNode?) -> [String: String] {
        let pairs = (node?.map ?? []).compactMap { pair in pair.node.scalar.map { (pair.key, $0) } }
        return Dictionary(pairs, uniquingKeysWith: { _, last in last })
    }

    private func checkGroups(_ node: SettingNode) throws {
        guard !rules.owned.contains(.group) || !rules.groups.isEmpty else {
            throw Diagnostic(
                "SETTINGS-MISSING", "accounts.groups is missing", at: node.location, fix: "add groups: {CODE: \"Name of the customer group\"}")
        }
        if let group = rules.newGroup, rules.isTrade(group) || rules.isStop(group) {
            throw Diagnostic(
                "GROUP-TRADE", "new_group is \(Escaped(group, limit: 40)), which is no retail group: nobody becomes a trade customer by default",
                at: node["new_group"]?.location, fix: "name a group of retail, or leave new_group out")
        }
        let everybody = ["NOT LOGGED IN", TierPrice.allGroups].map { $0.lowercased() }
        guard let name = rules.groupNames.first(where: { everybody.contains($0.lowercased()) }) else { return }
        throw Diagnostic(
            "GROUP-GUEST", "no customer can be in the group \(Escaped(name, limit: 40))", at: node["groups"]?.location,
            fix: "name a group of customers")
    }

    /// What is owned has to have a place in the shop.
    private func checkPlaces(_ node: SettingNode) throws {
        if rules.companies == .create, !rules.owned.contains(.street) {
            throw Diagnostic(
                "SETTINGS-MISSING", "accounts.companies says create, and a company needs an address", at: node["companies"]?.location,
                fix: "add address to owns, or say companies: auto")
        }
        let homeless = AccountField.kept.filter { field in
            guard rules.owned.contains(field), rules.attributes[field] == nil else { return false }
            switch field {
            // A company's credit, if the shop has companies; asked for when the flow connects.
            case .creditLimit: return rules.companies == .off
            case .stop: return rules.stopGroup == nil
            case .name: return !rules.owned.contains(.street)
            case .email, .firstName, .lastName, .group, .terms, .taxNumber, .parent, .street, .city, .region, .postcode, .country, .telephone:
                return true
            }
        }
        guard let field = homeless.first, let word = AccountField.ownable.first(where: { $0.fields[0] == field })?.word else { return }
        throw Diagnostic(
            "SETTINGS-MISSING", "accounts own \(word), and no attribute of the shop is named for it", at: (node["attributes"] ?? node).location,
            fix: "add \(word): … to attributes\(field == .stop ? ", or name a stop_group" : "")")
    }
}
