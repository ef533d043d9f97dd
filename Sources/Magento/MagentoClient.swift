package import Domain

/// The shop's web API in typed calls. Open one per shop; it may be used from anywhere at once.
package struct MagentoClient: Sendable {
    package let transport: any ShopTransport

    package init(transport: any ShopTransport) { self.transport = transport }

    package var sourceItems: SourceItems { SourceItems(transport) }
    package var stockItems: StockItems { StockItems(transport) }
    package var catalogue: Catalogue { Catalogue(transport) }
    package var inventory: Inventory { Inventory(transport) }
    package var salability: Salability { Salability(transport) }
    package var stores: Stores { Stores(transport) }
    package var basePrices: BasePrices { BasePrices(transport) }
    package var specialPrices: SpecialPrices { SpecialPrices(transport) }
    package var tierPrices: TierPrices { TierPrices(transport) }
    package var costs: Costs { Costs(transport) }
    package var products: Products { Products(transport) }
    package var attributeOptions: AttributeOptions { AttributeOptions(transport) }
    package var customerGroups: CustomerGroups { CustomerGroups(transport) }
    package var customers: Customers { Customers(transport) }
    package var customerAttributes: CustomerAttributes { CustomerAttributes(transport) }
    package var companies: Companies { Companies(transport) }
    package var orderSearch: OrderSearch { OrderSearch(transport) }
    package var bulkQueue: BulkQueue { BulkQueue(transport) }
    package var taxClasses: TaxClasses { TaxClasses(transport) }
    package var orders: Orders { Orders(transport) }
    package var shipments: Shipments { Shipments(transport) }
    package var invoices: Invoices { Invoices(transport) }
    package var creditMemos: CreditMemos { CreditMemos(transport) }
    package var orderNumbers: OrderNumbers { OrderNumbers(transport) }
    package var orderActions: OrderActions { OrderActions(transport) }

    /// Runs `body` with a client and closes its connections afterwards.
    package static func withClient<Result>(
        _ settings: MagentoSettings,
        policy: RetryPolicy = RetryPolicy(),
        timeline: Timeline,
        observer: ShopObserver = .none,
        _ body: (MagentoClient) async throws -> Result
    ) async throws -> Result {
        try await HTTPConnection.withConnection(settings.limits) { connection in
            try await body(
                MagentoClient(
                    transport: transport(
                        settings, policy: policy, timeline: timeline, connection: connection, observer: observer)))
        }
    }

    /// From the connection outwards: admission, throttle, retry, latch. A call that waits for its pause holds no place, and a
    /// shut latch costs nothing.
    private static func transport(
        _ settings: MagentoSettings, policy: RetryPolicy, timeline: Timeline, connection: HTTPConnection,
        observer: ShopObserver
    ) -> any ShopTransport {
        func wire(_ authoriser: any Authoriser) -> HTTPTransport {
            HTTPTransport(
                endpoint: settings.endpoint, limits: settings.limits, authoriser: authoriser, timeline: timeline,
                connection: connection, observer: observer)
        }
        let authoriser: any Authoriser =
            switch settings.credential {
            case .oauth1(let credentials, let dialect): OAuth1Authoriser(OAuth1(credentials, dialect: dialect), timeline: timeline)
            case .bearer(let token): BearerAuthoriser(token)
            case .admin(let username, let password):
                AdminAuthoriser(username: username, password: password, transport: wire(AnonymousAuthoriser()))
            }
        let admitted = AdmissionTransport(wire(authoriser), limit: settings.limits.concurrency)
        let gated = ThrottleGate(admitted, longest: policy.longestRetryAfter, timeline: timeline)
        return CredentialLatch(RetryingTransport(gated, policy: policy, timeline: timeline))
    }
}
