import Domain
import Entities
import Magento
import MagentoSandbox

/// Customers of a stand-in shop without a connection, and an applier of accounts to it.
struct AccountShop {
    let direct: DirectShop
    let client: MagentoClient

    static let attributes = ["erp_account", "erp_terms", "erp_credit", "erp_stop", "erp_name", "erp_parent"]

    init(
        _ customers: [ShopCustomer] = [], prepare: (inout ShopState) -> Void = { _ in },
        mishap: @escaping @Sendable (ShopCall) -> DirectShop.Mishap? = { _ in nil }
    ) {
        var state = ShopState.empty
        state.customerAttributes = Set(Self.attributes)
        state.customers = customers
        state.sales.counters.customer = customers.map(\.id).max() ?? 0
        prepare(&state)
        direct = DirectShop(state, mishap: mishap)
        client = MagentoClient(transport: direct)
    }

    static func customer(_ id: Int, _ email: String, code: String? = nil, group: Int = 1, _ attributes: [String: String] = [:]) -> ShopCustomer {
        var customer = ShopCustomer(id: id, email: email, firstName: "First", lastName: "Last", groupID: group)
        customer.attributes = attributes
        customer.attributes["erp_account"] = code
        return customer
    }

    static func rules(_ change: (inout AccountRules) -> Void = { _ in }) -> AccountRules {
        var rules = AccountRules(
            owned: [.group, .terms, .creditLimit, .stop], codeAttribute: "erp_account",
            attributes: [.terms: "erp_terms", .creditLimit: "erp_credit", .stop: "erp_stop"],
            groups: ["TRADE": "Trade A", "SILVER": "Trade B", "RETAIL": "General"], newAccounts: .create)
        change(&rules)
        return rules
    }

    func applier(_ change: (inout AccountRules) -> Void = { _ in }) async throws -> AccountApplier {
        let rules = Self.rules(change)
        let groups = try await client.customerGroups.all()
        let pins = try GroupPins().resolved(rules.groupNames, in: groups, audience: .public)
        return AccountApplier(client: client, rules: rules, lookups: try await AccountLookups(rules, pins: pins, groups: groups, client: client))
    }

    static func change(_ key: String, _ fields: [AccountField: String], before: [AccountField: String]? = nil, id: Int64 = 1) -> Change {
        Change(
            id: id, key: RecordKey(key), before: before.map { AccountValue($0).encoded }, after: AccountValue(fields).encoded,
            version: UTCInstant(seconds: 1_795_230_000))
    }

    var customers: [ShopCustomer] { direct.withShop { $0.customers } }
    func customer(_ email: String) -> ShopCustomer? { customers.first { $0.email == email } }
    var letters: Int { direct.withShop { $0.sales.notifications.count } }
}
