import Domain
import StateStore

/// How late it surely is: the time by which what is past its term is forgotten.
///
/// A clock that was put on by years must not delete what is a day old. What another clock agrees with is believed: the shop says
/// its time with every answer. Otherwise time goes on by the clock that only goes forward; what the wall clock is ahead of that, such as
/// the days that the machine was off, is caught up with at twice the pace of time.
enum ProvenTime {
    private static let memory = "time.proven"
    /// Clocks that agree to this are two that go right, or wrong together.
    private static let agreement = Duration.seconds(3600)
    /// What a machine may have been off without anybody wondering.
    private static let absence = Duration.seconds(7 * 86_400)

    /// Notes the time at the beginning of a flow's work, so that what it is measured by is older than what is forgotten.
    static func note(_ ledger: Ledger, at look: Moment) throws {
        let last = try ledger.read { try known($0) }
        let isFresh = last.map { look.wall >= $0.proven && look.wall.since($0.proven) < .seconds(600) && look.uptime >= $0.uptime } ?? false
        if !isFresh { _ = try ledger.write(.retention) { try reach(at: look, $0) } }
    }

    /// The time to write at what is received or packed now: not before what is proven, so that a clock that is behind makes nothing old.
    static func stamp(_ now: UTCInstant, _ reader: LedgerReader) throws -> UTCInstant { max(now, try known(reader)?.proven ?? now) }

    /// Whether any time was noted: before that nothing is known to be old.
    static func isKnown(_ ledger: Ledger) throws -> Bool { try ledger.read { try known($0) } != nil }

    private static func known(_ reader: LedgerReader) throws -> (proven: UTCInstant, uptime: Duration)? {
        let parts = try reader.memory(flow: "", name: memory)?.split(separator: " ").compactMap { Int64($0) } ?? []
        return parts.count == 2 ? (UTCInstant(milliseconds: parts[0]), .milliseconds(parts[1])) : nil
    }

    /// The proven time at `look`, remembered for the next call. Never after the wall clock. `nil` where the wall clock is behind what was
    /// proven and nothing agrees with it: one of the two is wrong, and by neither may anything be called old.
    static func reach(at look: Moment, _ writer: LedgerWriter) throws -> UTCInstant? {
        let now = look.wall
        let isConfirmed = try isConfirmed(at: now, writer.reader)
        let proven = try isConfirmed ? now : advanced(to: look, writer.reader) ?? now
        // A clock that was put back for a while takes nothing from what was proven.
        guard proven <= now || isConfirmed else { return nil }
        try writer.remember(flow: "", name: memory, value: "\(proven.milliseconds) \(look.uptime.wholeMilliseconds)")
        try writer.markAge(at: proven)
        return proven
    }

    /// The shop's clock has agreed within the last day.
    private static func isConfirmed(at now: UTCInstant, _ reader: LedgerReader) throws -> Bool {
        guard let shop = try reader.reading(.shopClock, AlarmKey.shop) else { return false }
        let age = now.since(shop.at)
        return .milliseconds(abs(shop.value)) <= agreement && age >= .zero && age <= .seconds(86_400)
    }

    private static func advanced(to look: Moment, _ reader: LedgerReader) throws -> UTCInstant? {
        guard let (last, uptime) = try known(reader) else { return nil }
        if last > look.wall { return last }
        // A smaller one is that of a machine that was started since.
        let isSameStart = look.uptime >= uptime
        let passed = isSameStart ? look.uptime - uptime : look.uptime
        let reached = last.adding(passed)
        let ahead = look.wall.since(reached)
        if ahead <= .seconds(600) { return look.wall }
        if !isSameStart, ahead <= absence { return look.wall }
        return reached.adding(min(passed, ahead))
    }
}
