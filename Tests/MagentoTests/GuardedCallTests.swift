import Domain
import MagentoSandbox
import Synchronization
import TestKit
import Testing

@testable import Magento

/// Nothing that changes the shop leaves without the proof that the work is still ours.
struct GuardedCallTests {
    private static let item = SourceItem(sku: "AB/1000", source: "main", quantity: 5, isInStock: true)

    /// Proves as often as it is told to, and cuts what is under way on order.
    private final class Guard: CallGuard {
        private struct State {
            var proofsLeft: Int
            var proofs = 0
            var cut: (@Sendable () -> Void)?
        }

        private let state: Mutex<State>

        init(proofs: Int) { state = Mutex(State(proofsLeft: proofs)) }

        var proofs: Int { state.withLock { $0.proofs } }

        func proveNow() throws {
            try state.withLock { state in
                guard state.proofsLeft > 0 else {
                    throw Diagnostic("LEASE-LOST", "another process has taken over", fix: "nothing", kind: .transient)
                }
                state.proofsLeft -= 1
                state.proofs += 1
            }
        }

        func watch(_ cut: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
            state.withLock { $0.cut = cut }
            return { self.state.withLock { $0.cut = nil } }
        }

        func cutNow() { state.withLock { $0.cut }?() }
    }

    @Test func `H1 a write whose proof fails is not sent and not tried again; reading goes on`() async throws {
        try await SandboxedShop.run { shop in
            let own = Guard(proofs: 0)
            let (answer, read) = await GuardedWork.$callGuard.withValue(own) {
                (await shop.client.sourceItems.save([Self.item]), try? await shop.client.sourceItems.find(["AB/1000"], sources: ["main"]))
            }

            guard case .notDone(let refusal) = answer else { return #expect(Bool(false), "\(answer)") }
            #expect(refusal.diagnostic.code == "LEASE-LOST" && refusal.kind == .transient)
            #expect(shop.time.slept == [])
            #expect(read != nil)
            #expect(shop.shop.journal.entries.count { $0.event == .arrived && $0.method == "POST" } == 0)
        }
    }

    @Test func `H1 every attempt has a proof of its own, taken after the pause before it`() async throws {
        let fault = FaultRule(.answer(ShopAnswer(status: 429, headers: [:], body: [])), method: "POST", hits: 1...1)
        try await SandboxedShop.run(faults: [fault]) { shop in
            let own = Guard(proofs: 1)
            let answer = await GuardedWork.$callGuard.withValue(own) { await shop.client.sourceItems.save([Self.item]) }

            #expect(answer.refusal?.diagnostic.code == "LEASE-LOST", "\(answer)")
            #expect(own.proofs == 1 && shop.arrivals == 1)
        }
    }

    @Test func `H1 a call that is cut off because the proof ran out may have been done: nobody knows`() async throws {
        let fault = FaultRule(.delay(.seconds(60)), method: "POST", hits: 1...1)
        try await SandboxedShop.run(faults: [fault]) { shop in
            let own = Guard(proofs: 9)
            async let answer = GuardedWork.$callGuard.withValue(own) { await shop.client.sourceItems.save([Self.item]) }
            while shop.arrivals == 0 { await Task.yield() }
            own.cutNow()

            guard case .unknown(let refusal) = await answer else { return #expect(Bool(false), "not unknown") }
            #expect(refusal.reason == .noAnswer && shop.arrivals == 1)
        }
    }
}
