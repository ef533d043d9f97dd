/// Every route the shop has. A new resource adds its list here, exact paths before those with variables.
enum RouteTable {
    static let routes: [Route] =
        AdminTokens.routes + Stores.routes + CustomerGroups.routes + TaxClasses.routes + BasePrices.routes
        + SpecialPrices.routes + TierPrices.routes + Costs.routes + Attributes.routes + Products.routes + LegacyStock.routes
        + SourceItems.routes + Sources.routes + Stocks.routes + Salability.routes
        + TaxRates.routes + Orders.routes + OrderActions.routes + OrderSave.routes + Shipments.routes + Invoices.routes
        + Customers.routes + CustomerAttributes.routes + Companies.routes + CompanyCredits.routes + Bulks.routes

    static func find(_ method: String, _ segments: [String]) -> (route: Route, variables: [String: String])? {
        for route in routes where route.method == method {
            if let variables = route.match(segments) { return (route, variables) }
        }
        return nil
    }
}
