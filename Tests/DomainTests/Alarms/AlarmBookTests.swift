import Domain
import TestKit
import Testing

struct AlarmBookTests {
    private static let start = UTCInstant(seconds: 1_795_219_200)
    private static let missing = AlarmKey(.fileMissing, "stock")
    private static let away = AlarmKey(.endpointAway, "erp")

    private static func finding(
        _ key: AlarmKey, _ severity: AlarmSeverity = .amber, since seconds: Int64 = 0, by covers: [AlarmKey] = []
    ) -> AlarmFinding {
        AlarmFinding(key, severity, since: start.adding(.seconds(seconds)), "it is so", coveredBy: covers)
    }

    /// The looks one after another, with what each tells.
    private func told(_ looks: [(second: Int64, findings: [AlarmFinding])]) -> [String] {
        var known: [AlarmBook.Entry] = []
        return looks.flatMap { look -> [String] in
            let outcome = AlarmBook.look(known, findings: look.findings, now: Self.start.adding(.seconds(look.second)))
            known = outcome.entries
            return outcome.told.map { "\(look.second) \($0.telling.rawValue) \($0.entry.key.code.rawValue)" }
        }
    }

    @Test func `I4 a cause that is found a hundred times is told once, and its end once`() {
        let looks = (0..<100).map { (second: Int64($0) * 60, findings: [Self.finding(Self.missing)]) } + [(6000, []), (6060, [])]

        #expect(told(looks) == ["0 opened FILE-OVERDUE", "6000 recovered FILE-OVERDUE"])
    }

    @Test func `a cause that gets worse is told once more, and does not go to and fro`() {
        let looks = [AlarmSeverity.amber, .red, .amber, .red, .red].enumerated().map { index, severity in
            (second: Int64(index) * 60, findings: [Self.finding(Self.missing, severity)])
        }

        #expect(told(looks) == ["0 opened FILE-OVERDUE", "60 worsened FILE-OVERDUE"])
    }

    @Test func `a cause is not told before it has lasted, and is told at once where it began while nobody looked`() {
        #expect(told([(0, [Self.finding(Self.away)]), (300, [Self.finding(Self.away)]), (360, [])]) == [])
        #expect(told([(599, [Self.finding(Self.away)]), (600, [Self.finding(Self.away)])]) == ["600 opened ENDPOINT-AWAY"])
        #expect(told([(30_000, [Self.finding(Self.away)])]) == ["30000 opened ENDPOINT-AWAY"])
    }

    @Test func `what another cause explains is not told, and gets a respite when that is over`() {
        let covered = Self.finding(Self.missing, by: [Self.away])
        let looks: [(second: Int64, findings: [AlarmFinding])] = [
            (1000, [Self.finding(Self.away), covered]), (1060, [Self.finding(Self.away), covered]), (1120, [covered]), (1300, [covered]),
            (1360, [covered]),
        ]

        #expect(told(looks) == ["1000 opened ENDPOINT-AWAY", "1120 recovered ENDPOINT-AWAY", "1360 opened FILE-OVERDUE"])
    }

    @Test(arguments: 1...50 as ClosedRange<UInt64>)
    func `I4 over any history openings and recoveries of a cause alternate`(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let keys = [Self.missing, Self.away, AlarmKey(.dataOld, "stock/LDS"), AlarmKey(.diskLow, AlarmKey.service)]
        var known: [AlarmBook.Entry] = []
        var open: Set<AlarmKey> = []
        for look in 0..<300 {
            let now = Self.start.adding(.seconds(Int64(look) * 60))
            let findings = keys.filter { _ in Int.random(in: 0..<3, using: &random) > 0 }.map { key in
                AlarmFinding(
                    key, Bool.random(using: &random) ? .red : .amber, since: now, "x", coveredBy: Bool.random(using: &random) ? [Self.away] : [])
            }
            let outcome = AlarmBook.look(known, findings: findings, now: now)
            known = outcome.entries
            for told in outcome.told {
                switch told.telling {
                case .opened: #expect(open.insert(told.entry.key).inserted)
                case .worsened: #expect(open.contains(told.entry.key))
                case .recovered: #expect(open.remove(told.entry.key) != nil)
                }
            }
            #expect(open == Set(known.filter { $0.opened != nil }.map(\.key)))
        }
    }

    // MARK: The catalogue

    @Test(arguments: AlarmCode.allCases)
    func `C350 each alarm of the catalogue says what it means, what to do and from when on it is grave`(_ code: AlarmCode) {
        let definition = code.definition

        #expect(definition.meaning.hasSuffix("."))
        #expect(definition.fix.hasSuffix("."))
        #expect(definition.levels.contains("amber") || definition.levels.contains("red"))
        #expect(!definition.dependsOn.contains(code))
    }

    @Test func `no two alarms explain each other away`() {
        func reaches(_ from: AlarmCode, _ target: AlarmCode, _ seen: Set<AlarmCode>) -> Bool {
            from.definition.dependsOn.contains { $0 == target || (!seen.contains($0) && reaches($0, target, seen.union([$0]))) }
        }
        for code in AlarmCode.allCases { #expect(!reaches(code, code, []), "\(code.rawValue) depends on itself") }
    }
}
