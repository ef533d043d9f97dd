package import Domain
package import StateStore

/// What people say of alarms, and flows that they hold back. Each always ends by itself.
extension OperatorDesk {
    /// So long at most where an operator asks for it.
    package static let operatorsLongest = Duration.seconds(24 * 3600)
    /// So long at most, whoever asks.
    static let longest = Duration.seconds(7 * 86_400)

    package enum Care: Sendable {
        case acknowledge
        case snooze(until: UTCInstant, because: String)
        /// Neither any more.
        case forget
    }

    /// Throws `CONSOLE-STALE` where the alarm is over, or another one than was seen.
    package func care(_ care: Care, for entry: AlarmBook.Entry, by who: String, _ writer: LedgerWriter) throws {
        let now = runner.timeline.now()
        let known = try writer.reader.alarmCare()[entry.key].flatMap { $0.since == entry.since || ($0.snoozedUntil ?? now) > now ? $0 : nil }
        var next = known ?? AlarmCare(entry)
        (next.since, next.severity) = (entry.since, entry.severity)
        let subject = "\(entry.key.code.rawValue) \(entry.key.subject)"
        switch care {
        case .acknowledge:
            next.acknowledged = AlarmCare.Word(who: who, at: now)
            try writer.set(next)
            try writer.audit("acknowledge", of: subject, by: who, at: now, digest: digest)
        case .snooze(let until, let because):
            guard entry.key.code.canBeSnoozed else {
                throw Diagnostic("ALARM-LOUD", "\(entry.key.code.rawValue) cannot be snoozed", fix: "acknowledge it, and do what it says")
            }
            guard until > now, until <= now.adding(Self.longest) else {
                throw Diagnostic("CONSOLE-FORM", "a snooze ends within seven days", fix: "choose a shorter time")
            }
            next.snoozed = AlarmCare.Word(who: who, at: now)
            (next.snoozedUntil, next.because) = (until, because)
            try writer.set(next)
            try writer.audit("snooze", of: subject, by: who, detail: "until \(until): \(because)", at: now, digest: digest)
        case .forget:
            try writer.forgetCare(of: entry.key)
            try writer.audit("wake", of: subject, by: who, at: now, digest: digest)
        }
    }

    /// Holds a flow back: neither `serve` nor `run` starts it, and what cannot come meanwhile is not missed. What people order themselves is
    /// carried out.
    package func pause(_ flow: String, until: UTCInstant, by who: String, because reason: String, _ writer: LedgerWriter) throws {
        let now = runner.timeline.now()
        guard until > now, until <= now.adding(Self.longest) else {
            throw Diagnostic("CONSOLE-FORM", "a pause ends within seven days", fix: "choose a shorter time")
        }
        try writer.set(FlowPause(flow: flow, who: who, since: now, until: until, because: reason))
        try writer.audit("pause", of: flow, by: who, detail: "until \(until): \(reason)", at: now, digest: digest)
    }

    /// Ends a pause before its time. Answers whether there was one.
    package func resume(_ flow: String, by who: String, _ writer: LedgerWriter) throws -> Bool {
        let now = runner.timeline.now()
        guard try writer.reader.pause(of: flow, at: now) != nil else { return false }
        try writer.endPause(of: flow, at: now)
        try writer.audit("resume", of: flow, by: who, at: now, digest: digest)
        return true
    }
}
