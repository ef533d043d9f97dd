import Domain
import Engine
import Entities
import Formats
import Magento

/// Product master data, as a flow's `products` group describes it.
struct ProductEntity: ConfiguredEntity {
    static let name = "products"
    static let help = "What the file means for product data: the fields that the ERP owns, and no others."
    static var options: [OptionSpec] { ProductSettings.options }

    let sideContent: [UInt8] = []
    private let settings: ProductSettings

    init(_ context: EntityContext) throws {
        settings = try ProductSettings(
            context.group,
            duplicates: context.duplicates(of: Self.name, default: .reject)
        )
    }

    var definition: any EntityDefinition { ProductDefinition(settings.rules) }

    func gates(_ common: Gates) -> Gates { common }

    func writtenAttributes(_ client: MagentoClient) async throws -> [String] {
        try await ProductLookups(settings.rules, client: client).options.keys.sorted()
    }

    func connect(_ shop: ConnectedShop) async throws -> ConnectedEntity {
        let lookups = try await ProductLookups(settings.rules, client: shop.client)
        return ConnectedEntity(
            definition: ProductDefinition(settings.rules, lookups: lookups),
            applier: ProductApplier(client: shop.client, rules: settings.rules, timeline: shop.timeline)
        )
    }
}
