import Domain
import Foundation
import Testing

@testable import Magento

/// Laying the entries of a price call's answer to the lines that were sent.
struct PriceFailureTests {
    private static func base(_ sku: String, _ price: String = "1", store: Int = 0) -> BasePrice {
        BasePrice(sku: sku, store: store, price: ExactDecimal(plain: price) ?? 0)
    }
    private static func tier(_ sku: String, website: Int = 0, group: String = "Trade A", quantity: ExactDecimal = 1) -> TierPrice {
        TierPrice(sku: sku, website: website, group: group, quantity: quantity, value: .fixed(3))
    }

    struct Case<Row: PriceRow>: Sendable, CustomTestStringConvertible {
        var name: String
        var failures: [(String, [String?])]
        var rows: [Row]
        /// `+` accepted, `-` refused, `?` cannot tell.
        var verdicts: String
        var testDescription: String { name }
    }

    private func judge<Row: PriceRow>(_ example: Case<Row>) -> String {
        let failures = example.failures.map { PriceFailure(message: $0.0, parameters: $0.1) }
        return PriceFailures.judge(failures, of: example.rows).map { verdict in
            switch verdict {
            case .accepted: "+"
            case .refused: "-"
            case .unclear: "?"
            }
        }.joined()
    }

    private static let field = "Invalid attribute %fieldName = %fieldValue."

