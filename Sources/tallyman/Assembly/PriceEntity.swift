import Domain
import Engine
import Entities
import Formats
import Magento

/// Prices of one kind, as a flow's `prices`, `special_prices`, `tier_prices` or `cost` group describes them.
struct PriceEntity<Definition: PriceListDefinition>: ConfiguredEntity {
    static var name: String { Definition.kind.rawValue }

    static var help: String {
        switch Definition.kind {
        case .base: "What the file means for base prices."
        case .special: "What the file means for offers that have a time."
        case .tier: "What the file means for prices of customer groups and quantity breaks."
        case .cost: "What the file means for costs."
        }
    }

    static var options: [OptionSpec] {
        PriceSettings.options(Definition.kind) + [
            OptionSpec(
                "guest_check", .object(GuestCheck.Settings.options),
                "Send in waves, and look at the shop as a guest after each; what a guest must not see is put back at once."
            )
        ]
    }

    let sideContent: [UInt8] = []
    private let settings: PriceSettings
    private let guestCheck: GuestCheck.Settings?

    init(_ context: EntityContext) throws {
        settings = try PriceSettings(
            Definition.kind, context.group,
            .init(
                currency: context.settings.currency, zone: context.settings.timeZone,
                duplicates: context.duplicates(of: Self.name, default: .reject)
            )
        )
        guestCheck = try context.group["guest_check"].map { try GuestCheck.Settings($0) }
    }

    var definition: any EntityDefinition { Definition(settings.rules) }
    var priceScope: PriceScope? { settings.rules.terms.scope }

    func gates(_ common: Gates) -> Gates {
        var gates = common
        gates.missing = settings.missingGate
        gates.marks = settings.rules.limits.gates
        return gates
    }

    func proveNames(_ client: MagentoClient) async throws {
        let named = settings.rules.terms.websites.values.compactMap { if case .website(let code) = $0 { code } else { nil } }
        guard !named.isEmpty else { return }
        let known = try await client.stores.websites().map(\.code).filter { $0 != "admin" }
        guard let unknown = Set(named).subtracting(known).min() else { return }
        throw Diagnostic(
            "WEBSITE-UNKNOWN", "the shop has no website \(Escaped(unknown, limit: 40)); \(Self.name).websites names it",
            fix: NearestWord.hint(unknown, among: known, otherwise: "it has \(known.joined(separator: ", "))"))
    }

    func connect(_ shop: ConnectedShop) async throws -> ConnectedEntity {
        let places = try await StorePlaces(shop.client.stores)
        let pins = try await pins(shop)
        return ConnectedEntity(
            definition: definition, applier: applier(shop, places, pins),
            inspector: LeakInspector(Definition.kind, client: shop.client, places: places, policy: settings.leakPolicy(pins: pins)),
            probe: guestCheck.map { probe($0, shop) }
        )
    }

    /// What is no group's price is everybody's.
    private var audience: GroupPins.Audience { Definition.kind == .tier ? settings.audience : .public }

    /// The groups of the flow as they stand now; a change since the last run is an error.
    private func pins(_ shop: ConnectedShop) async throws -> GroupPins {
        guard Definition.kind == .tier else { return GroupPins() }
        let names = Set(settings.rules.groups.values)
        let groups = try await shop.client.customerGroups.all()
        let pins = try shop.pins.load().resolved(names, in: groups, audience: settings.audience)
        try shop.pins.save(pins)
        return pins
    }

    private func applier(_ shop: ConnectedShop, _ places: StorePlaces, _ pins: GroupPins) -> any ChangeApplier {
        let client = shop.client
        let timeline = shop.timeline
        switch Definition.kind {
        case .base: return BasePriceApplier(client: client, places: places, timeline: timeline)
        case .special:
            return SpecialPriceApplier(client: client, places: places, zone: settings.rules.terms.zone, timeline: timeline)
        case .tier:
            return TierPriceApplier(
                client: client, places: places, pins: pins, audience: settings.audience, timeline: timeline
            )
        case .cost: return CostApplier(client: client, timeline: timeline)
        }
    }

    private func probe(_ check: GuestCheck.Settings, _ shop: ConnectedShop) -> any ChangeProbe {
        GuestCheck(
            endpoint: shop.endpoint, catalogue: shop.client.catalogue, settings: check, audience: audience,
            timeline: shop.timeline, secrets: shop.secrets.secret
        )
    }
}
