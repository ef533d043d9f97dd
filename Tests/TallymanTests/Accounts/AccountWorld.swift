import Foundation
import MagentoSandbox

/// A shop with a few customers, and a flow that reads customer lists as Sage writes them.
struct AccountWorld: Sendable {
    var settings = [
        "owns: [group, terms, credit_limit, on_stop]",
        "attributes: {account: erp_account, terms: erp_terms, credit_limit: erp_credit, on_stop: erp_stop}",
        "groups: {TRADE: \"Trade A\", SILVER: \"Trade B\", RETAIL: General}",
        "limits: {trade_group: allow}",
    ]
    var profile = "sage50/customers"
    var header = "A/C,Name,E-mail,Price List Ref,Terms,Credit Limit,On Stop"
    var flowLines: [String] = []
    /// Further flows, at the level of `flows`.
    var flows: [String] = []

    static let attributes: Set<String> = ["erp_account", "erp_terms", "erp_credit", "erp_stop", "erp_name", "erp_parent"]

    /// Ann is linked as A1, Bob has registered by himself, Cy is linked as C3 and on terms.
    static let shop: ShopState = {
        var state = ShopState.empty
        state.customerAttributes = attributes
        add("ann@a.example", "A1", group: 4, to: &state)
        add("bob@b.example", nil, group: 1, to: &state)
        add("cy@c.example", "C3", group: 4, ["erp_terms": "30 days", "erp_credit": "1000", "erp_stop": "0"], to: &state)
        return state
    }()

    static func add(_ email: String, _ code: String?, group: Int, _ attributes: [String: String] = [:], to state: inout ShopState) {
        state.sales.counters.customer += 1
        var customer = ShopCustomer(id: state.sales.counters.customer, email: email, firstName: "First", lastName: "Last", groupID: group)
        customer.attributes = attributes
        customer.attributes["erp_account"] = code
        state.customers.append(customer)
    }

    func with(_ state: ShopState = shop, _ body: (Installation) async throws -> Void) async throws {
        try await Installation.with(state) { installation in
            try write(to: installation)
            try await body(installation)
        }
    }

    func write(to installation: Installation) throws { try installation.write(yaml(installation), to: "tallyman.yaml") }

    private func yaml(_ installation: Installation) -> String {
        """
        \(installation.settingsHead)
        flows:
          accounts:
            pull: {endpoint: erp, folder: out, files: "*.csv", settle: 0s, then: {move: archive}}
            profile: \(profile)
            gates: {rejected: off, unknown: off}
        \((flowLines + ["accounts:"] + settings.map { "  " + $0 }).map { "    \($0)" }.joined(separator: "\n"))
        \(flows.map { "  \($0)" }.joined(separator: "\n"))

        """
    }

    func drop(_ name: String, _ rows: [String], in installation: Installation, minute: Int) throws {
        try installation.drop(name, content: Data(([header] + rows).map { $0 + "\r\n" }.joined().utf8), minute: minute)
    }
}

extension Installation {
    func customer(_ email: String) -> ShopCustomer? { shop.withState { $0.customers.first { $0.email == email } } }
    func customers(with code: String) -> Int { shop.withState { $0.customers.count { $0.attributes["erp_account"] == code } } }
}
