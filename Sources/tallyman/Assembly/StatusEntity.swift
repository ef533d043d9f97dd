import Domain
import Engine
import Entities
import Formats
import Magento

/// How orders stand in the ERP, as a flow's `statuses` group describes it.
struct StatusEntity: ConfiguredEntity {
    static let name = "statuses"
    static let help = "What the file's words mean for the history and the status of orders."
    static var options: [OptionSpec] { StatusSettings.options }
    /// Comments may name anybody.
    static let isPersonal = true
    static let noun = KeyNoun.order

    let sideContent: [UInt8] = []
    private let settings: StatusSettings

    init(_ context: EntityContext) throws {
        settings = try StatusSettings(context.group)
        _ = try context.duplicates(of: Self.name, default: StateDuplicates.last)
    }

    var definition: any EntityDefinition { StatusDefinition(settings.rules) }

    func gates(_ common: Gates) -> Gates { common }

    func connect(_ shop: ConnectedShop) async throws -> ConnectedEntity {
        ConnectedEntity(
            definition: StatusDefinition(settings.rules, books: shop.orders), applier: StatusApplier(client: shop.client, rules: settings.rules))
    }
}
