import Domain
import Entities
import Magento

/// What a flow has to be allowed in the shop, by what it feeds.
enum FlowRights {
    static func of(_ flow: String, _ assembly: Assembly) throws -> [RightsProbe.Right] {
        let node = try assembly.settings.flow(flow)
        if node["push"] != nil, node["customers"] != nil { return [.readCustomers, .readGroups] }
        if node["push"] != nil, node[CancellationChecks.group] != nil { return [.readOrders, .readProducts] }
        if node["push"] != nil {
            var rights: [RightsProbe.Right] = [.readOrders, .readProducts]
            if node["orders"]?.text("enter_erp_number") == "true" { rights.append(.enterNumbers) }
            if node["orders"]?["account_attribute"] != nil { rights.append(.readCustomers) }
            return rights
        }
        let names = EntityCatalogue.names.filter { node[$0] != nil }
        let rights = names.reduce(into: Set<RightsProbe.Right>()) { $0.formUnion(of(entity: $1, node)) }
        return RightsProbe.Right.allCases.filter(rights.contains)
    }

    private static func of(entity: String, _ flow: SettingNode) -> Set<RightsProbe.Right> {
        if let kind = SalesEventKind(rawValue: entity) {
            return switch kind {
            case .despatches: [.readOrders, .ship, .readShipments]
            case .invoices: [.readOrders, .invoice, .readInvoices]
            case .credits: [.readOrders, .refund, .readCreditMemos]
            case .cancellations: [.readOrders, .cancel, .comment]
            }
        }
        return switch entity {
        case StockEntity.name:
            flow[entity]?.text("api") == "stock-items"
                ? [.readProducts, .proveProducts, .saveStockItems] : [.readProducts, .proveProducts, .saveStock, .readSale]
        case StatusEntity.name: [.readOrders, .hold, .release, .comment]
        case AccountEntity.name: [.readCustomers, .saveCustomers, .readGroups]
        case ProductEntity.name: [.readProducts, .saveProducts]
        case PriceEntity<TierPriceDefinition>.name: [.readProducts, .savePrices, .readGroups]
        case _: [.readProducts, .savePrices]
        }
    }
}
