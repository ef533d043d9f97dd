import Domain
import Testing

@testable import Formats

/// The guesser on the shipped profiles' own files.
struct FixtureGuessTests {
    @Test(arguments: Guesses.fixtures)
    func `a file of a known kind gets its own profile, or a question that names it`(_ name: String) throws {
        let bytes = try Guesses.fixture(name)
        let guess = try Guesses.guess(bytes, known: Guesses.shipped)
        let answered = try Guesses.guess(bytes, known: Guesses.shipped, answers: ["profile": name])

        if guess.profile.value.name != name {
            #expect(guess.profile.certainty == .unsure && guess.profile.evidence.contains(name), "\(guess.profile)")
        }
        #expect(answered.profile.value.name == name)
        #expect(answered.profile.certainty == .sure)
        #expect(answered.preview.records > answered.preview.rejected)
        #expect(answered.entity.value != nil)
        let shipped = try MappedFile(SampleProfile.shipped(name), bytes)
        let proposed = try MappedFile(answered.profile.value, bytes)
        #expect(shipped.records == proposed.records)
    }

    @Test(arguments: Guesses.fixtures)
    func `a profile proposed without knowing any reads the file it was made from`(_ name: String) throws {
        let bytes = try Guesses.fixture(name)
        let guess = try Guesses.guess(bytes)
        guard case .drafted(let draft) = guess.source else { throw Missing(text: "\(name) has no draft") }
        let profile = try draft.loaded(as: "site/own")

        let file = try ReadFile(profile, bytes, fields: profile.mappedFields.map { FieldVocabulary.entityField($0) })

        #expect(file.records.count == guess.preview.records)
        #expect(file.proof.lines.total == bytes.count)
        #expect(file.records.count == (try ReadFile(SampleProfile.shipped(name), bytes)).records.count, "headers and trailers are told from records")
        #expect(guess.encoding.value == profile.encoding)
        if guess.entity.value == nil { #expect(guess.questions.contains { $0.key == "entity" }) }
    }

    /// Without the shipped profiles: what the captions alone say.
    @Test(arguments: [
        ("sage50/stock", "stock", "Stock Code"), ("sage50/product-list", "stock", "Stock Code"), ("sage50/price-list", "tier_prices", "Stock Code"),
        ("sage50/customers", "accounts", "A/C"), ("sage200/stock", "stock", "Code"), ("sage200/selling-prices", "tier_prices", "StockCode"),
        ("sage200/customers", "accounts", "AccountNumber"), ("sage300/item-locations", "stock", "ITEMNO"),
        ("khaos/stock-levels", "stock", "Stock Code"),
        ("khaos/price-lists", "tier_prices", "Stock Code"), ("khaos/customers", "accounts", "Company Code"),
        ("epicor/part-warehouses", "stock", "PartWhse_PartNum"), ("epicor/price-lists", "tier_prices", "PLPartBrk_PartNum"),
        ("infor/m3-balances", "stock", "MBITNO"), ("infor/m3-sales-prices", "tier_prices", "ODITNO"),
        ("sap-b1/warehouse-stock", "stock", "ParentKey"),
        ("sap-b1/item-prices", "tier_prices", "ParentKey"), ("sap-b1/business-partners", "accounts", "CardCode"), ("generic/stock", "stock", "sku"),
    ])
    func `captions say what a file is for and what its key is`(name: String, entity: String, key: String) throws {
        let guess = try Guesses.guess(Guesses.fixture(name))

        #expect(guess.entity.value?.rawValue == entity, "\(guess.entities)")
        #expect(guess.key?.value == key)
    }

    private struct Missing: Error { let text: String }
}
