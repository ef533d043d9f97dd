import Testing

@testable import MagentoSandbox

/// Two SKUs with a double quote and long text behind the first are more than the recorded shop's scan of its own SQL bears
/// (transcripts-2, finding 21: pcre-00-story and pcre-01 to pcre-09). One line for each recorded case.
struct QuotedBatchTests {
    private static let long = (0..<1000).map { number in
        let digits = String(number)
        return "RECORD-LONG-SKU-NUMBER-" + String(repeating: "0", count: 4 - digits.count) + digits
    }
    private static let short = (0..<1000).map { "P" + String(10_000 + $0) }
    private static let quoted = "QUO\"TE"

    struct Case: Sendable, CustomTestStringConvertible {
        var file: String
        var skus: [String]
        var isTaken: Bool
        var testDescription: String { file }
    }

    private static let cases = [
        Case(file: "pcre-01-batch-500", skus: [quoted] + long.prefix(249) + [quoted] + long.prefix(249), isTaken: false),
        Case(file: "pcre-02-first-half", skus: [quoted] + long.prefix(249), isTaken: true),
        Case(file: "pcre-04-alone", skus: [quoted, quoted], isTaken: true),
        Case(file: "pcre-05-interleaved", skus: [quoted, quoted] + long.prefix(498), isTaken: false),
        Case(file: "pcre-06-once", skus: long.prefix(4) + [quoted] + long.prefix(495), isTaken: true),
        Case(file: "pcre-07-short-skus", skus: [quoted] + short.prefix(498) + [quoted], isTaken: true),
        Case(file: "pcre-00-story: 900 rows of 6", skus: [quoted] + short.prefix(900) + [quoted], isTaken: false),
        Case(file: "pcre-00-story: 150 rows of 27", skus: [quoted] + long.prefix(150) + [quoted], isTaken: true),
        Case(file: "pcre-00-story: 200 rows of 27", skus: [quoted] + long.prefix(200) + [quoted], isTaken: false),
        Case(file: "pcre-00-story: apostrophe", skus: ["O'RING-3"] + long.prefix(249) + ["O'RING-3"] + long.prefix(249), isTaken: true),
        Case(file: "pcre-00-story: backslash", skus: ["BACK\\1"] + long.prefix(249) + ["BACK\\1"] + long.prefix(249), isTaken: true),
    ]

    private static func shop(_ limit: Int? = 5000) -> ShopState {
        var state = ShopState.empty
        state.sqlScanLimit = limit
        for sku in [quoted] + long.prefix(300) { state.catalogue.add(sku: sku) }
        return state
    }

    private static func list(_ skus: [String]) -> String {
        String(decoding: JSONWriter.bytes(.array(skus.map { .string($0) })), as: UTF8.self)
    }

    @Test(arguments: cases)
    func `a batch with quoted SKUs is refused as a whole where the scan is exhausted, and nothing of it is stored`(_ one: Case) {
        var state = Self.shop()
        let rows = one.skus.map {
            JSONValue.object([.init("sku", .string($0)), .init("source_code", "main"), .init("quantity", 3), .init("status", 1)])
        }
        let body = String(decoding: JSONWriter.bytes(["sourceItems": .array(rows)]), as: UTF8.self)

        let answer = state.ask("POST", "/rest/V1/inventory/source-items", body)

        #expect(answer.status == (one.isTaken ? 200 : 400))
        #expect(answer.text == (one.isTaken ? "[]" : #"{"message":"Could not save Source Item"}"#))
        #expect(state.sourceItems.rows.isEmpty != one.isTaken)
        // As a switch: a shop without the just-in-time compiler takes all of them.
        var patient = Self.shop(nil)
        #expect(patient.ask("POST", "/rest/V1/inventory/source-items", body).status == 200)
    }

    @Test func `reading many quoted SKUs at once is an internal error, by half of them and by one it is not`() {
        var state = Self.shop()
        func read(_ skus: [String]) -> Int {
            state.ask("POST", "/rest/all/V1/products/base-prices-information", #"{"skus":"# + Self.list(skus) + "}").status
        }

        #expect(read([Self.quoted] + Self.long.prefix(249) + ["NO\"NE"]) == 500, "pcre-08")
        #expect(read([Self.quoted] + Self.long.prefix(125) + ["NO\"NE"]) == 200, "pcre-08b")
        #expect(read([Self.quoted] + Self.long.prefix(249)) == 200, "pcre-08c")
        let group = "searchCriteria[filter_groups][0][filters][0]"
        let list = ([Self.quoted, "QUO\"T2"] + Self.long.prefix(240)).map(PercentCoding.encode).joined(separator: ",")
        let target = "/rest/V1/inventory/source-items?\(group)[field]=sku&\(group)[condition_type]=in&\(group)[value]=\(list)"
        #expect(state.ask("GET", target).status == 500, "pcre-09")
    }
}
