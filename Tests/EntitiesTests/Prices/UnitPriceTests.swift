import Domain
import TestKit
import Testing

@testable import Entities

struct UnitPriceTests {
    private static func terms(_ shop: PriceTerms.Basis = .gross, digits: Int = 2) throws -> PriceTerms {
        PriceTerms(
            currency: "GBP", zone: try #require(ShopZone("Europe/London")), shopBasis: shop,
            taxRates: ["T1": 20, "T0": 0, "T5": 5, "T9": ExactDecimal(plain: "17.5") ?? 0], standardTaxCode: "T1", digits: digits)
    }
    private static func number(_ text: String) -> ExactDecimal { ExactDecimal(plain: text) ?? -1 }

    @Test(arguments: [
        ("12.50", "10", "1", PriceTerms.Basis.net, "T1", "1.5", "12.50 per 10 → 1.25, net to gross 20 % → 1.50"),
        ("12.50", "1", "1", .gross, "T1", "12.5", "12.50"), ("12", "1", "12", .gross, "T1", "144", "12.00 × 12 → 144.00"),
        ("10", "3", "1", .gross, "T1", "3.33", "10.00 per 3 → 3.333333 → 3.33"), ("0.005", "1", "1", .gross, "T1", "0.01", "0.005 → 0.01"),
        ("100", "1", "1", .net, "T9", "117.5", "100.00, net to gross 17.5 % → 117.50"),
        ("100", "1", "1", .net, "T0", "100", "100.00, net to gross 0 % → 100.00"),
        ("1", "1000", "25", .net, "T1", "0.03", "1.00 per 1000 × 25 → 0.025, net to gross 20 % → 0.03"),
    ])
    func `C6 a price is worked out exactly, rounded once, and its steps are shown`(
        _ amount: String, _ per: String, _ pack: String, _ basis: PriceTerms.Basis, _ code: String, _ price: String, _ evidence: String
    ) throws {
        let operands = UnitPrice.Operands(amount: Self.number(amount), per: Self.number(per), pack: Self.number(pack), basis: basis, taxCode: code)

        let result = try UnitPrice(operands, terms: Self.terms())

        #expect(result.price == Self.number(price))
        #expect(result.evidence == evidence)
    }

    /// Against whole numbers: everything in units of 10^-12, divided by hand with the half added.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `C7 the price is that of a reference in whole numbers`(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<300 {
            let amount = Int64.random(in: 0...9_999_999, using: &random)
            let per = Int64.random(in: 1...1000, using: &random)
            let pack = Int64.random(in: 1...144, using: &random)
            let rate = Int64.random(in: 0...27, using: &random)
            let digits = Int.random(in: 2...6, using: &random)
            let isDown = Bool.random(using: &random)
            var terms = try Self.terms(isDown ? .net : .gross, digits: digits)
            terms.taxRates["X"] = ExactDecimal(rate)
            let operands = UnitPrice.Operands(
                amount: try #require(ExactDecimal(coefficient: amount, scale: 4)), per: ExactDecimal(per), pack: ExactDecimal(pack),
                basis: isDown ? .gross : .net, taxCode: "X")

            let price = try UnitPrice(operands, terms: terms).price

            let power = Int64((0..<digits).reduce(1) { power, _ in power * 10 })
            let top = Int128(amount) * Int128(pack) * Int128(isDown ? 100 : 100 + rate) * Int128(power)
            let bottom = Int128(10_000) * Int128(per) * Int128(isDown ? 100 + rate : 100)
            let wanted = Int64((2 * top + bottom) / (2 * bottom))
            #expect(price == ExactDecimal(coefficient: wanted, scale: digits), "seed \(seed)")
        }
    }

    @Test(arguments: [
        (UnitPrice.Operands(amount: -1, basis: .gross), "PRICE-NEGATIVE"), (.init(amount: 1, per: 0, basis: .gross), "UNITS-NOT-POSITIVE"),
        (.init(amount: 1, pack: -1, basis: .gross), "UNITS-NOT-POSITIVE"), (.init(amount: 1, basis: .net, taxCode: "T7"), "TAX-UNKNOWN"),
        (.init(amount: 999_999_999_999_999_999, pack: 999_999_999_999_999_999, basis: .gross), "NUMBER-RANGE"),
        (.init(amount: 999_999_999_999_999_999, basis: .gross), "NUMBER-RANGE"),
    ])
    func `a line that cannot be priced is rejected with its reason`(_ operands: UnitPrice.Operands, _ code: String) throws {
        let terms = try Self.terms()
        #expect { try UnitPrice(operands, terms: terms) } throws: { ($0 as? RejectReason)?.code == code }
    }

    @Test func `a line without a tax code needs a standard one`() throws {
        var terms = try Self.terms()
        terms.standardTaxCode = nil
        #expect { try UnitPrice(.init(amount: 1, basis: .net), terms: terms) } throws: { ($0 as? RejectReason)?.code == "TAX-MISSING" }
    }

    @Test(arguments: [
        ("10", "8", "20", true), ("9.6", "8", "20", false), ("9.59", "8", "20", true), ("8", "8", "0", false), ("7.99", "8", "0", true),
    ])
    func `C6 a margin is judged without tax and without rounding`(_ price: String, _ cost: String, _ margin: String, _ isBelow: Bool) throws {
        // The price is with 20 % tax where the margin is looked at.
        let operands = UnitPrice.Operands(amount: Self.number(price), basis: margin == "20" && price == "10" ? .gross : .net)
        let unit = try UnitPrice(operands, terms: Self.terms(.net, digits: 2))

        #expect(unit.isBelow(cost: Self.number(cost), margin: Self.number(margin), of: operands) == isBelow)
    }
}
