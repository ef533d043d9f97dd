import Domain
import Foundation
import TestKit
import Testing

@testable import Entities
@testable import Magento
@testable import MagentoSandbox

/// Of an order is asked for what is read of it.
struct OrderFieldsTests {
    private static let folder: String? = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return ["../shared/magento/transcripts", "../../shared/magento/transcripts"].map { root.appendingPathComponent($0).standardizedFileURL.path }
            .first { FileManager.default.fileExists(atPath: $0) }
    }()

    private static func recorded(_ name: String) throws -> JSON {
        let text = try String(contentsOfFile: "\(folder ?? "")/\(name).txt", encoding: .utf8)
        let body = try #require(text.split(separator: "\n").first { $0.hasPrefix("{\"") && $0.contains("\"increment_id\"") })
        return try JSONReader.read(Array(body.utf8))
    }

    /// An order with everything that has a value of its own: parts of a bundle, a variant, options, a coupon, a reduction, gift and pickup.
    private static func made() throws -> JSON {
        var state = ShopState.empty
        for sku in ["A", "B", "KIT", "HOOD", "HOOD-BLA"] {
            state.catalogue.add(sku: sku)
            state.sourceItems.upsert(sku: sku, source: "main", quantity: Quantity(1000), isInStock: true)
        }
        let draft = try OrderSeed.read(
            JSONParser.parse(
                Array(
                    #"""
                    {"items":[{"sku":"A","qty":3,"price":9.5,"discount_percent":10},{"sku":"HOOD-BLA","parent":"HOOD","price":20},
                     {"sku":"KIT","price":30,"parts":[{"sku":"B","each":2,"price":15}]}],
                     "customer":{"id":7,"group":4,"taxvat":"GB1"},"payment":{"method":"purchaseorder","po_number":"PO 7"},"shipping_amount":5,
                     "tax_percent":20,"currency":"EUR","rate":1.15,"coupon":"TENOFF",
                     "extension_attributes":{"gift_message":{"message":"Hi"},"pickup_location_code":"north","gift_cards_amount":1,
                      "base_gift_cards_amount":1,"company_order_attributes":{"company_id":3,"company_name":"Co"}}}
                    """#.utf8)))
        let order = try state.place(draft, now: 1_795_230_000)
        let request = ShopRequest(method: "GET", target: "/rest/V1/orders/\(order.id)", host: "", headers: ["authorization": "Bearer t"], body: [])
        state.access.adminTokens["t"] = AdminToken(username: "admin", expires: .max)
        return try JSONReader.read(state.handle(request, now: 1_795_230_001).answer.body)
    }

    private static func projected(_ order: JSON, _ currency: OrderReader.Currency) throws -> JSON {
        let page = JSON.object(["items": .array([order]), "total_count": .number("1")])
        let fields = try #require(FieldsProjection(OrderSearch.documentFields(inBase: currency == .base)))
        let answer = try JSONReader.read(JSONWriter.bytes(fields.apply(to: try JSONParser.parse(page.bytes))))
        return try #require(answer["items"]?.elements?.first)
    }

    /// What becomes of it, a refusal included.
    private static func reading(_ order: JSON, _ currency: OrderReader.Currency) -> String {
        do { return "\(try OrderReader(currency: currency).read(order))" } catch { return "\(error)" }
    }

    /// The order with one value of it changed, for each value there is, with its place.
    private static func changed(_ json: JSON, _ place: String, _ put: (JSON, String) throws -> Void) rethrows {
        switch json {
        case .null: try put(.string("x"), place)
        case .bool(let flag): try put(.bool(!flag), place)
        case .number(let digits): try put(.number(digits == "7" ? "8" : "7"), place)
        case .string(let text): try put(.string(ExactDecimal(plain: text) == nil ? text + "x" : text == "7" ? "8" : "7"), place)
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                try changed(element, place + "[]") { value, place in
                    var elements = elements
                    elements[index] = value
                    try put(.array(elements), place)
                }
            }
        case .object(let members):
            for name in members.names.sorted() {
                try changed(members[name] ?? .null, "\(place).\(name)") { value, place in
                    var members = members
                    members[name] = value
                    try put(.object(members), place)
                }
            }
        }
    }

    private static func check(_ order: JSON, _ currency: OrderReader.Currency) throws {
        let (whole, part) = (reading(order, currency), try projected(order, currency))
        #expect(reading(part, currency) == whole && whole.contains("grandTotal"), "\(whole)")
        var missed: Set<String> = []
        var seen: [String: Int] = [:]
        try changed(order, "") { other, place in
            // Some of each kind are enough.
            seen[place, default: 0] += 1
            guard seen[place, default: 0] <= 2, reading(other, currency) != whole else { return }
            if try projected(other, currency) == part { missed.insert(place) }
        }
        #expect(missed.isEmpty && seen.count > 100, "read and not asked for: \(missed.sorted())")
    }

    @Test(
        .enabled(if: folder != nil, "the recordings are not beside the project"),
        arguments: ["orders-06-full-simple-coupon", "orders-09-full-bundle"], [OrderReader.Currency.order, .base])
    func `whatever of a recorded order would change what is read is asked for`(_ name: String, _ currency: OrderReader.Currency) throws {
        try Self.check(try Self.recorded(name), currency)
    }

    @Test(arguments: [OrderReader.Currency.order, .base])
    func `whatever of an order with all extras would change what is read is asked for`(_ currency: OrderReader.Currency) throws {
        try Self.check(try Self.made(), currency)
    }

    @Test func `the question fits an address, and asks for less than half of the bytes`() throws {
        for isBase in [false, true] {
            let ids = (1_000_000..<1_000_050).map(String.init).joined(separator: ",")
            let query = SearchQuery(
                [.init("entity_id", .oneOf, ids)], sort: "entity_id", pageSize: 50, fields: OrderSearch.documentFields(inBase: isBase))
            let call = ShopCall(.get, ["orders"], query: query.items, effect: .read, expects: .object)
            #expect(RequestTarget.of(call, scope: "all", basePath: "").utf8.count < SKUChunks.maximumURLBytes)
        }
        let order = try Self.made()
        #expect(try Self.projected(order, .order).bytes.count * 2 < order.bytes.count)
    }
}
