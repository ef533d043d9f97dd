/// When a flow's file is expected, counted in the hours in which anybody could send it.
package struct FileExpectation: Hashable, Sendable {
    package enum Deadline: Hashable, Sendable {
        /// So much open time after the last file.
        case within(Duration)
        /// At this minute of the wall on every open day.
        case by(minute: Int)
    }

    package var deadline: Deadline
    package var hours: OpeningHours

    package init(_ deadline: Deadline, during hours: OpeningHours = .always) {
        self.deadline = deadline
        self.hours = hours
    }

    /// Since when a file is overdue at `now`, with `last` the arrival of the newest; `nil` where none is.
    ///
    /// A file counts for the deadline that it is nearer to before: one that comes at 06:05 for a deadline of 06:00 was late for
    /// today, and is not tomorrow's.
    package func overdue(since last: UTCInstant, at now: UTCInstant) -> UTCInstant? {
        switch deadline {
        case .within(let length):
            guard let due = hours.moment(after: length, from: last), due < now else { return nil }
            return due
        case .by(let minute):
            guard let due = latest(minute, notAfter: now), due < now else { return nil }
            let before = latest(minute, notAfter: due.adding(.milliseconds(-1))) ?? due.adding(.seconds(-86_400))
            let opening = UTCInstant(milliseconds: before.milliseconds + (due.milliseconds - before.milliseconds) / 2)
            return last < opening ? due : nil
        }
    }

    /// The last deadline that has passed by `instant`.
    private func latest(_ minute: Int, notAfter instant: UTCInstant) -> UTCInstant? {
        let today = hours.zone.day(of: instant)
        for back in 0...400 {
            let day = today.adding(days: -back)
            guard hours.isOpen(on: day), let moment = hours.zone.moment(of: day, minute: minute), moment <= instant else { continue }
            return moment
        }
        return nil
    }

    package var text: String {
        let length =
            switch deadline {
            case .within(let length): "within \(length.setting)"
            case .by(let minute): "by \(ClockTime.text(minute))"
            }
        return hours.name == OpeningHours.always.name ? length : "\(length) of \(hours.name)"
    }
}

/// Times of the wall as the settings write them.
package enum ClockTime {
    /// `06:30` as minutes since midnight; `24:00` is the end of the day. `nil` for anything else.
    package static func minute(_ text: some StringProtocol) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.map(\.utf8.count) == [2, 2], let hour = Int(parts[0]), let minute = Int(parts[1]),
            (0...59).contains(minute), (0...23).contains(hour) || (hour == 24 && minute == 0)
        else { return nil }
        return hour * 60 + minute
    }

    package static func text(_ minute: Int) -> String {
        [minute / 60, minute % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }

    /// `08:00-18:00`; where the end is not behind the start it is on the next day. `nil` for anything else.
    package static func span(_ text: String) -> Range<Int>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let start = minute(ends[0]), start < 1440, let end = minute(ends[1]) else { return nil }
        return start..<(end > start ? end : end + 1440)
    }
}
