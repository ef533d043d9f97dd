import Domain
import Engine
import Entities
import Formats
import Magento

/// The entities that a flow may feed. A new one is a file beside `StockEntity` and a line here.
enum EntityCatalogue {
    static let kinds: [any ConfiguredEntity.Type] = [
        StockEntity.self, PriceEntity<PriceDefinition>.self, PriceEntity<SpecialPriceDefinition>.self,
        PriceEntity<TierPriceDefinition>.self, PriceEntity<CostDefinition>.self, ProductEntity.self,
        SalesEventEntity<Despatches>.self, SalesEventEntity<Invoices>.self, SalesEventEntity<Credits>.self,
        SalesEventEntity<Cancellations>.self, StatusEntity.self, AccountEntity.self,
    ]

    /// The groups of a flow's settings, one per entity.
    static var options: [OptionSpec] { kinds.map { OptionSpec($0.name, .object($0.options), $0.help) } }
    static var names: [String] { kinds.map { $0.name } }
    /// Those whose records are things that happened.
    static var eventNames: [String] { SalesEventKind.allCases.map(\.rawValue) }

    /// Whether an entity's records tell of people. Such records get into no mail. What is not known is taken to.
    @Sendable static func isPersonal(_ name: String) -> Bool { kinds.first { $0.name == name }?.isPersonal ?? true }
}

/// One entity as the settings of a flow describe it: checked, and not yet connected to a shop.
protocol ConfiguredEntity: Sendable {
    /// The group's name in a flow, and the entity's in the tally.
    static var name: String { get }
    static var help: String { get }
    static var options: [OptionSpec] { get }
    /// Whether its records tell of people: names, addresses, what they bought.
    static var isPersonal: Bool { get }
    static var noun: KeyNoun { get }

    init(_ context: EntityContext) throws

    /// Enough to read files and to put values in words.
    var definition: any EntityDefinition { get }
    /// What lies outside the settings file and makes other values of the same bytes, such as a buffer list's content.
    var sideContent: [UInt8] { get }

    /// The price scope that the settings reckon with; `nil` for entities that have no prices.
    var priceScope: PriceScope? { get }

    /// The flow's gates with what the entity adds to them.
    func gates(_ common: Gates) throws -> Gates

    /// The attributes of the shop that the flow writes to; throws a `Diagnostic` where one of them would not keep what is written.
    func writtenAttributes(_ client: MagentoClient) async throws -> [String]

    /// Asks whether the shop has what the settings name beyond what `connect` needs; throws a `Diagnostic` where it has not. For `doctor`.
    func proveNames(_ client: MagentoClient) async throws

    /// Asks the shop what has to be known before a plan is made (its customer groups, say).
    func connect(_ shop: ConnectedShop) async throws -> ConnectedEntity
}

extension ConfiguredEntity {
    static var isPersonal: Bool { false }
    static var noun: KeyNoun { .product }
    var priceScope: PriceScope? { nil }

    func writtenAttributes(_ client: MagentoClient) async throws -> [String] { [] }
    func proveNames(_ client: MagentoClient) async throws {}
}

/// The shop as an entity gets it.
struct ConnectedShop {
    var client: MagentoClient
    var endpoint: ShopEndpoint
    var timeline: Timeline
    /// Which customer groups the flow's prices and accounts have hung on so far.
    var pins: PinMemory
    /// Which orders have left for the ERP, and what it has said of them.
    var orders: any OrderBooks
    var secrets: SecretStore
}

/// An entity with its way into the shop.
struct ConnectedEntity {
    var definition: any EntityDefinition
    var applier: any ChangeApplier
    var inspector: (any PlanInspector)?
    var probe: (any ChangeProbe)?
    var inputs: (any PlanCircumstances)?
    var movements: (any ShopMovements)?
    var sale: (any SaleWatch)?
}

/// What an entity is made from.
struct EntityContext {
    /// The entity's own group.
    var group: SettingNode
    var flow: SettingNode
    var profile: Profile
    var settings: Settings
}
