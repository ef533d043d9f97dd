import Domain
import Endpoints
import Testing

struct SettlePolicyTests {
    /// One look: seconds of uptime, size, modification time in seconds, and the verdict that must follow.
    typealias Step = (at: Int64, size: Int64, modified: Int64, verdict: SettleVerdict)

    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var steps: [Step]

        init(_ name: String, _ steps: [Step]) {
            testDescription = name
            self.steps = steps
        }
    }

    private static let future: Int64 = 4_000_000_000

    static let unchangedFor30s = [
        Case("two looks 30 s apart", [(0, 9, 1, .waiting(.steadiness)), (30, 9, 1, .settled(.steady))]),
        Case("two looks closer than 30 s", [(0, 9, 1, .waiting(.steadiness)), (29, 9, 1, .waiting(.steadiness)), (30, 9, 1, .settled(.steady))]),
        Case("one look is never enough", [(100_000, 9, 1, .waiting(.steadiness))]),
        Case(
            "F29 a growing file waits, and again after each growth",
            [
                (0, 9, 1, .waiting(.steadiness)), (30, 10, 2, .waiting(.steadiness)), (60, 11, 3, .waiting(.steadiness)),
                (90, 11, 3, .settled(.steady)),
            ]),
        Case("F30 a shrinking file waits", [(0, 9, 1, .waiting(.steadiness)), (30, 5, 1, .waiting(.steadiness)), (60, 5, 1, .settled(.steady))]),
        Case(
            "a rewrite of the same size shows by its time",
            [
                (0, 9, 1, .waiting(.steadiness)), (30, 9, 2, .waiting(.steadiness)), (60, 9, 2, .settled(.steady)),
            ]),
        Case("F26 a time in the future does not block", [(0, 9, future, .waiting(.steadiness)), (30, 9, future, .settled(.steady))]),
        Case(
            "F26 a time in 1970 does not let it through at once",
            [(0, 9, 0, .waiting(.steadiness)), (10, 9, 0, .waiting(.steadiness)), (40, 9, 0, .settled(.steady))]),
        Case(
            "F26 a time that changes at every look is passed over after five looks and five times the wait",
            [
                (0, 9, 1, .waiting(.steadiness)), (40, 9, 2, .waiting(.steadiness)), (80, 9, 3, .waiting(.steadiness)),
                (120, 9, 4, .waiting(.steadiness)), (149, 9, 5, .waiting(.steadiness)), (150, 9, 6, .settled(.clockUnsteady)),
            ]),
        Case(
            "after a restart of the machine the wait counts from there",
            [
                (9000, 9, 1, .waiting(.steadiness)), (10, 9, 1, .waiting(.steadiness)), (30, 9, 1, .settled(.steady)),
            ]),
        Case("an empty file settles like any other", [(0, 0, 1, .waiting(.steadiness)), (30, 0, 1, .settled(.steady))]),
    ]

    @Test(arguments: unchangedFor30s)
    func `a file settles once it stayed the same over two looks far enough apart`(_ table: Case) {
        var observation: Observation?
        for step in table.steps {
            let file = RemoteFile(name: [65], size: step.size, modified: UTCInstant(seconds: step.modified), kind: .regular)
            // The wall clock jumps about; it must not matter.
            let look = ScanTime(wall: UTCInstant(seconds: step.at % 2 == 0 ? 5_000_000_000 : 0), uptime: .seconds(step.at))

            let judged = SettlePolicy.unchanged(for: .seconds(30)).judge(file, earlier: observation, announcement: .absent, at: look)

            #expect(judged.verdict == step.verdict, "\(table.testDescription), at \(step.at)")
            observation = judged.observation
        }
    }

    @Test(arguments: Announcement.allCases)
    func `a file with a done file is settled when that is there, however fresh`(_ announcement: Announcement) throws {
        let file = RemoteFile(name: [65], size: 9, modified: UTCInstant(seconds: 1), kind: .regular)
        let policy = SettlePolicy.announced(by: try #require(DoneFileName("${name}.done")))
        let look = ScanTime(wall: UTCInstant(seconds: 1), uptime: .seconds(1))

        let verdict = policy.judge(file, earlier: nil, announcement: announcement, at: look).verdict

        #expect(verdict == (announcement == .present ? .settled(.steady) : .waiting(.doneFile)))
    }

    @Test func `a file that its sender renames into place is settled at the first look`() {
        let file = RemoteFile(name: [65], size: 9, modified: UTCInstant(seconds: 1), kind: .regular)
        let look = ScanTime(wall: UTCInstant(seconds: 1), uptime: .seconds(1))

        #expect(SettlePolicy.atOnce.judge(file, earlier: nil, announcement: .absent, at: look).verdict == .settled(.steady))
    }
}
