import Domain
import Foundation
import StateStore
import Synchronization
import TestKit
import Testing

@testable import Engine

/// Orders leave exactly once, whatever happens in the shop, on the way and to the process.
struct ExactlyOnceTests {
    private static let count = ProcessInfo.processInfo.environment["TALLYMAN_HISTORIES"].flatMap { Int($0) } ?? 400

    @Test(.timeLimit(.minutes(30)))
    func `D1 D2 D3 D4 D5 D7 F12 F13 F15 F72 every eligible order is in the inbox once, none twice, no file short`() async throws {
        let lanes = 2
        let failures = try await withThrowingTaskGroup(of: [String].self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    var world = try OutboundWorld()
                    var lived = 0
                    var failures: [String] = []
                    func audit() throws {
                        let unbalanced = try world.ledger.read { try $0.unbalancedRuns() }
                        if !unbalanced.isEmpty { failures.append("unbalanced: \(unbalanced)") }
                    }
                    for seed in stride(from: lane, to: Self.count, by: lanes) {
                        if let failure = try await Self.live(seed: UInt64(seed), in: world) { failures.append("seed \(seed): \(failure)") }
                        if failures.count > 5 { break }
                        lived += 1
                        // A ledger that only grows would measure itself.
                        if lived % 200 == 0 {
                            try audit()
                            world = try OutboundWorld()
                        }
                        // Other tests' servers answer on the same few threads.
                        await Task.yield()
                    }
                    try audit()
                    return failures
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }

        #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
        print("exactly once: \(Self.count) histories, \(failures.count) failed")
    }

    /// Lives through one history and answers what is wrong in the end.
    private static func live(seed: UInt64, in world: OutboundWorld) async throws -> String? {
        var random = SeededRandom(seed: seed &* 7919 &+ 13)
        let shop = OrderHistory(seed: seed, clock: world.clock)
        let inbox = InboxEndpoint()
        inbox.state.withLock { $0.appetite = Int.random(in: 0..<4, using: &random) }
        let flow = try world.flow(
            "flow-\(seed)", inbox, shop, batch: Int.random(in: 1...4, using: &random), done: Bool.random(using: &random))
        for _ in 0..<Int.random(in: 2...6, using: &random) {
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                shop.happen()
                if Bool.random(using: &random) { world.clock.advance(by: .seconds(Int64.random(in: 0...200, using: &random))) }
            }
            arm(&random, world, inbox)
            do { _ = try await world.runner().run(flow, cause: "schedule") } catch is InboxEndpoint.Stopped {} catch is Diagnostic {}
        }
        shop.state.withLock { $0.isClosed = true }
        try await rest(world, flow, inbox)
        return verdict(shop, inbox)
    }

    /// A fault at one of the changes out there, or the death of the process at one of the ledger's commits.
    private static func arm(_ random: inout SeededRandom, _ world: OutboundWorld, _ inbox: InboxEndpoint) {
        let fault = InboxEndpoint.Fault.allCases.randomElement(using: &random)
        let distance = Int.random(in: 1...6, using: &random)
        if Int.random(in: 0..<3, using: &random) > 0, let fault {
            inbox.state.withLock { $0.faults = [$0.changes + distance: fault] }
        }
        guard Bool.random(using: &random) else { return world.set { _, _ in } }
        let target = Int.random(in: 1...24, using: &random)
        let passed = Mutex(0)
        world.set { _, _ in
            let number = passed.withLock { passed in
                passed += 1
                return passed
            }
            if number == target { throw InboxEndpoint.Stopped() }
        }
    }

    /// Nothing goes wrong any more; a day later the daily look back has been too.
    private static func rest(_ world: OutboundWorld, _ flow: OutboundFlow, _ inbox: InboxEndpoint) async throws {
        world.set { _, _ in }
        inbox.state.withLock { $0.faults = [:] }
        for _ in 0..<3 {
            world.clock.advance(by: .seconds(90_000))
            _ = try await world.runner().run(flow, cause: "schedule")
        }
        let last = try await world.runner().run(flow, cause: "schedule")
        #expect(last.runs.isEmpty, "one more run sends nothing: \(last.runs.map { $0.run.verdict ?? "" })")
    }

    private static func verdict(_ shop: OrderHistory, _ inbox: InboxEndpoint) -> String? {
        let (numbers, faults) = OutboundWorld.numbers(in: inbox.delivered)
        if let fault = faults.first { return fault }
        if let wrong = inbox.state.withLock({ $0.wrongs.first }) { return wrong }
        let counts = Dictionary(numbers.map { ($0, 1) }, uniquingKeysWith: +)
        if let twice = counts.first(where: { $0.value > 1 }) { return "\(twice.key) left \(twice.value) times" }
        for order in shop.orders {
            let count = counts[order.number] ?? 0
            if order.state == "processing", count != 1 { return "\(order.number) is due and left \(count) times" }
            if !order.wasEverReady, count != 0 { return "\(order.number) was never due and left" }
        }
        let strangers = Set(numbers).subtracting(shop.orders.map(\.number))
        return strangers.isEmpty ? nil : "unknown numbers left: \(strangers)"
    }
}