    @Test(arguments: [
        Case(name: "nothing is wrong", failures: [], rows: [base("A"), base("B")], verdicts: "++"),
        Case(name: "an unknown SKU", failures: [(field, ["SKU", "B"])], rows: [base("A"), base("B"), base("C")], verdicts: "+-+"),
        Case(
            name: "a negative price names no product", failures: [(field, ["Price", "-1"])], rows: [base("A"), base("B", "-1"), base("C", "-1.0")],
            verdicts: "+--"),
        Case(
            name: "as PHP writes small numbers", failures: [(field, ["Price", "-1.0E-5"])], rows: [base("A"), base("B", "-0.00001")], verdicts: "+-"),
        Case(name: "a store", failures: [("store. SKU = A", ["A", "9"])], rows: [base("A"), base("A", store: 9)], verdicts: "+-"),
        Case(
            name: "three things wrong with one line", failures: [(field, ["SKU", "B"]), (field, ["Price", "-1"]), ("store", ["B", "9"])],
            rows: [base("A"), base("B", "-1", store: 9)], verdicts: "+-"),
        Case(name: "a price that nobody sent", failures: [(field, ["Price", "-7"])], rows: [base("A"), base("B")], verdicts: "??"),
        Case(name: "a price that is null", failures: [(field, ["Price", nil])], rows: [base("A"), base("B")], verdicts: "??"),
        Case(name: "a form not known", failures: [("?", ["x"])], rows: [base("A"), base("B")], verdicts: "??"),
        Case(name: "one known, one not", failures: [(field, ["SKU", "B"]), ("?", ["x", "y", "z"])], rows: [base("A"), base("B")], verdicts: "?-"),
        Case(name: "a product called SKU", failures: [(field, ["SKU", "B"])], rows: [base("SKU"), base("B")], verdicts: "+-"),
        Case(
            name: "a product called SKU in a store called 9", failures: [("store", ["SKU", "9"])], rows: [base("SKU", store: 9), base("9")],
            verdicts: "-+"),
    ])
    func `F55 base prices and costs`(_ example: Case<BasePrice>) { #expect(judge(example) == example.verdicts) }

    private static let row = "Row ID: SKU = %SKU, Website ID: %websiteId, Customer Group: %customerGroup, Quantity: %qty."

    @Test(arguments: [
        Case(
            name: "a group", failures: [(row, ["A", "0", "Trade A", "1"])], rows: [tier("A"), tier("A", group: "Trade B"), tier("B")], verdicts: "-++"
        ),
        Case(
            name: "with what is wrong first", failures: [(row, ["-12", "A", "0", "Trade A", "10"])], rows: [tier("A"), tier("A", quantity: 10)],
            verdicts: "+-"),
        Case(name: "the group in the stored spelling", failures: [(row, ["A", "0", "TRADE A", "1"])], rows: [tier("A"), tier("B")], verdicts: "-+"),
        Case(
            name: "the quantity as the column has it", failures: [(row, ["A", "0", "Trade A", "10.0000"])],
            rows: [tier("A"), tier("A", quantity: 10)], verdicts: "+-"),
        Case(
            name: "a collision with a stored row of another website", failures: [(row, ["A", "0", "Trade A", "1.0000"])],
            rows: [tier("A", website: 2), tier("B")], verdicts: "-+"),
        Case(
            name: "a collision of two lines", failures: [(row, ["A", "1", "Trade A", "1"]), (row, ["A", "0", "Trade A", "1"])],
            rows: [tier("A"), tier("A", website: 1), tier("A", group: "Trade B")], verdicts: "--+"),
        Case(
            name: "two lines alike", failures: [(row, ["A", "0", "Trade A", "1"]), (row, ["A", "0", "Trade A", "1"])],
            rows: [tier("A"), tier("A"), tier("B")], verdicts: "--+"),
        Case(name: "a row that was not sent", failures: [(row, ["Z", "0", "Trade A", "1"])], rows: [tier("A"), tier("B")], verdicts: "??"),
    ])
    func `F55 tier prices`(_ example: Case<TierPrice>) { #expect(judge(example) == example.verdicts) }

    @Test(arguments: [
        Case(
            name: "a product", failures: [("", ["A", "0", "2026-11-01 00:00:00", nil])],
            rows: [SpecialPrice(sku: "A", price: 1, from: "2026-11-01 00:00:00"), SpecialPrice(sku: "B", price: 1)], verdicts: "-+"),
        Case(
            name: "with what is wrong first", failures: [("", ["Price From", "B", "0", nil, nil])],
            rows: [SpecialPrice(sku: "A", price: 1), SpecialPrice(sku: "B", price: 1)], verdicts: "+-"),
        Case(
            name: "of another store", failures: [("", ["A", "1", nil, nil])],
            rows: [SpecialPrice(sku: "A", price: 1), SpecialPrice(sku: "A", store: 1, price: 1)], verdicts: "+-"),
    ])
    func `F55 special prices`(_ example: Case<SpecialPrice>) { #expect(judge(example) == example.verdicts) }

    @Test(arguments: [
        (field, ["SKU", "A"], "Invalid attribute SKU = A."),
        ("No such group %customerGroup. SKU = %SKU, 5 % off", ["G", "A"], "No such group G. SKU = A, 5 % off"),
        ("done already", [], "done already"), ("%1 and %2", ["a"], "a and %2"),
    ])
    func `a failure is shown with its values in`(_ message: String, _ parameters: [String], _ text: String) {
        #expect(PriceFailure(message: message, parameters: parameters).rendered == text)
    }

    /// Every entry that the live shop ever answered is laid to a line of the call it answered, and to no other call's.
    @Test(.enabled(if: SharedRecordings.areAtHand, "the recordings are not beside the project"))
    func `F55 every recorded failure is laid to its line`() throws {
        var count = 0
        for name in try SharedRecordings.names(where: { name in ["price-", "special-", "tier-"].contains { name.hasPrefix($0) } }) {
            let exchange = try SharedRecordings.exchange(name)
            guard let entries = exchange.answer.elements, entries.first?["message"] != nil,
                let sent = exchange.request["prices"]?.elements
            else { continue }
            let failures = entries.compactMap(PriceFailure.init)
            #expect(failures.count == entries.count)
            count += entries.count
            let verdicts: [PriceFailures.Verdict] =
                if name.hasPrefix("tier-") {
                    PriceFailures.judge(failures, of: sent.map { TierPrice($0) ?? Self.odd($0) })
                } else if name.hasPrefix("special-") {
                    PriceFailures.judge(failures, of: sent.compactMap(SpecialPrice.init))
                } else {
                    PriceFailures.judge(failures, of: sent.map { BasePrice($0) ?? Self.base($0["sku"]?.text ?? "", store: -1) })
                }
            // A line without a store or a price cannot be made by us, so only there it may be unclear.
            let isOdd = name.hasPrefix("price-08") || name.hasPrefix("price-09")
            #expect(isOdd || verdicts.contains { if case .refused = $0 { true } else { false } }, "\(name)")
            #expect(isOdd || !verdicts.contains(.unclear), "\(name)")
        }
        #expect(count >= 20)
    }

    /// A line of the recordings with a price type that does not exist.
    private static func odd(_ json: JSON) -> TierPrice {
        TierPrice(
            sku: json["sku"]?.text ?? "", website: json["website_id"]?.whole ?? 0, group: json["customer_group"]?.text ?? "",
            quantity: json["quantity"]?.decimal ?? 0, value: .fixed(json["price"]?.decimal ?? 0))
    }
}
