import Domain
import Engine
import Entities
import Formats
import Magento

/// Trade accounts, as a flow's `accounts` group describes them.
struct AccountEntity: ConfiguredEntity {
    static let name = AccountDefinition.name
    static let help = "What the file means for customers: the fields that the ERP owns, and no others."
    static var options: [OptionSpec] { AccountSettings.options }
    static let isPersonal = true
    static let noun = KeyNoun("account", "accounts")

    let sideContent: [UInt8] = []
    private let settings: AccountSettings

    init(_ context: EntityContext) throws {
        settings = try AccountSettings(
            context.group, duplicates: context.duplicates(of: Self.name, default: .reject))
    }

    var definition: any EntityDefinition { AccountDefinition(settings.rules) }

    func gates(_ common: Gates) -> Gates {
        var gates = common
        gates.noun = Self.noun.many
        gates.marks = settings.rules.limits.gates
        return gates
    }

    func writtenAttributes(_ client: MagentoClient) async throws -> [String] {
        try await AccountLookups.checkAttributes(settings.rules, client).keys.sorted()
    }

    /// The groups' names are pinned to their ids: anybody in the admin can give a name to another group.
    func connect(_ shop: ConnectedShop) async throws -> ConnectedEntity {
        let groups = try await shop.client.customerGroups.all()
        let pins = try shop.pins.load().resolved(settings.rules.groupNames, in: groups, audience: .public, setting: "accounts.groups")
        try shop.pins.save(pins)
        let lookups = try await AccountLookups(settings.rules, pins: pins, groups: groups, client: shop.client)
        return ConnectedEntity(
            definition: AccountDefinition(settings.rules, termChoices: lookups.termChoices),
            applier: AccountApplier(client: shop.client, rules: settings.rules, lookups: lookups),
            inspector: AccountInspector(settings.rules.limits))
    }
}
