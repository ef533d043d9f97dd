/// What the queue calls a route, and the service that does it.
struct BulkTopic: Sendable {
    var topic: String
    var service: String

    static func of(_ route: Route) -> BulkTopic {
        let name = route.pattern.joined(separator: "/")
        return known[name].map { BulkTopic(topic: "async.\($0.topic).\(route.method.lowercased())", service: $0.service) }
            ?? BulkTopic(
                topic: "async." + name.lowercased().replacing("/", with: ".").replacing(":", with: "") + "."
                    + route.method.lowercased(),
                service: name)
    }

    private static let known: [String: (topic: String, service: String)] = [
        "inventory/source-items": (
            "magento.inventoryapi.api.sourceitemssaveinterface.execute",
            "Magento\\Inventory\\Model\\SourceItem\\Command\\SourceItemsSave\\Interceptor::execute"
        ),
        "products/base-prices": (
            "magento.catalog.api.basepricestorageinterface.update", "Magento\\Catalog\\Model\\Product\\Price\\BasePriceStorage::update"
        ),
        "products/:sku": (
            "magento.catalog.api.productrepositoryinterface.save", "Magento\\Catalog\\Model\\ProductRepository\\Interceptor::save"
        ),
        "products": ("magento.catalog.api.productrepositoryinterface.save", "Magento\\Catalog\\Model\\ProductRepository\\Interceptor::save"),
        "order/:id/ship": ("magento.sales.api.shiporderinterface.execute", "Magento\\Sales\\Model\\ShipOrder\\Interceptor::execute"),
    ]
}
