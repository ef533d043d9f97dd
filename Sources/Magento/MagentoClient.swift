package import Domain

/// The shop's web API in typed calls. Open one per shop; it may be used from anywhere at once.
package struct MagentoClient: Sendable {
    package let transport: any ShopTransport
    /// How many calls that write may be in flight, by route.
    package let pace: ShopPace

    package init(transport: any ShopTransport, pace: ShopPace = .single) {
        self.transport = ClockedTransport(PacedTransport(next: transport, pace: pace))
        self.pace = pace
    }

    /// The pace is told of what the transport does itself.
    private init(outermost transport: any ShopTransport, pace: ShopPace) {
        self.transport = ClockedTransport(transport)
        self.pace = pace
    }

    package var sourceItems: SourceItems { SourceItems(transport) }
    package var stockItems: StockItems { StockItems(transport) }
    package var catalogue: Catalogue { Catalogue(transport) }
    package var inventory: Inventory { Inventory(transport) }
    package var stockIndex: StockIndex { StockIndex(transport) }
    package var salability: Salability { Salability(transport) }
    package var salableQuantities: SalableQuantities { SalableQuantities(transport) }
    package var stores: Stores { Stores(transport) }
    package var existingProducts: ExistingProducts { ExistingProducts(transport) }
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
        isTrading: @escaping @Sendable () -> Bool = { false },
        _ body: (MagentoClient) async throws -> Result
    ) async throws -> Result {
        try await HTTPConnection.withConnection(settings.limits) { connection in
            let (pace, calls) = (settings.pace, settings.limits.concurrency)
            let shopPace = ShopPace(concurrency: calls, batch: settings.batch) { pace.bound(calls, isTrading: isTrading()) }
            return try await body(
                MagentoClient(
                    outermost: transport(
                        settings, policy: policy, timeline: timeline, connection: connection, observer: observer, pace: shopPace),
                    pace: shopPace))
        }
    }

    /// From the connection outwards: admission, throttle, retry, latch. A call that waits for its pause holds no place, and a
    /// shut latch costs nothing.
    private static func transport(
        _ settings: MagentoSettings, policy: RetryPolicy, timeline: Timeline, connection: HTTPConnection,
        observer: ShopObserver, pace: ShopPace
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
        return CredentialLatch(RetryingTransport(PacedTransport(next: gated, pace: pace), policy: policy, timeline: timeline))
    }
}
