/// Everything the shop knows. A value: handlers change it under the shop's lock, tests and seeds build it.
package struct ShopState: Sendable {
    package var configuration = StoreConfiguration()
    package var websites: [Website] = []
    package var storeGroups: [StoreGroup] = []
    package var storeViews: [StoreView] = []
    package var customerGroups: [CustomerGroup] = []
    package var taxClasses: [TaxClass] = TaxClass.standard
    package var attributes: [CatalogueAttribute] = []
    package var modules: [String] = []

    package var catalogue = ProductCatalogue()
    package var prices = PriceBook()
    package var priceScope = PriceScope.global
    package var release = MagentoRelease.v247
    package var storefront = Storefront()
    package var sources: [InventorySource] = []
    package var stocks: [InventoryStock] = []
    package var links: [StockSourceLink] = []
    package var sourceItems = SourceItemTable()
    package var legacyStock: [Int: LegacyStockItem] = [:]
    package var reservations: [Reservation] = []
    package var stockIndex = StockIndex()
    package var sales = SalesBook()
    package var taxRates: [TaxRate] = []
    package var taxRules: [TaxRule] = []
    package var orderStatuses = OrderStatus.standard
    package var customers: [ShopCustomer] = []
    package var customerAttributes: Set<String> = []
    /// Those of them that are in no attribute set: the shop knows them and drops their values without a word.
    package var customerAttributesInNoSet: Set<String> = []
    /// Product attributes that are in no attribute set: the shop knows them and drops their values without a word.
    package var productAttributesInNoSet: Set<String> = []
    /// Of those attributes that are a list: label to option id.
    package var customerChoices: [String: [String: String]] = [:]
    /// Companies are there where the modules of the B2B edition are.
    package var companies: [ShopCompany] = []
    package var queue = OperationQueue()

    package var access = AccessState()
    package var limits = InputLimits()
    package var isInMaintenance = false
    /// How many characters of a statement the scan of a shop with PHP's just-in-time compiler of patterns bears behind the first of two
    /// SKUs with a double quote (transcripts-2, pcre-*): about 5,000. `nil`: any number.
    package var sqlScanLimit: Int?

    package init() {}
}

/// The input limits of the web API (Stores > Configuration > Services); off by default.
package struct InputLimits: Hashable, Sendable {
    /// Most elements of an object array in one request.
    package var maximumItems: Int?
    package var maximumPageSize: Int?
    /// Taken where a search names no page size.
    package var defaultPageSize: Int?

    package init(maximumItems: Int? = nil, maximumPageSize: Int? = nil, defaultPageSize: Int? = nil) {
        self.maximumItems = maximumItems
        self.maximumPageSize = maximumPageSize
        self.defaultPageSize = defaultPageSize
    }
}
