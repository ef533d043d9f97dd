import Domain
import Magento
import Testing

@testable import Entities

struct PriceSettingsTests {
    private static let place = Diagnostic.Location(file: "tallyman.yaml", line: 1, column: 1)

    /// `["basis": "gross", "groups": ["A": "Trade A"]]` as a checked node.
    indirect enum Setting: ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral {
        case text(String)
        case list([Setting])
        case map([(String, Setting)])

        init(stringLiteral value: String) { self = .text(value) }
        init(arrayLiteral elements: Setting...) { self = .list(elements) }
        init(dictionaryLiteral elements: (String, Setting)...) { self = .map(elements) }

        var node: SettingNode {
            switch self {
            case .text(let text): SettingNode(.scalar(text), at: place)
            case .list(let items): SettingNode(.list(items.map(\.node)), at: place)
            case .map(let pairs): SettingNode(.map(pairs.map { ($0.0, $0.1.node) }), at: place)
            }
        }
    }

    private static func settings(_ kind: PriceKind, _ setting: Setting, zone: String = "Europe/London") throws -> PriceSettings {
        try PriceSettings(kind, setting.node, .init(currency: "gbp", zone: zone))
    }

    private static func code(_ make: () throws -> Void) -> String? {
        do { try make() } catch { return (error as? Diagnostic)?.code }
        return nil
    }

    @Test func `what a flow says of prices is what the rules have`() throws {
        let settings = try Self.settings(
            .base,
            [
                "basis": "gross", "shop_basis": "net", "taxes": ["standard": "T1", "rates": ["T1": "20%", "T0": "0"]], "scope": "website",
                "websites": ["UK": "base", "TR": "all"], "decimals": "4", "without_end": "until-next", "end_day": "excluded", "margin": "10%",
                "limits": ["changed": "30%", "jump": "off", "zero": "allow"],
            ])
        let terms = settings.rules.terms

        #expect(terms.currency == "GBP" && terms.fileBasis == .gross && terms.taxRates == ["T1": 20, "T0": 0] && terms.standardTaxCode == "T1")
        #expect(terms.websites == ["UK": .website("base"), "TR": .everywhere] && terms.scope == .website && terms.digits == 4)
        #expect(terms.openEnd == .untilNext && terms.endDay == .excluded && terms.leastMargin == 10)
        #expect(settings.rules.limits.gates.map(\.mark) == ["changed", "below_cost", "tenfold"])
    }

    @Test func `each kind's options are known to the check, and an unknown one is not`() {
        let groups: Setting = ["groups": ["A": "Trade A"], "audience": "trade", "missing": "hold"]
        let places: Setting = ["scope": "website", "websites": ["UK": "base"], "decimals": "4", "without_end": "until-next", "margin": "10%"]

        #expect(SettingCheck.problems(in: groups.node, against: PriceSettings.options(.tier)).isEmpty)
        #expect(SettingCheck.problems(in: places.node, against: PriceSettings.options(.base)).isEmpty)
        #expect(SettingCheck.problems(in: groups.node, against: PriceSettings.options(.cost)).count == 3)
    }

    @Test func `what is not said is on the safe side`() throws {
        let settings = try Self.settings(.tier, ["groups": ["A": "Trade A"]])

        #expect(settings.audience == .trade && settings.rules.missing == .unchanged && settings.rules.terms.scope == .global)
        #expect(settings.rules.limits.gates.map(\.mark) == ["jump", "below_cost", "zero", "tenfold"])
        #expect(settings.rules.terms.digits == 2 && settings.missingGate == .allow)
    }

    @Test(arguments: [
        (PriceKind.base, "SETTINGS-MISSING", 1), (.base, "SETTINGS-VALUE", 2), (.base, "PRICE-SCOPE", 3), (.tier, "SETTINGS-MISSING", 4),
        (.tier, "GROUP-PUBLIC", 5), (.tier, "GROUP-PUBLIC", 6),
    ])
    func `V1 settings that cannot be meant are refused with their reason`(_ kind: PriceKind, _ code: String, _ number: Int) {
        let wrong: [Setting] = [
            [:], ["basis": "gross"], ["taxes": ["standard": "T9", "rates": ["T1": "20%"]]], ["websites": ["UK": "base"]], [:],
            ["groups": ["*": "all groups"]], ["groups": ["A": "Trade A", "G": "NOT LOGGED IN"]],
        ]

        #expect(Self.code { _ = try Self.settings(kind, wrong[number]) } == code)
    }

    @Test func `everybody may be meant, if it is said`() throws {
        #expect(try Self.settings(.tier, ["groups": ["*": "ALL GROUPS"], "audience": "public"]).audience == .public)
    }

    private static let policies: [Setting] = [
        ["scope": "website", "websites": ["UK": "base"]], ["scope": "website", "websites": ["": "all", "UK": "base"]],
        ["groups": ["A": "Trade A"]],
        ["groups": ["A": "Trade A"], "audience": "public", "default_group": "allow", "websites": ["X": "all"]],
    ]

    @Test(arguments: [
        (PriceKind.base, 0, GroupPins.Audience.public, PriceLimits.Switch.hold, PriceLimits.Switch.hold), (.base, 1, .public, .allow, .hold),
        (.tier, 2, .trade, .hold, .hold), (.tier, 3, .public, .allow, .allow),
    ])
    func `V1 what a plan may write is what the settings say`(
        _ kind: PriceKind, _ number: Int, _ audience: GroupPins.Audience, _ everywhere: PriceLimits.Switch, _ defaultGroup: PriceLimits.Switch
    ) throws {
        let policy = try Self.settings(kind, Self.policies[number]).leakPolicy(pins: GroupPins(["Trade A": 4]))

        #expect(policy.audience == audience && policy.everywhere == everywhere && policy.defaultGroup == defaultGroup)
        #expect(policy.pins.ids == ["Trade A": 4])
    }

    @Test func `a zone that does not exist is refused`() {
        #expect(Self.code { _ = try Self.settings(.cost, [:], zone: "Europe/Leeds") } == "ZONE-UNKNOWN")
    }

    @Test func `what products own is read, and nothing else can be owned`() throws {
        let node: Setting = [
            "owns": ["name", "tax_class", "attribute.colour", "name", "unit"], "attributes": ["unit": "unit_of_sale"],
            "tax_classes": ["T1": "Taxable Goods"],
            "status": ["enabled": ["A"], "disabled": ["X"]], "new": "create_disabled", "attribute_set": "9",
        ]
        #expect(SettingCheck.problems(in: node.node, against: ProductSettings.options).isEmpty)

        let rules = try ProductSettings(node.node).rules

        #expect(rules.owned == [.name, .taxClass, .attribute("colour"), .unit] && rules.attribute(of: .unit) == "unit_of_sale")
        #expect(rules.enabledWords == ["a"] && rules.newProducts == .createDisabled && rules.attributeSet == 9)
    }

    @Test(
        arguments: [
            (["owns": ["price"]], "SETTINGS-VALUE"), (["owns": ["attribute.special_price"]], "SETTINGS-VALUE"),
            (["owns": ["tax_class"]], "SETTINGS-MISSING"),
            ([:], "SETTINGS-MISSING"), (["owns": "name", "attributes": ["unit": "price"]], "SETTINGS-VALUE"),
            (["owns": "name", "attributes": ["weight": "x"]], "SETTINGS-VALUE"),
        ] as [(Setting, String)])
    func `V1 a product's price can not be owned by the back door`(_ setting: Setting, _ code: String) {
        #expect(Self.code { _ = try ProductSettings(setting.node) } == code)
    }
}
