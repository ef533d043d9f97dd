import Domain
import StateStore
import Synchronization
import TestKit
import Testing

@testable import Engine

struct ServiceTests {
    private struct Desk {
        var written = 0
        var sent = 0
        var beats = 0
    }

    @Test func `I1 what a chore writes down is mailed at once, though the mail went out just before`() async throws {
        let folder = TemporaryFolder()
        let (orders, order) = AsyncStream<Service.Order>.makeStream()
        let (rounds, round) = AsyncStream<Void>.makeStream()
        let desk = Mutex(Desk())
        // Far longer than the test waits, three beats: only the one chore's end can bring the other about.
        let rarely = Duration.seconds(1_000_000)
        let service = Service(
            ledger: try Ledger(path: "\(folder.path)/ledger.db"), timeline: .system,
            holder: LeaseHolder(name: "one", isAlive: { _ in false }), carryOut: { _ in SlotResult(.done, "") },
            reload: { ServicePlan(jobs: []) },
            alive: {
                if desk.withLock({
                    $0.beats += 1; return $0.beats
                }) == 3 {
                    order.yield(.stop)
                }
            },
            periodicTasks: {
                [
                    Service.PeriodicTask("alarms", every: rarely) {
                        for await _ in rounds { break }
                        desk.withLock { $0.written += 1 }
                    },
                    Service.PeriodicTask("mail", every: rarely, .timeRunsAndChores) {
                        let sent = desk.withLock { desk in
                            desk.sent = desk.written
                            return desk.sent
                        }
                        if sent == 0 { round.yield() } else { order.yield(.stop) }
                    },
                ]
            }, tell: { _ in })

        try await service.run(ServicePlan(jobs: []), orders: orders, ready: {})

        #expect(desk.withLock { $0.sent } == 1)
    }
}
