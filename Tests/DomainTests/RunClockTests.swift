import Domain
import TestKit
import Testing

/// Each moment of a run counts once, whatever is under way at the same time.
struct RunClockTests {
    private static func seconds(_ spent: [RunPhase: Duration]) -> [RunPhase: Int64] { spent.mapValues { $0.wholeSeconds } }

    @Test func `a moment counts for writing while anything is written, for asking while only questions are under way, else for the work`() {
        let time = ManualTimeline()
        let clock = RunClock(run: 7, time.timeline)

        time.advance(by: .seconds(1))
        clock.enter(.reading)
        time.advance(by: .seconds(2))
        clock.enter(.planning)
        clock.count(1, writes: false)
        time.advance(by: .seconds(3))
        clock.count(1, writes: true)
        time.advance(by: .seconds(4))
        // A second call that writes, which ends before the first.
        clock.count(1, writes: true)
        clock.count(-1, writes: true)
        time.advance(by: .seconds(5))
        clock.count(-1, writes: true)
        time.advance(by: .seconds(6))
        clock.count(-1, writes: false)
        time.advance(by: .seconds(7))

        let spent: [RunPhase: Int64] = [.planning: 8, .reading: 2, .asking: 9, .writing: 9]
        #expect(Self.seconds(clock.take()) == spent)
        #expect(clock.take().isEmpty, "what was taken is not counted again")
    }

    @Test func `a clock that stands, or another machine's that is behind, makes no time negative`() {
        let time = ManualTimeline()
        let clock = RunClock(run: 7, time.timeline)

        time.reboot(as: "boot-2", uptime: .seconds(3))
        clock.enter(.reading)
        time.advance(by: .seconds(2))

        #expect(clock.take().values.allSatisfy { $0 >= .zero })
    }
}
