import Domain
import StateStore

extension AlarmJudge {
    mutating func judge(_ input: AlarmInputs.FlowInput) {
        let flow = input.flow
        let signs = input.signs
        if let failed = signs.failed {
            let times = signs.failures > 1 ? " (\(signs.failures) in a row)" : ""
            find(.runFailed, flow.name, .red, since: failed.since, "run \(failed.run) failed\(times): \(failed.verdict)", of: flow)
        }
        if let held = signs.held.first {
            let more = signs.held.count > 1 ? " and \(signs.held.count - 1) more" : ""
            let severity: AlarmSeverity = now.since(held.since) > plan.limits.held ? .red : .amber
            find(.planHeld, flow.name, severity, since: held.since, "run \(held.run)\(more) waits for a decision", of: flow)
        }
        if let waiting = signs.waiting.first {
            let severity: AlarmSeverity = now.since(waiting.since) > .seconds(4 * 3600) ? .red : .amber
            find(.runWaiting, flow.name, severity, since: waiting.since, "run \(waiting.run): \(waiting.verdict)", of: flow)
        }
        judgeStuckFile(signs, flow)
        if let gap = signs.fileGaps.first {
            let severity: AlarmSeverity = now.since(gap.since) > .seconds(86_400) ? .red : .amber
            let open = Set(signs.fileGaps.map(\.note)).count > 1 ? " (open: \(signs.fileGaps.map(\.numbers).numbersInWords))" : ""
            find(.fileGap, flow.name, severity, since: gap.since, "\(Escaped(gap.note, limit: 300)), by run \(gap.run)\(open)", of: flow)
        }
        if let guest = input.guest, !guest.text.isEmpty {
            find(.guestSees, flow.name, .red, since: guest.since, guest.text, of: flow)
        }
        if let drift = input.drift, !drift.text.isEmpty {
            find(.shopDrifted, flow.name, .amber, since: drift.since, drift.text, of: flow)
        }
        if let sale = input.sale, !sale.text.isEmpty {
            find(.notOnSale, flow.name, sale.value > 0 ? .red : .amber, since: sale.since, sale.text, of: flow)
        }
        if let gaps = input.orderGaps, !gaps.text.isEmpty {
            let severity: AlarmSeverity = now.since(gaps.since) > .seconds(86_400) ? .red : .amber
            find(.ordersDiffer, flow.name, severity, since: gaps.since, gaps.text, of: flow)
        }
        judgeRates(input)
        // What cannot come is not missed.
        if plan.maintenance.end(for: flow.name, at: now) == nil { judgeDeadlines(input) }
    }

    private mutating func judgeStuckFile(_ signs: FlowSigns, _ flow: WatchPlan.WatchedFlow) {
        let overdue = signs.stuck.map { (file: $0, due: $0.due ?? $0.since.adding(plan.limits.stuck)) }.filter { $0.due < now }
        guard let (stuck, due) = overdue.min(by: { $0.due < $1.due }) else { return }
        let severity: AlarmSeverity = now.since(stuck.since) > due.since(stuck.since) * 4 ? .red : .amber
        let text = "\(Escaped(stuck.name)) has been unfinished since \(stuck.since)" + (stuck.reason.map { ": \(Escaped($0, limit: 300))" } ?? "")
        find(.fileStuck, flow.name, severity, since: due, text, of: flow)
    }

    private mutating func judgeRates(_ input: AlarmInputs.FlowInput) {
        let signs = input.signs
        if signs.read >= 100, let limit = plan.limits.errorRate.multiplied(by: ExactDecimal(Int64(signs.read))),
            let found = ExactDecimal(Int64(signs.rejected)).multiplied(by: ExactDecimal(100)), limit < found
        {
            let isGrave = limit.multiplied(by: ExactDecimal(5)).map { $0 < found } ?? false
            let text = "\(signs.rejected) of \(signs.read) records of the last day were rejected"
            find(.errorRate, input.flow.name, isGrave ? .red : .amber, since: now, text, of: input.flow)
        }
        if let often = signs.recurring.first, often.days >= plan.limits.recurring {
            let more = signs.recurring.count { $0.days >= plan.limits.recurring } - 1
            let column = often.field.map { " in \(Escaped($0, limit: 60))" } ?? ""
            let text =
                "\(often.code)\(column) of \(often.entity) came on \(often.days) of the last 14 days, \(often.count) records"
                + (more > 0 ? "; and \(more) other kinds" : "")
            let severity: AlarmSeverity = often.days >= plan.limits.recurring * 2 ? .red : .amber
            find(.errorRecurs, input.flow.name, severity, since: often.first, text, of: input.flow)
        }
        // A handful is no backlog, however little is usual.
        if let usual = input.usualBacklog, signs.backlog > 20,
            let limit = plan.limits.backlog.multiplied(by: ExactDecimal(usual)), limit < ExactDecimal(Int64(signs.backlog) * 100)
        {
            let severity: AlarmSeverity = Int64(signs.backlog) > usual * 4 ? .red : .amber
            find(.backlogHigh, input.flow.name, severity, since: now, "\(signs.backlog) wait, usual are \(usual)", of: input.flow)
        }
    }

