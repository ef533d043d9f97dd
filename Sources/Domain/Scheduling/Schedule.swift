/// When a flow is due: one cadence, or several that hold at different times.
package struct Schedule: Hashable, Sendable {
    /// When a cadence counts.
    package enum Span: Hashable, Sendable {
        case always
        case during(OpeningHours)
        case outside(OpeningHours)
    }

    package struct Tier: Hashable, Sendable {
        package var cadence: Cadence
        package var span: Span

        package init(_ cadence: Cadence, _ span: Span = .always) {
            self.cadence = cadence
            self.span = span
        }
    }

    package var tiers: [Tier]
    package var zone: ZoneTable

    package init(_ tiers: [Tier], zone: ZoneTable) {
        self.tiers = tiers
        self.zone = zone
    }

    /// The first slot after `instant`; `nil` where none comes within years.
    package func next(after instant: UTCInstant) -> UTCInstant? {
        tiers.compactMap { $0.next(after: instant, in: zone) }.min()
    }

    /// The slots after `start` up to and with `end`, ascending, each once.
    package func slots(after start: UTCInstant, through end: UTCInstant) -> [UTCInstant] {
        guard start < end else { return [] }
        return Set(tiers.flatMap { $0.slots(after: start, through: end, in: zone) }).sorted()
    }

    /// How it is written, for records and fingerprints.
    package var text: String {
        tiers.map { tier in
            switch tier.span {
            case .always: tier.cadence.text
            case .during(let hours): "\(tier.cadence.text) during \(hours.name)"
            case .outside(let hours): "\(tier.cadence.text) outside \(hours.name)"
            }
        }.joined(separator: ", ")
    }
}

extension Schedule.Tier {
    fileprivate func slots(after start: UTCInstant, through end: UTCInstant, in zone: ZoneTable) -> [UTCInstant] {
        let slots = cadence.slots(after: start, through: end, in: zone)
        switch span {
        case .always: return slots
        case .during(let hours): return slots.filter { hours.isOpen(at: $0) }
        case .outside(let hours): return slots.filter { !hours.isOpen(at: $0) }
        }
    }

    fileprivate func next(after instant: UTCInstant, in zone: ZoneTable) -> UTCInstant? {
        var place = instant
        // Each turn passes a whole closed time, so a year of days is plenty.
        for _ in 0..<5000 {
            guard let next = cadence.next(after: place, in: zone) else { return nil }
            let hours: OpeningHours
            switch span {
            case .always: return next
            case .during(let span):
                if span.isOpen(at: next) { return next }
                hours = span
            case .outside(let span):
                if !span.isOpen(at: next) { return next }
                hours = span
            }
            guard let change = hours.nextChange(after: next) else { return nil }
            place = change.adding(.milliseconds(-1))
        }
        return nil
    }
}

/// What becomes of slots that passed while nobody could run them.
package enum MisfirePolicy: String, Sendable, CaseIterable {
    /// The last of them is made up for at once; the others are recorded as missed.
    case once
    /// All are recorded as missed; the next slot is the next run.
    case skip
}
