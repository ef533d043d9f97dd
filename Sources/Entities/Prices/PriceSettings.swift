package import Domain
import Magento

/// The group of a price entity in a flow: `prices`, `special_prices`, `tier_prices`, `cost`.
package struct PriceSettings: Sendable {
    package let rules: PriceRules
    package let audience: GroupPins.Audience
    private let defaultGroup: PriceLimits.Switch

    /// What the settings file says of the whole shop.
    package struct Surroundings: Sendable {
        package var currency: String
        package var zone: String
        package var duplicates: DuplicatePolicy

        package init(currency: String, zone: String, duplicates: DuplicatePolicy = .reject) {
            self.currency = currency
            self.zone = zone
            self.duplicates = duplicates
        }
    }

    package static func options(_ kind: PriceKind) -> [OptionSpec] {
        switch kind {
        case .base: meaning + places + dates + [margin, limits]
        case .special: meaning + places + dates + [missing, margin, limits]
        case .tier: [groups, audience, defaultGroup] + meaning + places + dates + [missing, limits]
        case .cost: [decimals, limits]
        }
    }

    /// Throws a `Diagnostic` at the setting's place.
    package init(_ kind: PriceKind, _ node: SettingNode, _ surroundings: Surroundings) throws {
        guard let zone = ShopZone(surroundings.zone) else {
            throw Diagnostic(
                "ZONE-UNKNOWN", "there is no time zone named \(Escaped(surroundings.zone))", at: node.location,
                fix: "use a name such as Europe/London")
        }
        let scope = try node.choice("scope", default: PriceScope.global)
        let taxes = node["taxes"]
        let rates = try (taxes?["rates"]?.map ?? []).map { pair in (pair.key, try taxes?["rates"]?.percent(pair.key, default: nil) ?? 0) }
        let terms = PriceTerms(
            currency: surroundings.currency.uppercased(), zone: zone, fileBasis: try node.choice("basis", default: .net),
            shopBasis: try node.choice("shop_basis", default: .net),
            taxRates: Dictionary(rates, uniquingKeysWith: { _, last in last }), standardTaxCode: taxes?.text("standard"),
            websites: Self.texts(node["websites"]).mapValues { PricePlace($0) }, scope: scope,
            digits: try node.integer("decimals") ?? 2, openEnd: try node.choice("without_end", default: .forever),
            endDay: try node.choice("end_day", default: .included), leastMargin: try node.percent("margin", default: nil))
        rules = PriceRules(
            kind: kind, terms: terms, groups: Self.texts(node["groups"]), missing: try node.choice("missing", default: .unchanged),
            duplicates: surroundings.duplicates, limits: try PriceLimits(node["limits"]))
        audience = try node.choice("audience", default: .trade)
        defaultGroup = try node.choice("default_group", default: .hold)
        try checkTaxes(node)
        try checkPlaces(node)
        try checkGroups(node)
    }

    /// A gate that the flow adds for prices that a full file leaves out.
    package var missingGate: Gates.Switch { rules.missing == .hold ? .hold : .allow }

    /// What a plan may write. Prices for all websites are meant where the settings map some code to `all`.
    package func leakPolicy(pins: GroupPins) -> LeakPolicy {
        LeakPolicy(
            audience: rules.kind == .tier ? audience : .public, pins: pins, scope: rules.terms.scope,
            everywhere: rules.terms.websites.values.contains(.everywhere) ? .allow : .hold, defaultGroup: defaultGroup)
    }

    private static func texts(_ node: SettingNode?) -> [String: String] {
        let pairs = (node?.map ?? []).compactMap { pair in pair.node.scalar.map { (pair.key, $0) } }
        return Dictionary(pairs, uniquingKeysWith: { _, last in last })
    }

    private func checkTaxes(_ node: SettingNode) throws {
        let terms = rules.terms
        if terms.fileBasis != terms.shopBasis, terms.taxRates.isEmpty {
            throw Diagnostic(
                "SETTINGS-MISSING", "\(terms.fileBasis.rawValue) prices cannot become \(terms.shopBasis.rawValue) without tax rates",
                at: node.location, fix: "add taxes: {standard: T1, rates: {T1: 20%}}")
        }
        guard let code = terms.standardTaxCode, terms.taxRates[code] == nil else { return }
        throw Diagnostic(
            "SETTINGS-VALUE", "taxes.standard is \(Escaped(code)), which has no rate", at: node["taxes"]?.location,
            fix: "add it to taxes.rates")
    }

    private func checkPlaces(_ node: SettingNode) throws {
        guard rules.terms.scope == .global, rules.terms.websites.values.contains(where: { $0 != .everywhere }) else { return }
        throw Diagnostic(
            "PRICE-SCOPE", "prices are global, so no website can have prices of its own", at: node["websites"]?.location,
            fix: "map every website to all, or say scope: website if Stores > Configuration > Catalog > Price says so too")
    }

    /// Names that mean everybody are refused before the shop is asked; ids are looked at by `GroupPins`.
    private func checkGroups(_ node: SettingNode) throws {
        guard rules.kind == .tier else { return }
        guard !rules.groups.isEmpty else {
            throw Diagnostic(
                "SETTINGS-MISSING", "tier_prices.groups is missing", at: node.location,
                fix: "add groups: {CODE: \"Name of the customer group\"}")
        }
        let everybody = [TierPrice.allGroups, "NOT LOGGED IN"].map { $0.lowercased() }
        guard audience == .trade, let name = rules.groups.values.first(where: { everybody.contains($0.lowercased()) }) else { return }
        throw Diagnostic(
            "GROUP-PUBLIC", "prices for \(Escaped(name)) are seen by every guest", at: node["groups"]?.location,
            fix: "name the trade group that is meant, or say audience: public if everybody is")
    }
}

