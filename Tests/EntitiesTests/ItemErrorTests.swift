import Domain
import MagentoSandbox
import Testing

/// A success that carries errors for single items: what is in it is not believed, the shop is looked at.
struct ItemErrorTests {
    private static let partly = ShopAnswer.json(#"[{"sku":"P-003","message":"Could not save Source Item"}]"#)

    private static func save(_ fault: Fault, hits: ClosedRange<Int>) -> FaultRule {
        FaultRule(fault, method: "POST", path: "source-items", hits: hits)
    }

    @Test func `F55 a success with errors inside is looked at, and what is there is applied`() async throws {
        try await ApplierShop.run(faults: [Self.save(.commitThenAnswer(Self.partly), hits: 1...1)]) { shop in
            let answers = await shop.applier.apply(shop.changes(5, to: 7))

            #expect(answers.areAllApplied)
            #expect(shop.posts == 1 && shop.quantity("P-003") == "7")
        }
    }

    @Test func `F55 items that a success left out are sent again, and only these`() async throws {
        try await ApplierShop.run(faults: [Self.save(.partialCommit(lines: 3, Self.partly), hits: 1...1)]) { shop in
            let answers = await shop.applier.apply(shop.changes(5, to: 7))

            #expect(answers.areAllApplied)
            #expect(shop.posts == 2 && shop.quantity("P-004") == "7")
            #expect(JournalCheck.nothingTwice(shop.shop.journal.entries).isEmpty)
        }
    }

    @Test func `F55 a success that always leaves the same out is never called applied`() async throws {
        try await ApplierShop.run(faults: [Self.save(.answer(Self.partly), hits: 1...Int.max)]) { shop in
            let answers = await shop.applier.apply(shop.changes(2, to: 7))

            #expect(answers.allSatisfy { !$0.isApplied })
            #expect(shop.quantity("P-000") == nil)
        }
    }
}
