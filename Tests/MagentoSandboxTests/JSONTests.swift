import Testing

@testable import MagentoSandbox

struct JSONTests {
    @Test func `slashes and everything outside ASCII are escaped as PHP does`() {
        let bytes = JSONWriter.bytes(["sku": "WID/Ü\u{1F600}\"\n", "n": .number("1.50"), "e": [], "x": .null])

        #expect(String(decoding: bytes, as: UTF8.self) == #"{"sku":"WID\/\u00dc\ud83d\ude00\"\n","n":1.50,"e":[],"x":null}"#)
    }

    @Test(arguments: [
        "{\"a\":", "[1,]", "{\"a\":1,}", "01", "1.", "+1", "'a'", "\"\\x\"", "\"\u{1}\"", "nul", "1 2", "\"\\ud800\"", "",
    ])
    func `malformed JSON is refused`(_ text: String) {
        #expect(throws: JSONParser.Malformed.self) { try JSONParser.parse(Array(text.utf8)) }
    }

    @Test func `what is written is read back the same`() throws {
        let value: JSONValue = ["a": [1, "é/\\", .bool(true), .null, ["b": .number("-1.5e3")]]]

        #expect(try JSONParser.parse(JSONWriter.bytes(value)) == value)
    }

    @Test func `nesting ends at 512 levels and does not crash`() {
        let deep = Array(repeating: UInt8(ascii: "["), count: 100_000)

        #expect(throws: JSONParser.Malformed.self) { try JSONParser.parse(deep) }
    }

    @Test(arguments: [
        ("items[sku],total_count", #"{"items":[{"sku":"a"}],"total_count":2}"#), ("total_count", #"{"total_count":2}"#),
        ("nothing", "[]"), ("items[sku", "[]"), ("", "[]"),
    ])
    func `fields keeps the named members only`(_ fields: String, _ expected: String) {
        let value: JSONValue = ["items": [["sku": "a", "qty": 1]], "total_count": 2]

        #expect(JSONText.of(FieldsProjection(fields)?.apply(to: value) ?? []) == expected)
    }

    @Test func `an empty list under a projection becomes null`() throws {
        let value: JSONValue = ["items": [], "total_count": 0]

        let projected = try #require(FieldsProjection("items[sku],total_count")).apply(to: value)

        #expect(JSONText.of(projected) == #"{"items":null,"total_count":0}"#)
    }

    @Test func `brackets in a query make a tree and both letter cases are one name`() {
        let tree = QueryTree.parse("searchCriteria%5Bfilter_groups%5D%5B0%5D%5Bfilters%5D%5B0%5D%5Bvalue%5D=a%2Cb+c&x=1")

        let filter = tree["search_criteria"]?["filterGroups"]?.children.first?["filters"]?.children.first
        #expect(filter?["value"]?.text == "a,b c")
        #expect(tree["x"]?.text == "1")
    }
}
