@testable import MagentoSandbox

/// The second recorded shop as it stood before its recordings (transcripts-2). Its integration's secrets are with nobody, so what is
/// replayed carries an administrator's token instead of the recorded signature.
enum RecordedSecondShop {
    static let token = "secondshop"

    static let state: ShopState = {
        var state = ShopState.empty
        state.access.adminTokens[token] = AdminToken(username: "admin", expires: .max)
        state.storeViews.append(StoreView(id: 2, code: "second", name: "Second view", websiteID: 1, groupID: 1))
        state.sqlScanLimit = 5000
        addProducts(&state)
        state.customerAttributes = ["erp_account", "erp_terms", "erp_credit", "erp_stop"]
        state.customers.append(
            ShopCustomer(id: 13, email: "rosa.muster@x.test", firstName: "Rosa", lastName: "Muster", createdAt: "2026-11-30 00:16:24"))
        return state
    }()

    private static let named = [
        "MiXeD-Case": "47.47", "CAFÉ-1": "11.85", "Größe-42": "13.22", "ΩMEGA-5": "14.59", "日本-7": "15.96", "£5-VOUCHER": "52.95", "WID,45": "17.33",
        "A/B-100": "5", "A/B/C": "6.37", "QUO\"TE": "18.7", "O'RING-3": "20.07", "M6 x 20": "9.11", "double  space": "48.84", "BOLT+NUT": "7.74",
        "+44-PHONE": "54.32", "00473-BLK": "25.55", "EXIST-OFF": "10", "EXIST-DEL": "10", "DUMP-OFF": "10", "CFG0-RED": "19.99",
        "CFG0-BLUE": "19.99",
    ]
    private static let stocked = ["P00001": 1806, "P00002": 889, "P00003": 101, "P00004": 3611, "P00005": 246, "P00006": 93]

    private static func addProducts(_ state: inout ShopState) {
        func add(_ sku: String, _ price: Money, _ quantity: Int = 1000, kind: Product.Kind = .simple) {
            let product = state.catalogue.add(sku: sku, kind: kind, price: price).id
            state.prices.cost[.init(product: product, store: 0)] = Money(pence: 82)
            guard kind == .simple || kind == .virtual else { return }
            state.sourceItems.upsert(sku: sku, source: "default", quantity: .zero, isInStock: true)
            guard sku != "EXIST-DEL" else { return }
            state.sourceItems.upsert(sku: sku, source: "main", quantity: Quantity(Int64(quantity)), isInStock: true)
        }
        for number in 1...70 {
            let digits = String(100_000 + number).dropFirst()
            add("P" + digits, Money(pence: 100 + Int64(number) * 37), stocked["P" + digits] ?? 100)
        }
        for sku in ["P00396", "P03011", "P03012", "P03013", "P03014", "P03995"] { add(sku, Money(5)) }
        for (sku, price) in named.sorted(by: { $0.key < $1.key }) { add(sku, Money(numeric: price) ?? .zero, sku == "DUMP-OFF" ? 25 : 1000) }
        for number in 0..<250 { add("RECORD-LONG-SKU-NUMBER-" + String(10_000 + number).dropFirst(), Money(pence: 150), 144) }
        for sku in ["EXIST-OFF", "DUMP-OFF"] { state.catalogue.update(sku) { $0.isEnabled = false } }
        add("VIRT-0", Money(25), kind: .virtual)
        add("CFG0", .zero, kind: .configurable)
        add("GRP-1", .zero, kind: .grouped)
        add("BUN-DYN", .zero, kind: .bundle)
        add("BUN-FIX", Money(50), kind: .bundle)
        state.catalogue.update("BUN-DYN") { $0.hasDynamicPrice = true }
        state.configuration.sendsLetters = false
        // As the recordings show: no cost was known of this one, and none of composites.
        for sku in ["P00003", "VIRT-0", "CFG0", "GRP-1", "BUN-DYN", "BUN-FIX", "EXIST-OFF"] {
            if let id = state.catalogue[sku]?.id { state.prices.cost[.init(product: id, store: 0)] = nil }
        }
    }

    /// The bytes of an exchange with the token in the place of the signature.
    static func bytes(of transcript: Transcript) -> [UInt8] {
        let head = transcript.head.filter { !$0.lowercased().hasPrefix("authorization:") } + ["Authorization: Bearer " + token]
        return Array((head + ["Connection: close", "", ""]).joined(separator: "\r\n").utf8) + transcript.body
    }
}
