import Domain

/// What a file says of one product's prices over time. A pure function of its lines.
struct PricePlan {
    struct Line {
        /// The row's number in its group, and its line in the file.
        var row: Int
        var number: Int
        var statement: PriceStatement
        var window: Window
        /// `nil`: there is none.
        var amount: PriceEntry.Amount?
    }

    private struct Track {
        var lines: [Line]
        var times: Timetable
    }

    private let rules: PriceRules
    private let mode: FileMode
    private let tracks: [PriceEntry.Slot: Track]

    /// Throws where two lines of one slot hold at the same time.
    init(_ lines: [Line], rules: PriceRules, mode: FileMode) throws(RejectReason) {
        self.rules = rules
        self.mode = mode
        var tracks: [PriceEntry.Slot: Track] = [:]
        for (slot, var lines) in Dictionary(grouping: lines, by: \.statement.slot) {
            if rules.terms.openEnd == .untilNext {
                for (index, window) in Timetable.closing(lines.map(\.window)).enumerated() { lines[index].window = window }
            }
            let times = Timetable(lines.map(\.window))
            if let (left, right) = times.overlap {
                throw PriceRejections.overlap(lines[left], lines[right], rules.terms.zone)
            }
            tracks[slot] = Track(lines: lines, times: times)
        }
        self.tracks = tracks
    }

    // MARK: What holds when

    /// What the shop should hold at `instant`, if it holds `known` before.
    func value(at instant: UTCInstant, over known: PriceValue?) -> PriceValue {
        var entries: [PriceEntry] = []
        var silent: Set<PriceEntry.Slot> = []
        for (slot, track) in tracks {
            guard let line = line(of: track, at: instant) else {
                silent.insert(slot)
                continue
            }
            guard let amount = line.amount else { continue }
            entries.append(PriceEntry(slot, amount, window: rules.kind == .special ? line.window : .always))
        }
        let kept = (known?.entries ?? []).filter { entry in keeps(entry.slot, silent) }
        return PriceValue(kept + entries, spelling: known?.spelling)
    }

    /// Whether the shop keeps what it has in `slot`, where the file has no price for it at the time.
    private func keeps(_ slot: PriceEntry.Slot, _ silent: Set<PriceEntry.Slot>) -> Bool {
        switch rules.kind {
        // A product is never without a price or a cost: what is not said stays.
        case .base, .cost: tracks[slot] == nil || silent.contains(slot)
        // The file's lines of a product are all that there are of its mapped groups and places.
        case .tier, .special: mode == .delta && tracks[slot] == nil
        }
    }

    private func line(of track: Track, at instant: UTCInstant) -> Line? {
        guard rules.kind == .special else { return track.times.window(at: instant).map { track.lines[$0] } }
        // The shop starts a special price by itself, so the next one is sent ahead, once nothing else holds.
        guard let index = track.times.upcoming(at: instant) else { return nil }
        let line = track.lines[index]
        return line.window.contains(instant) || isDatedByShop(line.window) ? line : nil
    }

    /// Magento's dates are days: a window that starts within one is sent when it starts.
    private func isDatedByShop(_ window: Window) -> Bool { window.from.map(rules.terms.zone.isMidnight) ?? true }

    /// When the value may change, ascending.
    func boundaries(after instant: UTCInstant) -> [UTCInstant] {
        Set(tracks.values.flatMap { $0.times.boundaries(after: instant) }).sorted()
    }

    /// Rows whose price comes into the shop at `due`.
    func rows(startingAt due: UTCInstant) -> [Int] {
        tracks.values.flatMap { track in
            let before = line(of: track, at: UTCInstant(milliseconds: due.milliseconds - 1))
            guard let line = line(of: track, at: due), line.row != before?.row else { return [Int]() }
            return [line.row]
        }.sorted()
    }

    /// Times to come without a price, in words.
    func gaps(after instant: UTCInstant) -> [String] {
        tracks.values.flatMap(\.times.gaps).filter { gap in gap.to.map { $0 > instant } ?? true }
            .map { $0.description(in: rules.terms.zone) }.sorted()
    }

    // MARK: Why

    /// Each entry that differs, with the figures it comes from.
    func evidence(at instant: UTCInstant, from before: PriceValue?, to after: PriceValue) -> String {
        var parts = after.entries(differingFrom: before).map { entry in
            let place = entry.slot.description
            return (place.isEmpty ? "" : place + ": ") + evidence(of: entry, at: instant)
        }
        for entry in before?.entries ?? [] where after[entry.slot] == nil {
            let place = entry.slot.description
            parts.append("\(place.isEmpty ? rules.kind.noun : place): \(entry.amount.number.money) ends")
        }
        return parts.joined(separator: "; ")
    }

    private func evidence(of entry: PriceEntry, at instant: UTCInstant) -> String {
        guard let track = tracks[entry.slot], let line = line(of: track, at: instant) else { return entry.amount.number.money }
        let dates = line.window == .always ? "" : ", \(line.window.description(in: rules.terms.zone))"
        switch line.statement.figure {
        case .none: return "none\(dates)"
        case .discount(let percent):
            let rounded = entry.amount.number
            return (percent == rounded ? "\(percent) % off" : "\(percent) % → \(rounded) % off") + dates
        case .price(let operands):
            let figures = (try? UnitPrice(operands, terms: rules.terms).evidence) ?? entry.amount.number.money
            return figures + dates
        }
    }

    /// Whether the line behind `entry` tells a cost that the price does not reach, with the least margin on it.
    func isBelowCost(_ entry: PriceEntry) -> Bool {
        guard let track = tracks[entry.slot] else { return false }
        return track.lines.contains { line in
            guard line.amount == entry.amount, let cost = line.statement.unitCost,
                case .price(let operands) = line.statement.figure,
                let price = try? UnitPrice(operands, terms: rules.terms)
            else { return false }
            return price.isBelow(cost: cost, margin: rules.terms.leastMargin ?? .zero, of: operands)
        }
    }
}
