import Domain
import StateStore

extension AlarmJudge {
    /// Whatever is undone for longer than its flow's deadline, of every flow that the books know.
    mutating func judgeUndone() {
        for work in inputs.undone where !isToldAlready(work) {
            let input = inputs.flows.first { $0.flow.name == work.flow }
            let flow = input?.flow ?? WatchPlan.WatchedFlow(name: work.flow)
            guard plan.maintenance.end(for: work.flow, at: now) == nil else { continue }
            let reopened = plan.maintenance.lastEnd(for: work.flow, before: now)
            let since = max(work.since, reopened ?? work.since)
            guard let due = due(work, of: flow, since: since), due < now else { continue }
            let severity: AlarmSeverity = now.since(due) > due.since(since) * 3 ? .red : .amber
            let unknown = input == nil ? "; the settings have no such flow any more" : ""
            find(.workUndone, "\(work.flow)/\(work.kind.rawValue)", severity, since: due, Self.text(work) + unknown, of: flow)
        }
        judgeFailingCalls()
    }

    /// What an alarm of its own tells from its first moment on, with a better way out, is not told twice.
    private func isToldAlready(_ work: UndoneWork) -> Bool {
        guard inputs.flows.contains(where: { $0.flow.name == work.flow }) else { return false }
        return switch work.kind {
        case .runs, .answers:
            findings.contains { [.runWaiting, .planHeld].contains($0.key.code) && $0.key.subject == work.flow }
        case .orders, .consignments: findings.contains { $0.key == AlarmKey(.ordersLate, work.flow) }
        case .confirmations: findings.contains { $0.key == AlarmKey(.acknowledgementLate, work.flow) }
        case .files: findings.contains { $0.key == AlarmKey(.fileStuck, work.flow) }
        case .dated, .records: false
        }
    }

    private func due(_ work: UndoneWork, of flow: WatchPlan.WatchedFlow, since: UTCInstant) -> UTCInstant? {
        if work.kind == .records, !flow.carriesEvents { return limits.errors.map { since.adding($0) } }
        guard let deadline = flow.deadline, case .within(let length) = deadline.deadline else { return since.adding(limits.undone) }
        return deadline.hours.moment(after: length, from: since)
    }

    private static func text(_ work: UndoneWork) -> String {
        let (one, many, next) =
            switch work.kind {
            case .files: ("file is not read", "files are not read", "`tallyman run \(work.flow)` says what it waits for")
            case .runs: ("run is not at its end", "runs are not at their end", "`tallyman show \(work.run ?? 0)` says why")
            case .answers: ("run has changes without an answer", "runs have changes without an answer", "`tallyman show \(work.run ?? 0)` lists them")
            case .dated:
                (
                    "value whose day has come is not in the shop", "values whose day has come are not in the shop",
                    "`tallyman run \(work.flow)` sends them"
                )
            case .orders: ("document has not left", "documents have not left", "`tallyman run \(work.flow)` says why")
            case .consignments:
                ("file has not come to the ERP's folder", "files have not come to the ERP's folder", "`tallyman show \(work.run ?? 0)` says why")
            case .confirmations: ("file is not confirmed", "files are not confirmed", "`tallyman consignments --overdue` lists them")
            case .records:
                ("rejected record waits for a person", "rejected records wait for a person", "`tallyman errors --flow \(work.flow)` lists them")
            }
        return "\(work.count) \(work.count == 1 ? one : many), the oldest (\(work.oldest)) since \(work.since): \(next)"
    }

    /// A flow whose every call ends in trouble reads no file and sends no order, also where nothing of it is in the books.
    private mutating func judgeFailingCalls() {
        // Where there are slots, RUN-OVERDUE tells of calls that come to no end.
        for input in inputs.flows where input.flow.schedule == nil {
            guard let call = [input.attempt, input.busy].compactMap({ $0 }).filter({ !$0.text.isEmpty }).min(by: { $0.since < $1.since }),
                plan.maintenance.end(for: input.flow.name, at: now) == nil
            else { continue }
            // Since the last call that went well, or since this trouble began.
            let since = input.success.map { max($0.at, call.since) } ?? call.since
            let length: Duration =
                if let deadline = input.flow.deadline, case .within(let length) = deadline.deadline { length } else { limits.undone }
            let hours = input.flow.deadline?.hours ?? .always
            guard let due = hours.moment(after: length, from: since), due < now else { continue }
            let known: [AlarmCode] = [.credentialRefused, .hostKeyChanged, .endpointAway, .shopAway]
            let isTold = findings.contains { finding in
                known.contains(finding.key.code) && [AlarmKey.shop, input.flow.endpoint].contains(finding.key.subject)
            }
            guard !isTold else { continue }
            let severity: AlarmSeverity = now.since(due) > length * 3 ? .red : .amber
            find(
                .workUndone, "\(input.flow.name)/calls", severity, since: due,
                "every call since \(since) has come to nothing: \(call.text)", of: input.flow)
        }
    }
}