extension PriceLimits {
    package static let options: [OptionSpec] = [
        OptionSpec("changed", .percent, "Hold when this share of the products changes its price. No limit unless given.", example: "30%"),
        OptionSpec("jump", .percent, "Hold when any price changes by more than this.", default: "50%"),
        OptionSpec("below_cost", .choice(Switch.allCases.map(\.rawValue)), "A price below its cost or the least margin over it.", default: "hold"),
        OptionSpec("zero", .choice(Switch.allCases.map(\.rawValue)), "A price of zero.", default: "hold"),
        OptionSpec(
            "magnitude", .choice(Switch.allCases.map(\.rawValue)), "A price 10 or 100 times its former one, or that part of it.", default: "hold"),
    ]

    package init(_ node: SettingNode?) throws {
        let standard = PriceLimits()
        guard let node else {
            self = standard
            return
        }
        self.init(
            changed: try node.percent("changed", default: standard.changed), jump: try node.percent("jump", default: standard.jump),
            belowCost: try node.choice("below_cost", default: standard.belowCost),
            zero: try node.choice("zero", default: standard.zero),
            magnitude: try node.choice("magnitude", default: standard.magnitude))
    }
}

extension PriceSettings {
    private static let decimals = OptionSpec(
        "decimals", .integer(2...6), "Decimals of a price in the shop; the last one is rounded half up.", default: "2")
    private static let margin = OptionSpec(
        "margin", .percent, "Minimum margin over `unit_cost`; a price below it holds the plan.", example: "10%")
    private static let limits = OptionSpec("limits", .object(PriceLimits.options), "How far prices may change before a person has to approve.")
    private static let missing = OptionSpec(
        "missing", .choice(PriceRules.MissingPolicy.allCases.map(\.rawValue)),
        "A product that a full file leaves out: leave its prices, clear them (only if the file is proven complete), or hold the plan.",
        default: "unchanged")
    private static let groups = OptionSpec(
        "groups", .map(.text), "Which customer group of the shop, by its name, each of the ERP's group codes means.",
        required: .required, example: "{A: \"Trade A\", B: \"Trade B\"}")
    private static let audience = OptionSpec(
        "audience", .choice(GroupPins.Audience.allCases.map(\.rawValue)),
        "Whether the file's prices are for trade groups only; public allows groups that guests belong to.", default: "trade")

    private static let defaultGroup = OptionSpec(
        "default_group", .choice(PriceLimits.Switch.allCases.map(\.rawValue)),
        "A website whose newly registered customers are put into one of the groups; allow it only where nobody can register.", default: "hold")

    private static let meaning = [
        OptionSpec(
            "basis", .choice(PriceTerms.Basis.allCases.map(\.rawValue)),
            "Whether the file's prices are without tax or with it, where a line does not say.", default: "net"),
        OptionSpec(
            "shop_basis", .choice(PriceTerms.Basis.allCases.map(\.rawValue)), "Whether the shop's catalogue prices are without tax or with it.",
            default: "net"),
        OptionSpec(
            "taxes",
            .object([
                OptionSpec("standard", .text, "The tax code of lines that have none."),
                OptionSpec("rates", .map(.percent), "Per cent by the ERP's tax code.", required: .required, example: "{T1: 20%, T0: 0%}"),
            ]),
            "Tax rates, to turn net into gross or back."),
        decimals,
    ]

    private static let places = [
        OptionSpec(
            "websites", .map(.text),
            "Which website of the shop, by its code, each of the ERP's codes means; all is every website, \"\" is a line without a code.",
            example: "{UK: base, TRADE: all}"),
        OptionSpec("scope", .choice(PriceScope.allCases.map(\.rawValue)), "The shop's price scope; doctor compares it.", default: "global"),
    ]

    private static let dates = [
        OptionSpec(
            "without_end", .choice(PriceTerms.OpenEnd.allCases.map(\.rawValue)), "How long a price without an end date is valid.", default: "forever"),
        OptionSpec(
            "end_day", .choice(PriceTerms.EndDay.allCases.map(\.rawValue)), "Whether the end date is the last day of validity.",
            default: "included"),
    ]
}
