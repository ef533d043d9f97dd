import Domain
import Entities
import Magento
import MagentoSandbox
import Testing

/// Every way of failing at every call of a run. Whatever happens, a second attempt ends with the wanted values, no value
/// goes back, no record is called rejected for the shop's trouble, and nothing that was confirmed is missing.
struct FaultLoopTests {
    static let faults: [Fault] = [
        .closeBeforeCommit, .commitThenDrop, .commitThenCut(bytes: 1), .partialCommit(lines: 7, .badGateway),
        .partialCommit(lines: 7, .errorReport), .answer(.badGateway), .answer(.gatewayTimeout), .answer(.maintenance),
        .answer(.phpFatal), .answer(.loginPage), .answer(.json("")), .answer(.json("null")), .answer(.json("[")),
        .answer(.tooManyRequests(retryAfter: "2")), .answer(.tooManyRequests(retryAfter: "9999999")),
        .answer(.tooManyRequests(retryAfter: nil)), .answer(.redirect(to: "/login")), .commitThenAnswer(.gatewayTimeout),
        .commitThenAnswer(.json("{}")), .commitThenAnswer(.errorReport), .deadlock, .closeAfterAnswer, .hugeBody(bytes: 1000),
    ]

    @Test(arguments: faults, 1...5)
    func `F50 F51 F53 F54 F61 F65 a run that meets a fault at its n-th call is made good by the next`(_ fault: Fault, _ hit: Int) async throws {
        let limits = InputLimits(maximumItems: 20)
        try await ApplierShop.run(products: 30, limits: limits, faults: [FaultRule(fault, hits: hit...hit)]) { shop in
            let first = await shop.applier.apply(shop.changes(30, to: 7))
            #expect(first.allSatisfy { $0.rejection == nil })
            for (number, answer) in first.enumerated() where answer.isApplied {
                #expect(shop.quantity(ApplierShop.sku(number)) == "7")
            }

            let waiting = first.indices.filter { first[$0].deferral != nil }
            let second = await shop.applier.apply(waiting.map { shop.changes(30, to: 7)[$0] })

            #expect(second.isEmpty || second.areAllApplied)
            #expect((0..<30).allSatisfy { shop.quantity(ApplierShop.sku($0)) == "7" })
            let entries = shop.shop.journal.entries
            #expect(JournalCheck.versionsNeverDecrease(entries) { Int($0.value.prefix { $0 != "/" }) }.isEmpty)
            #expect(JournalCheck.oneWriterPerKey(entries).isEmpty)
        }
    }
}
