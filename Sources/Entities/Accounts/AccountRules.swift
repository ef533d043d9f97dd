/// What the ERP owns of an account, what its words mean in the shop, and how far a file may go.
package struct AccountRules: Hashable, Sendable {
    /// An account that the shop does not have.
    package enum NewAccounts: String, Sendable, CaseIterable {
        case reject
        case create
        /// Not every account buys on the web: it is left out, and counts as unchanged.
        case leave
    }

    /// A customer of the shop who has the row's e-mail address and no account code yet.
    package enum SameEmail: String, Sendable, CaseIterable { case link, reject }

    /// Accounts with a parent: branches and delivery points.
    package enum Children: String, Sendable, CaseIterable { case own, leave }

    package enum Companies: String, Sendable, CaseIterable {
        /// Those that there are are kept in step.
        case auto
        /// An account whose customer has none gets one, too.
        case create
        case off
    }

    /// The website's code.
    package var website: String
    package var owned: Set<AccountField>
    /// The shop's attribute that holds the account's code.
    package var codeAttribute: String
    package var attributes: [AccountField: String]
    /// The ERP's group codes to names of customer groups.
    package var groups: [String: String]
    /// Names of groups, in lower case, that are no trade groups.
    package var retail: Set<String>
    /// The group of accounts on stop.
    package var stopGroup: String?
    /// The group of new accounts whose row names none; no trade group.
    package var newGroup: String?
    package var terms: [String: String]?
    package var newAccounts: NewAccounts
    package var sameEmail: SameEmail
    package var children: Children
    /// First name of a new account's customer, where the file has none.
    package var contact: String
    /// Of addresses that name none.
    package var country: String
    package var checks: AccountChecks
    package var limits: AccountLimits
    package var companies: Companies
    package var duplicates: DuplicatePolicy

    package init(
        website: String = "base", owned: Set<AccountField>, codeAttribute: String, attributes: [AccountField: String] = [:],
        groups: [String: String] = [:], retail: Set<String> = ["general"], stopGroup: String? = nil, newGroup: String? = nil,
        terms: [String: String]? = nil, newAccounts: NewAccounts = .reject, sameEmail: SameEmail = .link, children: Children = .own,
        contact: String = "Accounts", country: String = "GB", checks: AccountChecks = AccountChecks(), limits: AccountLimits = AccountLimits(),
        companies: Companies = .auto, duplicates: DuplicatePolicy = .reject
    ) {
        self.website = website
        self.owned = owned
        self.codeAttribute = codeAttribute
        self.attributes = attributes
        self.groups = groups
        self.retail = retail
        self.stopGroup = stopGroup
        self.newGroup = newGroup
        self.terms = terms
        self.newAccounts = newAccounts
        self.sameEmail = sameEmail
        self.children = children
        self.contact = contact
        self.country = country
        self.checks = checks
        self.limits = limits
        self.companies = companies
        self.duplicates = duplicates
    }

    /// What is ever written: what is owned, and the group where a stop is one.
    var sent: Set<AccountField> { stopGroup != nil && owned.contains(.stop) ? owned.union([.group]) : owned }

    package func isTrade(_ group: String) -> Bool { !retail.contains(group.lowercased()) && !isStop(group) }

    package func isStop(_ group: String) -> Bool { stopGroup?.lowercased() == group.lowercased() }

    /// Every group that a row may put a customer into, by name.
    package var groupNames: Set<String> { Set(groups.values).union([stopGroup, newGroup].compactMap { $0 }) }
}
