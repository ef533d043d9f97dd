import Testing

@testable import MagentoSandbox

struct ProductSaveTests {
    private static let path = "products/00472-BLK"

    @Test func `what is saved through a store hides what is saved for all`() {
        var state = ShopState.demo
        state.ask("PUT", "/rest/all/V1/\(Self.path)", #"{"product":{"name":"Hinge"}}"#)
        state.ask("PUT", "/rest/default/V1/\(Self.path)", #"{"product":{"name":"Charnière"}}"#)

        state.ask("PUT", "/rest/all/V1/\(Self.path)", #"{"product":{"name":"Hinge, black"}}"#)

        #expect(state.ask("GET", "/rest/all/V1/\(Self.path)?fields=name").text == #"{"name":"Hinge, black"}"#)
        #expect(state.ask("GET", "/rest/V1/\(Self.path)?fields=name").text == #"{"name":"Charni\u00e8re"}"#)
    }

    @Test(arguments: [("POST", "products"), ("PUT", "products/NEW%2F1")])
    func `an unknown SKU is made where its attribute set is given, and refused otherwise`(_ method: String, _ path: String) {
        var state = ShopState.demo
        let poor = state.ask(method, "/rest/all/V1/\(path)", #"{"product":{"sku":"NEW/1","name":"New"}}"#)
        #expect(poor.status == 400 && state.catalogue["NEW/1"] == nil)

        let rich = state.ask(
            method, "/rest/all/V1/\(path)",
            #"{"product":{"sku":"NEW/1","name":"New","attribute_set_id":4,"price":2.5,"type_id":"simple","status":2,"custom_attributes":[{"attribute_code":"colour","value":"12"}]}}"#
        )

        #expect(rich.status == 200)
        let product = state.catalogue["NEW/1"]
        #expect(product?.isEnabled == false && product?.price.number == "2.5" && product?.attributes["colour"] == "12")
        #expect(state.sourceItems.item(sku: "NEW/1", source: "default") != nil)
    }

    @Test func `only what was sent is changed`() {
        var state = ShopState.demo
        let before = state.catalogue["00472-BLK"]

        state.ask(
            "PUT", "/rest/all/V1/\(Self.path)",
            #"{"product":{"weight":1.25,"custom_attributes":[{"attribute_code":"supplier_reference","value":"H-75"}]}}"#)

        var after = state.catalogue["00472-BLK"]
        #expect(after?.weight == "1.25" && after?.attributes["supplier_reference"] == "H-75")
        after?.weight = before?.weight
        after?.attributes = before?.attributes ?? [:]
        after?.updatedAt = before?.updatedAt ?? ""
        #expect(after == before)
    }

    @Test(arguments: [
        ("GET", "products/attributes/colour/options", "", #"[{"label":" ","value":""},{"label":"Black","value":"11"}"#),
        ("GET", "products/attributes/nope/options", "", #"{"message":"The attribute with a \"%1\" attributeCode"#),
        ("GET", "taxClasses/search?searchCriteria=", "", #"{"items":[{"class_id":2,"class_name":"Taxable Goods","class_type":"PRODUCT"}"#),
        ("GET", "products/attribute-sets/sets/list?searchCriteria=", "", #"{"items":[{"attribute_set_id":4,"attribute_set_name":"Default""#),
        ("GET", "customerGroups/4", "", #"{"id":4,"code":"Trade A","tax_class_id":3,"tax_class_name":"Retail Customer"}"#),
        ("PUT", "customerGroups/4", #"{"group":{"id":4,"code":"Trade Gold","tax_class_id":3}}"#, #"{"id":4,"code":"Trade Gold""#),
        ("PUT", "customerGroups/4", #"{"group":{"code":"trade b"}}"#, #"{"message":"Customer Group already exists."}"#),
        ("POST", "customerGroups", #"{"group":{"code":"Trade C","tax_class_id":3}}"#, #"{"id":6,"code":"Trade C""#),
    ])
    func `groups, tax classes and attributes are told as the shop does`(_ method: String, _ path: String, _ body: String, _ start: String) {
        var state = ShopState.demo

        #expect(state.ask(method, "/rest/all/V1/\(path)", body).text.hasPrefix(start))
    }
}
