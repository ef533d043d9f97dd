import Domain
import Entities
import StateStore
import TestKit
import Testing

@testable import Engine

struct GuestWatchTests {
    /// Sees what it is told to see; wrong is what it is told is wrong.
    private final class Stranger: ChangeProbe, @unchecked Sendable {
        // Only the test's own task touches it.
        var wrong: Set<String> = []
        var looks: [[String]] = []
        /// `nil`: everything is shown.
        var shown: Set<String>?
        var companions: [String] { ["prices"] }

        func canaries(among keys: [RecordKey]) -> [RecordKey] { [] }

        func view(of keys: [RecordKey], _ moment: ProbeMoment) async throws -> [RecordKey: EncodedValue] {
            looks.append(keys.map(\.text))
            return Dictionary(uniqueKeysWithValues: keys.filter { shown?.contains($0.text) ?? true }.map { ($0, [1]) })
        }

        func violation(_ change: Change, before: EncodedValue?, now: EncodedValue) -> String? { nil }

        func violation(standing key: RecordKey, held: [String: EncodedValue], now: EncodedValue) -> String? {
            held["prices"] == [7] && wrong.contains(key.text) ? "\(key) leaks" : nil
        }
    }

    @Test func `V1 the looks go round the whole list, and what was wrong is looked at again until it is right`() async throws {
        let folder = TemporaryFolder()
        let clock = ManualTimeline()
        let ledger = try Ledger(path: "\(folder.path)/ledger.db")
        let unknown = Stranger()
        let definition = StockDefinition(
            warehouses: .sources([:], ignored: []), buffers: BufferPolicy(standard: .init(buffer: .none)), missing: .unchanged, duplicates: .reject
        )
        let entity = FlowEntity(definition: definition, applier: FakeShop(), gates: .open, probe: unknown)
        try ledger.write { writer in
            for number in 0..<10 {
                for name in ["stock", "prices"] {
                    try writer.setMirror(entity: name, key: RecordKey("K\(number)"), value: [7], version: clock.timeline.now(), change: nil)
                }
            }
        }
        let watch = GuestWatch(ledger: ledger, timeline: clock.timeline)
        let desk = AlarmDesk(ledger: ledger, timeline: clock.timeline)
        let plan = WatchPlan(flows: [.init(name: "trade")])
        func alarms() throws -> [String] {
            try desk.look(plan)
            return try ledger.read { try $0.alarms() }.map { "\($0.key.code.rawValue) \($0.text)" }
        }

        for _ in 0..<4 { try await watch.look("trade", entity, sample: 3) }
        #expect(Set(unknown.looks.flatMap { $0 }).count == 10)
        #expect(unknown.looks.flatMap { $0 }.count == 10)
        #expect(try alarms() == [])

        unknown.wrong = [unknown.looks[0][0]]
        try await watch.look("trade", entity, sample: 3)
        let told = try alarms()
        try await watch.look("trade", entity, sample: 3)
        #expect(try alarms() == told && told == ["GUEST-PRICE \(unknown.looks[0][0]) leaks"])
        #expect(unknown.looks.last?.contains(unknown.looks[0][0]) == true)

        unknown.wrong = []
        try await watch.look("trade", entity, sample: 3)
        #expect(try alarms() == [])
        #expect(try ledger.read { try $0.recentNotices(limit: 9) }.map(\.telling) == [.recovered, .opened])
    }

    @Test func `a part of the list that a guest is not shown is replaced by the next, and a look that saw nothing says so`() async throws {
        let folder = TemporaryFolder()
        let clock = ManualTimeline()
        let ledger = try Ledger(path: "\(folder.path)/ledger.db")
        let unknown = Stranger()
        let definition = StockDefinition(
            warehouses: .sources([:], ignored: []), buffers: BufferPolicy(standard: .init(buffer: .none)), missing: .unchanged, duplicates: .reject
        )
        let entity = FlowEntity(definition: definition, applier: FakeShop(), gates: .open, probe: unknown)
        try ledger.write { writer in
            for number in 0..<10 {
                for name in ["stock", "prices"] {
                    try writer.setMirror(entity: name, key: RecordKey("K\(number)"), value: [7], version: clock.timeline.now(), change: nil)
                }
            }
        }
        let watch = GuestWatch(ledger: ledger, timeline: clock.timeline)
        let keys = try ledger.read { try $0.mirrorKeys(entity: "stock", after: .min, limit: 100) }.map(\.key.text)
        unknown.shown = [keys[7]]

        let seen = try await watch.look("trade", entity, sample: 3)

        #expect(seen.seen == 1 && unknown.looks.count == 3, "\(unknown.looks)")
        unknown.shown = []
        await #expect { try await watch.look("trade", entity, sample: 3) } throws: { error in
            (error as? Diagnostic)?.code == "GUEST-BLIND"
        }
    }
}
