import Foundation
import Testing

/// Random histories of orders, answers, despatches, cancellations, invoices in parts, credits of goods that had left or not, restocked
/// or written off, stale files, shipments by hand and two warehouses.
struct ReservationHistoryTests {
    private static let histories = 100_000
    private static let inSandbox = ProcessInfo.processInfo.environment["TALLYMAN_HISTORIES"].flatMap { Int($0) } ?? 300

    @Test(.timeLimit(.minutes(30)))
    func `C4 C159 in 100,000 histories what may be sold is what the ERP has free less the orders it has not seen`() async {
        let lanes = 2
        let (writes, problems) = await withTaskGroup(of: (Int, [String]).self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    var writes = 0
                    var problems: [String] = []
                    for seed in stride(from: lane, to: Self.histories, by: lanes) {
                        var shelf = FastShelf(seed: UInt64(seed))
                        if let problem = shelf.live(steps: 60) { problems.append("seed \(seed): \(problem)") }
                        writes += shelf.writes
                        // Other tests' servers answer on the same few threads.
                        if seed % 64 < lanes { await Task.yield() }
                    }
                    return (writes, problems)
                }
            }
            return await group.reduce(into: (0, [])) { $0 = ($0.0 + $1.0, $0.1 + $1.1) }
        }

        #expect(problems.isEmpty, "\(problems.count) of \(Self.histories): \(problems.prefix(5))")
        #expect(writes > Self.histories * 2)
        print("reservations: \(Self.histories) histories, \(writes) files applied, \(problems.count) wrong")
    }

    @Test func `C4 the same histories are wrong where what is reserved is reckoned from the counts of an order's row alone`() {
        let problems = (0..<2000).compactMap { seed -> String? in
            var shelf = FastShelf(seed: UInt64(seed), byCounts: true)
            return shelf.live(steps: 40)
        }

        #expect(problems.count > 50, "\(problems.count) of 2000")
    }

    @Test func `the reference simulation's own histories give its own figures: none wrong, and no shipment refused beyond its 96`() {
        var (applied, mismatches, refused) = (0, 0, 0)

        for seed in UInt32(0)..<4000 {
            let history = ReferenceHistory(seed: seed)
            applied += history.applied
            mismatches += history.mismatches
            refused += history.refusedShipments
        }

        #expect(applied == 44_206)
        #expect(mismatches == 0)
        #expect(refused <= 96)
    }

    @Test(.timeLimit(.minutes(30)))
    func `C4 C159 the same holds in the sandbox, read and written by what the program uses, orders moving under its hands`() async throws {
        let lanes = 2
        let (writes, problems) = try await withThrowingTaskGroup(of: (Int, [String]).self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    var writes = 0
                    var problems: [String] = []
                    for seed in stride(from: lane, to: Self.inSandbox, by: lanes) {
                        var shelf = SandboxShelf(seed: UInt64(seed))
                        if let problem = try await shelf.live(steps: 60) { problems.append("seed \(seed): \(problem)") }
                        writes += shelf.writes
                        await Task.yield()
                    }
                    return (writes, problems)
                }
            }
            return try await group.reduce(into: (0, [])) { $0 = ($0.0 + $1.0, $0.1 + $1.1) }
        }

        #expect(problems.isEmpty, "\(problems.count) of \(Self.inSandbox): \(problems.prefix(5))")
        #expect(writes > Self.inSandbox * 3)
        print("reservations in the sandbox: \(Self.inSandbox) histories, \(writes) files applied, \(problems.count) wrong")
    }
}
