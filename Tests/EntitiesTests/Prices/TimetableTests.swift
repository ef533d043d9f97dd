import Domain
import TestKit
import Testing

@testable import Entities

/// What holds when, against a reference that looks at every hour.
struct TimetableTests {
    /// Some hours around both nights on which the clocks change.
    static let nights = [UTCInstant(seconds: 1_774_717_200), UTCInstant(seconds: 1_792_861_200)]
    private static let hour: Int64 = 3_600_000

    private func windows(_ random: inout SeededRandom, from start: UTCInstant) -> [Window] {
        (0..<Int.random(in: 0...5, using: &random)).map { _ in
            func moment() -> UTCInstant? {
                Int.random(in: 0..<5, using: &random) == 0
                    ? nil : UTCInstant(milliseconds: start.milliseconds + Int64.random(in: 0..<48, using: &random) * Self.hour)
            }
            return Window(from: moment(), to: moment())
        }
    }

    @Test(arguments: 0..<40 as Range<UInt64>, nights)
    func `C6 at every instant the window is that of a reference, and between boundaries nothing changes`(
        _ seed: UInt64, _ night: UTCInstant
    ) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<6 {
            let windows = windows(&random, from: night)
            let times = Timetable(windows)
            let holding = { (instant: UTCInstant) in windows.indices.filter { windows[$0].contains(instant) } }
            let first = UTCInstant(milliseconds: night.milliseconds - 2 * Self.hour)
            let boundaries = times.boundaries(after: first)
            var last = holding(first)
            for half in 0..<110 {
                let instant = UTCInstant(milliseconds: first.milliseconds + Int64(half) * Self.hour / 2)
                let now = holding(instant)
                #expect(times.window(at: instant).map(now.contains) ?? now.isEmpty, "seed \(seed)")
                if now.count > 1 { #expect(times.overlap != nil, "seed \(seed)") }
                if half > 0, Set(now) != Set(last) { #expect(boundaries.contains(instant), "seed \(seed)") }
                last = now
            }
            if let (left, right) = times.overlap { #expect(windows[left].overlaps(windows[right])) }
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `two windows overlap exactly where some instant is in both`(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            let pair = windows(&random, from: Self.nights[0]).prefix(2)
            guard pair.count == 2 else { continue }
            let some = (-4..<110).contains { half in
                let instant = UTCInstant(milliseconds: Self.nights[0].milliseconds + Int64(half) * Self.hour / 2)
                return pair.allSatisfy { $0.contains(instant) }
            }

            #expect(pair[0].overlaps(pair[1]) == some && pair[1].overlaps(pair[0]) == some, "seed \(seed)")
        }
    }

    @Test func `what has no end ends where the next one starts, if that is wanted`() {
        let day = { (number: Int64) in UTCInstant(seconds: number * 86_400) }
        let open = [Window(from: day(3)), Window(from: nil), Window(from: day(1)), Window(from: day(2), to: day(9))]

        let closed = Timetable.closing(open)

        #expect(closed == [Window(from: day(3)), Window(to: day(1)), Window(from: day(1), to: day(2)), open[3]])
    }

    @Test func `times without a price are told`() {
        let day = { (number: Int64) in UTCInstant(seconds: number * 86_400) }

        #expect(Timetable([Window(from: day(5)), Window(to: day(2))]).gaps == [Window(from: day(2), to: day(5))])
        #expect(Timetable([Window(from: day(2)), Window(to: day(2))]).gaps.isEmpty)
    }
}

struct ShopZoneTests {
    private func zone(_ name: String = "Europe/London") throws -> ShopZone { try #require(ShopZone(name)) }

    @Test(arguments: [
        ("2026-03-28", "2026-03-28T00:00:00Z"), ("2026-03-29", "2026-03-29T00:00:00Z"), ("2026-03-30", "2026-03-29T23:00:00Z"),
        ("2026-10-25", "2026-10-24T23:00:00Z"), ("2026-10-26", "2026-10-26T00:00:00Z"), ("2026-07-01", "2026-06-30T23:00:00Z"),
    ])
    func `H1 a day begins when the shop's wall says so, on both nights of change too`(_ day: String, _ start: String) throws {
        let parts = day.split(separator: "-").compactMap { Int($0) }
        let date = try #require(CivilDate(year: parts[0], month: parts[1], day: parts[2]))
        let instant = try zone().start(of: date)

        #expect(instant.description == start)
        #expect(try zone().day(of: instant) == date && zone().isMidnight(instant))
        #expect(try zone().day(of: UTCInstant(milliseconds: instant.milliseconds - 1)) < date)
    }

    /// Lisbon lies an hour west of the line, Santiago and Beirut put their clocks forward at midnight itself.
    @Test(arguments: ["Europe/London", "America/Santiago", "Asia/Beirut", "Pacific/Auckland", "Asia/Kolkata", "UTC", "Atlantic/Azores"])
    func `H1 each day of three years begins once, at its first instant`(_ name: String) throws {
        let zone = try zone(name)
        for number in 20_000..<21_100 {
            let day = CivilDate(daysSinceEpoch: number)
            let start = zone.start(of: day)
            #expect(zone.day(of: start) == day, "\(name) \(day)")
            #expect(zone.day(of: UTCInstant(milliseconds: start.milliseconds - 1)) < day, "\(name) \(day)")
            #expect(zone.instant(of: zone.stamp(start)) == start || name == "Atlantic/Azores" || name == "Asia/Beirut" || name == "America/Santiago")
        }
    }

    @Test(arguments: [("2026-11-30 00:00:00", "2026-12-01T00:00:00Z"), ("2026-11-30 15:00:00", "2026-11-30T15:00:00Z")])
    func `an end that is a date means that whole day`(_ stamp: String, _ end: String) throws {
        let instant = try #require(try zone().instant(of: stamp))

        #expect(try zone().endOfDay(instant).description == end)
    }

    @Test(arguments: ["", "2026-11-30", "2026-02-30 00:00:00", "soon"])
    func `what is no stamp is no instant`(_ text: String) throws { #expect(try zone().instant(of: text) == nil) }
}
