import Domain

/// Reads a price file's records as statements about a SKU and decides what the shop should hold, now and at each later day
/// that the file names.
struct PriceInterpreter: RowInterpreter {
    let rules: PriceRules
    private let reader: PriceReader
    private let instant: UTCInstant

    init(rules: PriceRules, asOf instant: UTCInstant) {
        self.rules = rules
        self.instant = instant
        reader = PriceReader(kind: rules.kind, terms: rules.terms, groups: rules.groups)
    }

    mutating func interpret(_ batch: RecordBatch, into rows: inout KeyedRows) {
        for (index, entry) in batch.entries.enumerated() {
            for row in 0..<entry.rowCount {
                guard let sku = reader.sku(batch, entry, row: row) else {
                    if entry.rejection < 0 {
                        rows.reject(entry: index, PriceRejections.skuMissing, key: nil, origin: entry.origin)
                    }
                    break
                }
                if entry.rejection >= 0 {
                    rows.markIncomplete(key: sku, origin: entry.origin)
                    continue
                }
                do throws(RejectReason) {
                    let statement = try reader.statement(batch, entry, row: row)
                    rows.append(key: sku, origin: entry.origin) { statement?.encode(into: &$0) }
                } catch {
                    rows.reject(entry: index, error, key: sku, origin: entry.origin)
                    break
                }
            }
        }
    }

    mutating func decide(_ group: KeyGroup, mirror: ArraySlice<UInt8>?, mode: FileMode) -> KeyVerdict {
        if let spoiled = group.rows.first(where: \.isIncomplete) {
            return KeyVerdict(.rejected(PriceRejections.incomplete(line: spoiled.origin.line)))
        }
        let known = mirror.flatMap { try? PriceValue(encoded: $0) }
        if let known, isHeld(group, known) { return unchanged(known) }
        do throws(RejectReason) {
            var lines = try lines(of: group)
            // Blanks that mean "keep" are no statement about anything.
            guard !lines.isEmpty else { return unchanged(known) }
            let superseded = try settleDuplicates(&lines, rules.duplicates)
            let plan = try PricePlan(lines, rules: rules, mode: mode)
            var verdict = verdict(plan, known: known, sku: RecordKey(group.key))
            verdict.superseded = superseded
            return verdict
        } catch {
            return KeyVerdict(.rejected(error))
        }
    }

    mutating func decideMissing(_ key: RecordKey, mirror: ArraySlice<UInt8>) -> KeyVerdict? {
        guard rules.missing != .unchanged, let known = try? PriceValue(encoded: mirror), !known.isEmpty else { return nil }
        return KeyVerdict(
            .change(PriceValue(spelling: known.spelling).encoded), wasAvailable: true,
            isAvailable: rules.kind.isAvailable(PriceValue()),
            evidence: "not in the full file → no \(rules.kind.noun)")
    }

    /// The common case, without more ado: one line without dates that says what the shop holds, and all that it holds.
    private func isHeld(_ group: KeyGroup, _ known: PriceValue) -> Bool {
        guard group.rows.count == 1, known.entries.count == 1, let keyed = group.rows.first, let entry = known.entries.first,
            let statement = try? PriceStatement(group.payload(keyed)), statement.window == .always, entry.window == .always
        else { return false }
        return statement.slot == entry.slot && (try? amount(statement.figure)) == .some(entry.amount)
    }

    private func unchanged(_ known: PriceValue?) -> KeyVerdict {
        let isAvailable = rules.kind.isAvailable(known)
        return KeyVerdict(.unchanged, wasAvailable: isAvailable, isAvailable: isAvailable)
    }

    private func lines(of group: KeyGroup) throws(RejectReason) -> [PricePlan.Line] {
        var lines: [PricePlan.Line] = []
        for (index, keyed) in zip(0..., group.rows) {
            let payload = group.payload(keyed)
            guard !payload.isEmpty else { continue }
            guard let statement = try? PriceStatement(payload) else { throw PriceRejections.unreadable }
            lines.append(
                PricePlan.Line(
                    row: index, number: keyed.origin.line, statement: statement, window: statement.window,
                    amount: try amount(statement.figure)))
        }
        return lines
    }

    private func amount(_ figure: PriceStatement.Figure) throws(RejectReason) -> PriceEntry.Amount? {
        switch figure {
        case .none: nil
        // The shop's column has two decimals.
        case .discount(let percent): .discount(percent.rounded(.halfUp, digits: 2))
        case .price(let operands): .fixed(try UnitPrice(operands, terms: rules.terms).price)
        }
    }

    /// Lines of one slot with the very same window, by the profile's policy. Answers the rows that lost.
    private func settleDuplicates(
        _ lines: inout [PricePlan.Line], _ policy: DuplicatePolicy
    ) throws(RejectReason) -> [Int] {
        var superseded: [Int] = []
        var kept: [PricePlan.Line] = []
        for line in lines {
            let twin = kept.firstIndex { $0.statement.slot == line.statement.slot && $0.window == line.window }
            guard let twin else {
                kept.append(line)
                continue
            }
            switch policy {
            case .reject: throw PriceRejections.overlap(kept[twin], line, rules.terms.zone)
            case .first: superseded.append(line.row)
            case .last:
                superseded.append(kept[twin].row)
                kept[twin] = line
            }
        }
        lines = kept
        return superseded
    }

    private func verdict(_ plan: PricePlan, known: PriceValue?, sku: RecordKey) -> KeyVerdict {
        let now = plan.value(at: instant, over: known)
        var verdict = KeyVerdict(
            .unchanged, wasAvailable: rules.kind.isAvailable(known), isAvailable: rules.kind.isAvailable(now))
        if now.entries != known?.entries ?? [] {
            verdict.decision = .change(now.encoded)
            verdict.evidence = plan.evidence(at: instant, from: known, to: now)
        }
        var marks = PriceMarks(sku: sku, limits: rules.limits)
        marks.judge(plan, from: known, to: now)
        var latest = now
        for due in plan.boundaries(after: instant) {
            let value = plan.value(at: due, over: latest)
            guard value.entries != latest.entries else { continue }
            verdict.scheduled.append(
                ScheduledValue(
                    due: due, value: value.encoded, rows: plan.rows(startingAt: due),
                    evidence: plan.evidence(at: due, from: latest, to: value)))
            marks.judge(plan, from: latest, to: value)
            latest = value
        }
        for gap in plan.gaps(after: instant) { marks.add("gap", "no \(rules.kind.noun) \(gap)") }
        verdict.marks = marks.found
        return verdict
    }
}
