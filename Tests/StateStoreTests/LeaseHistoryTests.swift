import Domain
import TestKit
import Testing

@testable import StateStore

/// Leases lived through by chance: processes come, renew, go quiet, wake up again and give back, on one machine and on two.
struct LeaseHistoryTests {
    private struct Worker {
        var name: String
        var clock: String
        var ledger: Ledger
        var time: ManualTimeline
        var lease: LeaseKeeper?
    }

    @Test(arguments: 1...25 as ClosedRange<UInt64>)
    func `F86 H1 in no history do two write under leases of one flow, and a silent holder is always replaced in the end`(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let folder = TemporaryFolder()
        let times = [ManualTimeline(uptime: .seconds(1000)), ManualTimeline(uptime: .seconds(77))]
        var workers = try (0..<4).map { number in
            Worker(
                name: "w\(number)", clock: number < 2 ? "a" : "b", ledger: try Ledger(path: "\(folder.path)/ledger.db"), time: times[number / 2])
        }
        func ask(_ worker: Worker) throws -> LeaseAnswer {
            try worker.ledger.takeLease(
                LeaseRequest(flow: "stock", holder: worker.name, clock: worker.clock, terms: LeaseTerms(), isFenced: false) { _ in .unseen },
                timeline: worker.time.timeline)
        }
        // The newest holder: nobody before it may ever write again.
        var newest: (worker: Int, token: Int64)?

        for step in 0..<60 {
            let index = Int(random.next() % 4)
            let place = "seed \(seed), step \(step)"
            switch random.next() % 6 {
            case 0, 1:
                guard case .taken(let lease) = try ask(workers[index]) else { break }
                #expect(lease.token > newest?.token ?? 0, "\(place): tokens only grow")
                workers[index].lease = lease
                newest = (index, lease.token)
            case 2: workers[index].lease?.renew()
            case 3:
                guard let lease = workers[index].lease else { break }
                let isNewest = newest.map { $0.worker == index && $0.token == lease.token } ?? false
                let isKept =
                    (try? workers[index].ledger.write(as: lease) { try $0.remember(flow: "stock", name: "by", value: workers[index].name) }) != nil
                #expect(isKept == isNewest, "\(place): \(workers[index].name)")
                if isKept { #expect(try workers[index].ledger.read { try $0.memory(flow: "stock", name: "by") } == workers[index].name) }
            case 4:
                guard let lease = workers[index].lease, newest?.token == lease.token else { break }
                try lease.release()
                workers[index].lease = nil
                newest = nil
            default:
                // Machines do not agree on how much time passed.
                for time in times { time.advance(by: .seconds(Int64(random.next() % 40))) }
            }
        }
        // All fall silent: whoever asks long enough gets it.
        let last = workers[3]
        var isTaken = false
        for _ in 0..<5 where !isTaken {
            if case .taken = try ask(last) { isTaken = true }
            for time in times { time.advance(by: .seconds(33)) }
        }
        #expect(isTaken, "seed \(seed)")
    }
}
