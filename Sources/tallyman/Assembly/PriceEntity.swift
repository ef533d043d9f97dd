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
                duplicates: PriceRules.DuplicatePolicy(rawValue: context.profile.duplicateKeys.rawValue) ?? .reject
            )
        )
        guestCheck = try context.group["guest_check"].map { try GuestCheck.Settings($0) }
    }

    var definition: any EntityDefinition { Definition(settings.rules) }

    func gates(_ common: Gates) -> Gates {
        var gates = common
        gates.missing = settings.missingGate
        gates.marks = settings.rules.limits.gates
        return gates
    }

    func connect(_ shop: ConnectedShop) async throws -> ConnectedEntity {
        let places = try await StorePlaces(shop.client.stores)
        return ConnectedEntity(
            definition: definition, applier: try await applier(shop, places), probe: guestCheck.map { probe($0, shop) }
        )
    }

    private func applier(_ shop: ConnectedShop, _ places: StorePlaces) async throws -> any ChangeApplier {
        let client = shop.client
        let timeline = shop.timeline
        switch Definition.kind {
        case .base: return BasePriceApplier(client: client, places: places, timeline: timeline)
        case .special:
            return SpecialPriceApplier(client: client, places: places, zone: settings.rules.terms.zone, timeline: timeline)
        case .tier:
            let names = Set(settings.rules.groups.values)
            let pins = try shop.pins.load().resolved(names, in: try await client.customerGroups.all(), audience: settings.audience)
            try shop.pins.save(pins)
            return TierPriceApplier(
                client: client, places: places, pins: pins, audience: settings.audience, timeline: timeline
            )
        case .cost: return CostApplier(client: client, timeline: timeline)
        }
    }

    private func probe(_ check: GuestCheck.Settings, _ shop: ConnectedShop) -> any ChangeProbe {
        let audience = Definition.kind == .tier ? settings.audience : .public
        return GuestCheck(
            endpoint: shop.endpoint, catalogue: shop.client.catalogue, settings: check, audience: audience,
            timeline: shop.timeline
        )
    }
}
