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
    private let group: SettingNode

    /// The MSI sources that quantities are written to; none where the shop keeps stock without MSI.
    var sources: Set<String> { settings.api == .sourceItems ? Set(stock.warehouses.sources) : [] }

    init(_ context: EntityContext) throws {
        group = context.group
        settings = try StockSettings(context.group, answersAreKnown: ReservationDefault.answersAreKnown(in: context.settings.root))
        if settings.reservations?.watermark == .importedUpTo, !context.profile.mappedFields.contains("imported_up_to") {
            throw (context.group["reservations"] ?? context.group).invalid(
                "is imported_up_to, and profile \(context.profile.name) maps no column to it",
                fix: "map the column that tells the last order read to imported_up_to, or choose another way to tell")
        }
        var buffers = BufferPolicy(standard: settings.standardRule)
        var content: [UInt8] = []
        if let file = settings.overridesFile {
            let path = Settings.absolute(file, beside: context.settings.path)
            buffers = try BufferOverrides.load(
                path, profiles: context.settings.profileFolders, standard: settings.standardRule
            )
            content = try OwnFile.content(path) ?? []
        }
        sideContent = content
        stock = StockDefinition(
            warehouses: settings.warehouses, buffers: buffers, missing: settings.missing,
            duplicates: try context.duplicates(of: Self.name, default: .reject), statuses: settings.statuses
        )
    }

    var definition: any EntityDefinition { stock }

    func gates(_ common: Gates) -> Gates {
        var gates = common
        gates.missing = settings.missing == .hold ? .hold : .allow
        return gates
    }

    /// `nil` in a shop without MSI: there a figure is what sells.
    func sale(_ client: MagentoClient, _ timeline: Timeline = .system) -> StockSaleWatch? {
        settings.api == .sourceItems ? StockSaleWatch(client: client, sources: settings.warehouses.sources, timeline: timeline) : nil
    }

    func connect(_ shop: ConnectedShop) async throws -> ConnectedEntity {
        let sources = settings.warehouses.sources
        let place = group["warehouses"] ?? group
        let applier: any AbsoluteApplier =
            switch settings.api {
            case .sourceItems:
                SpelledSources(
                    SourceItemsApplier(client: shop.client, sources: sources, timeline: shop.timeline), client: shop.client, sources: sources
                ) { named, spelled in
                    place.invalid("names the source \(Escaped(named)), which the shop spells \(Escaped(spelled))", fix: "write \(Escaped(spelled))")
                }
            case .stockItems: StockItemsApplier(client: shop.client, concurrency: 2)
            }
        let sale = sale(shop.client, shop.timeline)
        guard let rule = settings.reservations else {
            let movements = settings.api == .sourceItems ? StockMovements(client: shop.client, sources: sources) : nil
            return ConnectedEntity(definition: stock, applier: applier, movements: movements, sale: sale)
        }
        return ConnectedEntity(
            definition: stock, applier: ReservedStockApplier(applier, client: shop.client, sources: sources),
            inputs: StockCircumstances(client: shop.client, sources: sources, rule: rule, books: shop.orders),
            sale: sale)
    }
}
