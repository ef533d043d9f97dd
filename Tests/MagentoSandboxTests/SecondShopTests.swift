import Foundation
import Testing

@testable import MagentoSandbox

/// What the second recorded shop does and the first set of recordings does not show (transcripts-2, its list of findings), each with the
/// files that show it. Others are held by `BundleOrderTests`, `CreditOrderTests`, `QuotedBatchTests` and `SandboxFaultTests`.
struct SecondShopTests {
    private static func shop() -> ShopState {
        var state = ShopState.empty
        state.catalogue.add(sku: "P00001", price: Money(3))
        state.catalogue.add(sku: "CONF", kind: .configurable)
        state.catalogue.add(sku: "GRP", kind: .grouped)
        return state
    }

    /// Finding 1 and finding 2: exist-01 to exist-03c.
    @Test func `base-prices-information leaves out what is unknown or has no price of its own, and gives back the SKU as it was asked`() {
        var state = Self.shop()

        let read = state.read("base-prices", "p00001", "NOPE", "CONF", "GRP")

        #expect(read.contains(#""sku":"p00001""#) && !read.contains("P00001"), "\(read)")
        #expect(!read.contains("NOPE") && !read.contains("CONF") && !read.contains("GRP"), "\(read)")
        #expect(state.read("base-prices", "p00001", "P00001").components(separatedBy: "\"sku\"").count == 2)
    }

    /// Finding 3: exist-13-empty-list, exist-14-missing-key.
    @Test func `an empty list of SKUs is answered with an empty list, and none at all is refused`() {
        var state = Self.shop()

        #expect(state.read("base-prices") == "[]")
        #expect(state.ask("POST", "/rest/all/V1/products/base-prices-information", "{}").status == 400)
    }

    /// Finding 20: custattr-11 to custattr-26.
    @Test func `a customer attribute in no attribute set exists, is not among the custom ones, and its value is dropped with a 200`() {
        var state = Self.shop()
        state.customerAttributes = ["erp_account", "erp_lost"]
        state.customerAttributesInNoSet = ["erp_lost"]
        state.customers.append(ShopCustomer(id: 1, email: "a@a.example", firstName: "A", lastName: "B", groupID: 1))

        #expect(state.ask("GET", "/rest/V1/attributeMetadata/customer/attribute/erp_lost").status == 200)
        let custom = state.ask("GET", "/rest/V1/attributeMetadata/customer/custom").text
        #expect(custom.contains("erp_account") && !custom.contains("erp_lost"))
        let body = #"""
            {"customer":{"id":1,"email":"a@a.example","firstname":"A","lastname":"B","website_id":1,"custom_attributes":[
            {"attribute_code":"erp_lost","value":"X"},{"attribute_code":"erp_account","value":"Y"}]}}
            """#
        let answer = state.ask("PUT", "/rest/V1/customers/1", body)
        #expect(answer.status == 200 && !answer.text.contains("erp_lost") && answer.text.contains("erp_account"), "\(answer.text)")
    }

    /// Finding 19: ordertax-01 to ordertax-03.
    @Test(arguments: [("5", "20", 2), ("0", "20", 1), ("0", "0", 0)])
    func `the carriage has an entry of its own among the taxes, and goods of 0 % have none`(_ goods: String, _ carriage: String, _ entries: Int)
        throws
    {
        var state = Self.shop()
        state.sourceItems.upsert(sku: "P00001", source: "main", quantity: Quantity(9), isInStock: true)
        var draft = OrderDraft([.init("P00001", Quantity(1))])
        (draft.taxPercent, draft.shippingTaxPercent) = (Money(Int64(goods) ?? 0), Money(Int64(carriage) ?? 0))
        try state.place(draft, now: 1_795_224_000)

        let taxes = try JSONParser.parse(Array(state.ask("GET", "/rest/V1/orders/1").text.utf8))["extension_attributes"]?["item_applied_taxes"]

        #expect(taxes?.elements?.count == entries, "\(String(describing: taxes))")
        #expect(taxes?.elements?.last?["type"]?.text == (entries == 0 ? nil : "shipping"))
        #expect(taxes?.elements?.last?["item_id"] == nil)
    }
}
