import Foundation
import StateStore
import Testing

/// Every profile carries its fixture all the way into the sandbox shop.
struct ProfileRunTests {
    @Test(arguments: ProfileFixture.all)
    func `a profile's file becomes the expected plan, reaches the shop, and the books balance`(fixture: ProfileFixture) async throws {
        let ending = try await fixture.run()

        #expect(ending.unbalanced.isEmpty)
        #expect(ending.states.allSatisfy { [.finished, .scheduled].contains($0) }, "\(ending.plan)")
        let golden = URL(fileURLWithPath: "\(fixture.folder)/plan.txt")
        if GoldenCase.isWriting { try Data(ending.plan.utf8).write(to: golden) }
        #expect(ending.plan == (try? String(contentsOf: golden, encoding: .utf8)))
    }
}
