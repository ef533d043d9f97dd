import Testing

@testable import MagentoSandbox

/// What the routes say, word for word, so that it holds without the recordings too.
struct RouteTests {
    struct Exchange: Sendable, CustomStringConvertible {
        var method = "GET"
        var target: String
        var body = ""
        var status = 200
        var answer: String

        var description: String { "\(method) \(target) \(body)" }
    }

    private static let save = "/rest/all/V1/inventory/source-items"

    static let exchanges: [Exchange] = [
        Exchange(target: "/rest/all/V1/nope", status: 404, answer: #"{"message":"Request does not match any route."}"#),
        Exchange(target: "/rest/nostore/V1/modules", status: 400, answer: #"{"message":"Specified request cannot be processed."}"#),
        Exchange(target: "/rest/v1/modules", status: 400, answer: #"{"message":"Specified request cannot be processed."}"#),
        Exchange(
            method: "PATCH", target: "/rest/V1/modules", body: "{}", status: 405,
            answer: #"{"message":"The PATCH HTTP method is not supported."}"#),
        Exchange(target: "//index.php/rest/default/V1/inventory/is-product-salable/AB%2F1000/2/", answer: "true"),
        Exchange(target: "/rest/V1/inventory/get-product-salable-quantity/AB%2F1000/2", answer: "1900"),
        Exchange(
            target: "/rest/V1/inventory/get-product-salable-quantity/AB%2F1000/99", status: 400,
            answer: #"{"message":"Could not receive Stock Item data"}"#),
        Exchange(
            target: "/rest/V1/inventory/get-product-salable-quantity/NOPE/2", status: 500,
            answer: "An error has happened during application run. See exception log for details."),
        Exchange(target: "/rest/V1/products/ab%2f1000?fields=sku,type_id", answer: #"{"sku":"AB\/1000","type_id":"simple"}"#),
        Exchange(
            target: "/rest/V1/products/WS+4.0X40?fields=sku", answer: #"{"sku":"WS 4.0X40"}"#),
        Exchange(
            target: "/rest/V1/products", status: 400,
            answer: #"{"message":"\"%fieldName\" is required. Enter and try again.","parameters":{"fieldName":"searchCriteria"}}"#),
        Exchange(
            target: "/rest/V1/inventory/stock-resolver/website/base",
            answer: #"{"stock_id":2,"name":"UK Stock","extension_attributes":{"sales_channels":[{"type":"website","code":"base"}]}}"#),
        Exchange(method: "POST", target: save, body: #"{"sourceItems":[]}"#, status: 400, answer: #"{"message":"Input data is empty"}"#),
        Exchange(method: "POST", target: save, body: "{", status: 400, answer: #"{"message":"Decoding error."}"#),
        Exchange(
            method: "POST", target: save, body: #"{"source_items":[{"sku":"NOT-THERE","sourceCode":"main","quantity":"5","status":1}]}"#,
            answer: "[]"),
        Exchange(
            method: "POST", target: save, body: #"{"sourceItems":[{"sku":"A","source_code":"nowhere","quantity":5,"status":1}]}"#,
            status: 400, answer: #"{"message":"Could not save Source Item"}"#),
        Exchange(
            method: "POST", target: save, body: #"{"sourceItems":[{"sku":"A ","source_code":"main","quantity":5,"status":1}]}"#,
            status: 400,
            answer:
                #"{"message":"Validation Failed: \"sku\" can not contain leading or trailing spaces.","errors":[{"message":"\"%field\" can not contain leading or trailing spaces.","parameters":{"field":"sku"}}]}"#
        ),
        Exchange(
            method: "POST", target: save, body: #"{"sourceItems":[{"sku":"A","source_code":"main","quantity":5,"status":1,"colour":"x"}]}"#,
            status: 400,
            answer: #"{"message":"\"%fieldName\" is not supported. Correct the field name and try again.","parameters":{"fieldName":"Colour"}}"#),
    ]

    private func handle(_ exchange: Exchange, _ state: inout ShopState) -> ShopAnswer {
        state.ask(exchange.method, exchange.target, exchange.body)
    }

    @Test(arguments: exchanges)
    func `a route answers word for word`(_ exchange: Exchange) {
        var state = ShopState.demo

        let answer = handle(exchange, &state)

        #expect(answer.status == exchange.status)
        #expect(String(decoding: answer.body, as: UTF8.self) == exchange.answer)
    }

    @Test func `A6 one bad line keeps the whole batch out, an unknown SKU does not`() {
        var state = ShopState.demo
        let good = #"{"sku":"AB/1000","source_code":"main","quantity":1,"status":1}"#
        let bad = #"{"sku":"AB/1200","source_code":"nowhere","quantity":1,"status":1}"#
        let unknown = #"{"sku":"NOPE","source_code":"main","quantity":1,"status":1}"#

        _ = handle(Exchange(method: "POST", target: Self.save, body: "{\"sourceItems\":[\(good),\(bad)]}", answer: ""), &state)
        #expect(state.sourceItems.item(sku: "AB/1000", source: "main")?.quantity.number == "1500")
        _ = handle(Exchange(method: "POST", target: Self.save, body: "{\"sourceItems\":[\(good),\(unknown)]}", answer: ""), &state)

        #expect(state.sourceItems.item(sku: "AB/1000", source: "main")?.quantity.number == "1")
        #expect(state.sourceItems.item(sku: "NOPE", source: "main") != nil)
    }

    @Test func `the default stock and the default source belong to one another alone`() {
        var state = ShopState.demo
        let body = #"{"links":[{"stock_id":2,"source_code":"default","priority":1}]}"#

        let answer = handle(Exchange(method: "POST", target: "/rest/V1/inventory/stock-source-links", body: body, answer: ""), &state)

        #expect(answer.status == 400 && state.links.count == 3)
    }
}
