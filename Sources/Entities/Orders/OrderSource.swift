package import Domain
package import Magento

/// The shop's orders as documents on their way out.
package struct OrderSource: DocumentSource {
    let client: MagentoClient
    private let trigger: OrderTrigger
    let settings: OrderSettings
    private let shelf: OrderShelf

    package init(client: MagentoClient, trigger: OrderTrigger, settings: OrderSettings, timeline: Timeline = .system) {
        self.client = client
        self.trigger = trigger
        self.settings = settings
        shelf = OrderShelf(currency: settings.currency, timeline: timeline)
    }

    /// The first sweep leaves out what is finished: history is not due.
    package func sweep(since changed: UTCInstant?, _ visit: ([DocumentSighting]) async throws -> Void) async throws -> UTCInstant? {
        let range = OrderSearch.Range(
            changedSince: changed, createdSince: settings.since,
            states: changed == nil && settings.since == nil ? ["new", "pending_payment", "payment_review", "processing", "holded"] : [],
            stores: settings.stores
        )
        shelf.clear()
        do {
            return try await sweep(range, visit)
        } catch  where shelf.learn(from: error) {
            return try await sweep(range, visit)
        }
    }

    private func sweep(_ range: OrderSearch.Range, _ visit: ([DocumentSighting]) async throws -> Void) async throws -> UTCInstant? {
        var latest: UTCInstant?
        let began = try await client.orderSearch.sweep(range, fields: shelf.fields) { page in
            let seen = page.compactMap { json in observation(json).map { (json, $0) } }
            for observation in seen.map(\.1) { latest = max(latest ?? observation.modified, observation.modified) }
            let wanted = seen.filter { isWanted($0.0) }
            try await visit(wanted.map(\.1))
            shelf.put(wanted.filter { Self.isWhole($0.0) && $0.1.readiness == .ready }.map { ($0.1.place, $0.0) })
        }
        // The shop's clock at the beginning: what changed while the pages were read is seen by the next sweep.
        return began ?? latest
    }

    /// Sightings lack what a document is made from.
    private static func isWhole(_ json: JSON) -> Bool { json["grand_total"] != nil || json["billing_address"] != nil }

    /// An order is at most ten seconds older than this: one that the sweep has just read whole is not read again.
    package func fetch(_ places: [Int64]) async throws -> [OutboundDocument] {
        let known = shelf.take(places)
        let rest = try await read(places.filter { known[$0] == nil })
        let byPlace = Dictionary(rest.compactMap { json in json["entity_id"]?.whole.map { (Int64($0), json) } }) { $1 }
        return try await complete(places.compactMap { known[$0] ?? byPlace[$0] }).compactMap { json in
            observation(json).map { OutboundDocument(observation: $0, content: json.bytes) }
        }
    }

    /// The orders at these places as they are now, each with its customer's account code and its products' own SKUs.
    func orders(_ places: [Int64]) async throws -> [JSON] { try await complete(try await read(places)) }

    private func read(_ places: [Int64]) async throws -> [JSON] {
        let ids = places.map(Int.init)
        guard !shelf.isWhole else { return try await client.orderSearch.find(ids) }
        do {
            return try await client.orderSearch.find(ids, fields: shelf.documentFields)
        } catch  where shelf.learn(from: error) {
            return try await client.orderSearch.find(ids)
        }
    }

    private func complete(_ orders: [JSON]) async throws -> [JSON] {
        let skus = try await catalogueSKUs(of: orders)
        let accounts = try await accounts(of: orders)
        return orders.map { Self.annotated($0, skus, accounts) }
    }

    /// Orders of other channels leave by other flows; this one does not know them.
    func isWanted(_ json: JSON) -> Bool {
        settings.channels.isEmpty || settings.channels.contains(settings.channel(ofPayment: json["payment"]?["method"]?.text ?? ""))
    }

    /// An order without a readable number or time is seen all the same: reading it names what it lacks, and the others leave. `nil`
    /// without its number inside the shop, by which the search itself goes.
    func observation(_ json: JSON) -> DocumentSighting? {
        guard let place = json["entity_id"]?.whole else { return nil }
        let number = json["increment_id"]?.text ?? ""
        let created = json["created_at"]?.text.flatMap(ShopTime.instant)
        let modified = json["updated_at"]?.text.flatMap(ShopTime.instant)
        return DocumentSighting(
            place: Int64(place), identity: RecordKey(number.isEmpty ? "order id \(place)" : number), placed: created,
            modified: modified ?? created ?? UTCInstant(seconds: 0),
            readiness: trigger.readiness(
                state: json["state"]?.text ?? "", status: json["status"]?.text ?? "", payment: json["payment"]?["method"]?.text ?? "",
                created: created ?? trigger.start)
        )
    }

    /// Chosen options are added to an item's SKU; the product's number tells its own.
    private func catalogueSKUs(of orders: [JSON]) async throws -> [Int: String] {
        let ids = orders.flatMap { $0["items"]?.elements ?? [] }.filter { item in
            item["product_option"]?["extension_attributes"]?["custom_options"]?.elements?.isEmpty == false
        }.compactMap { $0["product_id"]?.whole }
        guard !ids.isEmpty else { return [:] }
        let entries = try await client.catalogue.find(ids: Array(Set(ids)).sorted())
        return entries.reduce(into: [:]) { $0[$1.id] = $1.sku }
    }

    /// The ERP's codes of the orders' customers, by customer.
    private func accounts(of orders: [JSON]) async throws -> [Int: String] {
        guard let attribute = settings.accountAttribute else { return [:] }
        let ids = Set(orders.filter { $0["customer_is_guest"]?.whole != 1 }.compactMap { $0["customer_id"]?.whole })
        guard !ids.isEmpty else { return [:] }
        return try await client.customers.find(ids: ids.sorted()).reduce(into: [:]) { codes, customer in
            if let code = customer.attributes[attribute], !code.isEmpty { codes[customer.id] = code }
        }
    }

    /// The member by which an order bears its customer's account code; no API field is called so.
    static let accountCode = "account_code"

    /// The member by which an item bears its product's own SKU; no API field is called so.
    static let catalogueSKU = "catalogue_sku"

    private static func annotated(_ order: JSON, _ skus: [Int: String], _ accounts: [Int: String]) -> JSON {
        guard case .object(var members) = order else { return order }
        if let account = order["customer_id"]?.whole.flatMap({ accounts[$0] }) { members[accountCode] = .string(account) }
        guard !skus.isEmpty, let items = order["items"]?.elements else { return .object(members) }
        members["items"] = .array(
            items.map { item in
                guard case .object(var fields) = item, let sku = item["product_id"]?.whole.flatMap({ skus[$0] }) else { return item }
                fields[catalogueSKU] = .string(sku)
                return .object(fields)
            })
        return .object(members)
    }
}
