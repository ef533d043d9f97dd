import Domain
import Engine
import Entities
import Formats
import Foundation
import Magento

/// Stock, as a flow's `stock` group describes it.
struct StockEntity: ConfiguredEntity {
    static let name = "stock"
    static let help = "What the file means for stock."
    static var options: [OptionSpec] { StockSettings.options }

    let stock: StockDefinition
    let sideContent: [UInt8]
    private let settings: StockSettings

    init(_ context: EntityContext) throws {
        settings = try StockSettings(context.group)
        var buffers = BufferPolicy(standard: settings.standardRule)
        var content: [UInt8] = []
        if let file = settings.overridesFile {
            let path = Settings.absolute(file, beside: context.settings.path)
            buffers = try BufferOverrides.load(
                path, profiles: context.settings.profileFolder, standard: settings.standardRule
            )
            content = try OwnFile.content(path) ?? []
        }
        sideContent = content
        stock = StockDefinition(
            warehouses: settings.warehouses, buffers: buffers, missing: settings.missing,
            duplicates: StockDefinition.DuplicatePolicy(rawValue: context.profile.duplicateKeys.rawValue) ?? .reject
        )
    }

    var definition: any EntityDefinition { stock }

    func gates(_ common: Gates) -> Gates {
        var gates = common
        gates.missing = settings.missing == .hold ? .hold : .allow
        return gates
    }

    func connect(_ shop: ConnectedShop) -> ConnectedEntity {
        let applier: any ChangeApplier =
            switch settings.api {
            case .sourceItems: SourceItemsApplier(client: shop.client, sources: settings.warehouses.sources, timeline: shop.timeline)
            case .stockItems: StockItemsApplier(client: shop.client, concurrency: 2)
            }
        return ConnectedEntity(definition: stock, applier: applier)
    }
}