    private mutating func judgeDeadlines(_ input: AlarmInputs.FlowInput) {
        let flow = input.flow
        let reopened = plan.maintenance.lastEnd(for: flow.name, before: now)
        func counted(_ instant: UTCInstant) -> UTCInstant { max(instant, reopened ?? instant) }
        if let schedule = flow.schedule {
            let success = counted(input.success?.at ?? input.watchedSince)
            let slots = schedule.slots(after: success, atMost: 7)
            // The second slot had its time to run, too.
            if slots.count > 1, slots[1].adding(.seconds(300)) < now {
                let severity: AlarmSeverity = slots.count > 5 && slots[5] < now ? .red : .amber
                let last = input.success.map { "the last one that ended was at \($0.at)" } ?? "none has ended yet"
                find(.runOverdue, flow.name, severity, since: slots[1], "no run comes to its end; \(last)", of: flow)
            }
        }
        if let expectation = flow.expectation {
            let last = counted(input.signs.lastFile ?? input.watchedSince)
            if let due = expectation.overdue(since: last, at: now) {
                let severity: AlarmSeverity = isGrave(expectation, due: due) ? .red : .amber
                let came = input.signs.lastFile.map { "the last one came at \($0)" } ?? "none has ever come"
                find(.fileMissing, flow.name, severity, since: due, "a file was due \(expectation.text); \(came)", of: flow)
            }
        }
        if let age = flow.age { judgeAge(input, age, reopened) }
    }

    /// As much open time again has passed as was allowed; for a time of the day, an hour.
    private func isGrave(_ expectation: FileExpectation, due: UTCInstant) -> Bool {
        let length: Duration =
            switch expectation.deadline {
            case .within(let length): length
            case .by: .seconds(3600)
            }
        return expectation.hours.duration(from: due, to: now) >= length
    }

    private mutating func judgeAge(_ input: AlarmInputs.FlowInput, _ age: Duration, _ reopened: UTCInstant?) {
        let hours = input.flow.expectation?.hours ?? .always
        for mark in input.watermarks {
            let version = max(mark.version, reopened ?? mark.version)
            guard let due = hours.moment(after: age, from: version), due < now else { continue }
            let place = [input.flow.name, mark.feed].filter { !$0.isEmpty }.joined(separator: "/")
            let severity: AlarmSeverity = hours.duration(from: version, to: now) > age * 2 ? .red : .amber
            let what = mark.feed.isEmpty ? mark.entity : "\(mark.entity) of \(Escaped(mark.feed))"
            find(.dataOld, place, severity, since: due, "\(what) is as at \(mark.version)", of: input.flow)
        }
    }

    mutating func judge(_ signs: OutboundSigns) {
        let flow = inputs.flows.first { $0.flow.name == signs.flow }?.flow ?? WatchPlan.WatchedFlow(name: signs.flow)
        guard plan.maintenance.end(for: signs.flow, at: now) == nil else { return }
        if let oldest = signs.oldest, let due = signs.limit.overdue(since: oldest.since, at: now) {
            let severity: AlarmSeverity = isGrave(signs.limit, due: due) ? .red : .amber
            find(.ordersLate, flow.name, severity, since: due, "order \(Escaped(oldest.number)) has waited since \(oldest.since)", of: flow)
        }
        if let first = signs.overdue.first {
            let more = signs.overdue.count > 1 ? " and \(signs.overdue.count - 1) more" : ""
            let text = "\(Escaped(first.name))\(more) should have been confirmed by \(first.since)"
            let severity: AlarmSeverity = now.since(first.since) > .seconds(3600) ? .red : .amber
            find(.acknowledgementLate, flow.name, severity, since: first.since, text, of: flow)
        }
    }
}

extension Schedule {
    /// The first slots after `start`.
    fileprivate func slots(after start: UTCInstant, atMost limit: Int) -> [UTCInstant] {
        var found: [UTCInstant] = []
        while found.count < limit, let next = next(after: found.last ?? start) { found.append(next) }
        return found
    }
}
