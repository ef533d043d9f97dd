package import Domain
import StateStore

/// Finds the causes that are there at one moment. Pure, and by deadlines: it finds the same whether anything ran meanwhile or not,
/// and after our own downtime what began during it (reliability I2).
package struct AlarmJudge {
    let plan: WatchPlan
    let inputs: AlarmInputs
    var findings: [AlarmFinding] = []

    package static func findings(_ inputs: AlarmInputs, _ plan: WatchPlan) -> [AlarmFinding] {
        var judge = AlarmJudge(plan: plan, inputs: inputs)
        judge.judgeService()
        judge.judgeOtherSides()
        for flow in inputs.flows { judge.judge(flow) }
        for signs in inputs.outbound { judge.judge(signs) }
        judge.judgeDoubles()
        judge.judgeUndone()
        return judge.findings
    }

    var now: UTCInstant { inputs.now }
    var limits: AlarmLimits { plan.limits }

    mutating func find(
        _ code: AlarmCode, _ subject: String, _ severity: AlarmSeverity, since: UTCInstant, _ text: String,
        of flow: WatchPlan.WatchedFlow? = nil
    ) {
        let covers = code.definition.dependsOn.flatMap { covering($0, flow) }
        findings.append(AlarmFinding(AlarmKey(code, subject), severity, since: since, text, coveredBy: covers))
    }

    /// The places where a cause would explain one of `flow`.
    private func covering(_ code: AlarmCode, _ flow: WatchPlan.WatchedFlow?) -> [AlarmKey] {
        switch code {
        case .serviceSilent, .settingsKept, .clockBack, .diskLow, .noticeStuck, .calendarEnds: [AlarmKey(code, AlarmKey.service)]
        case .hostKeyChanged, .endpointAway, .endpointClock: flow?.endpoint.map { [AlarmKey(code, $0)] } ?? []
        case .credentialRefused: [AlarmKey(code, AlarmKey.shop)] + (flow?.endpoint.map { [AlarmKey(code, $0)] } ?? [])
        case .shopAway, .shopErrors, .shopClock, .consumersStopped: [AlarmKey(code, AlarmKey.shop)]
        case .credentialExpires, .erasureOpen, .backupOverdue, .workUndone: []
        case .runOverdue, .runFailed, .runWaiting, .fileMissing, .fileStuck, .fileGap, .dataOld, .planHeld, .errorRate, .backlogHigh,
            .ordersLate, .acknowledgementLate, .guestSees, .errorRecurs, .shopDrifted, .notOnSale, .ordersDiffer, .documentDoubled:
            flow.map { [AlarmKey(code, $0.name)] } ?? []
        }
    }

    // MARK: The service

    private mutating func judgeService() {
        if let beat = inputs.heartbeat, beat.value == 1, now.since(beat.at) > .seconds(180) {
            find(.serviceSilent, AlarmKey.service, .red, since: beat.at, "the last sign of life was at \(beat.at)")
        }
        if let settings = inputs.settings, !settings.text.isEmpty {
            find(.settingsKept, AlarmKey.service, .amber, since: settings.since, settings.text)
        }
        if let back = inputs.clockBack {
            let step = Duration.milliseconds(back.value)
            // What was noted by a clock that was ahead itself tells nothing of now.
            if back.at <= now, now < back.at.adding(min(step, .seconds(86_400))) {
                let text = "the clock went back by \(step.setting) at \(back.at)"
                find(.clockBack, AlarmKey.service, step > .seconds(3600) ? .red : .amber, since: back.at, text)
            }
        }
        if let since = inputs.uncleanSince {
            let severity: AlarmSeverity = now.since(since) > .seconds(86_400) ? .red : .amber
            find(.erasureOpen, AlarmKey.service, severity, since: since, "what was erased at \(since) is still in the ledger's file")
        }
        judgeBackup()
        judgeDisk()
        if plan.notices == .delivered, let notice = inputs.oldestNotice, now.since(notice.at) > .seconds(3600) {
            let why = notice.trouble.map { ": \($0)" } ?? ""
            find(.noticeStuck, AlarmKey.service, .red, since: notice.at.adding(.seconds(3600)), "a notice of \(notice.at) is not delivered\(why)")
        }
        if let mail = inputs.oldestMail, now.since(mail.written) > .seconds(3600) {
            let why = mail.answer.map { ": \(Escaped($0))" } ?? ""
            find(.noticeStuck, "mail", .red, since: mail.written.adding(.seconds(3600)), "a mail of \(mail.written) has not left\(why)")
        }
        for list in plan.holidays {
            guard let end = list.knownUntil else { continue }
            let days = end.daysSinceEpoch - plan.zone.day(of: now).daysSinceEpoch
            if days < 60 {
                find(.calendarEnds, list.name, days < 0 ? .red : .amber, since: now, "the holidays of \(list.name) are known until \(end)")
            }
        }
        for credential in plan.credentials {
            let days = credential.expires.daysSinceEpoch - plan.zone.day(of: now).daysSinceEpoch
            guard Int64(days) * 86_400 <= limits.expiry.wholeSeconds else { continue }
            let text = days < 0 ? "it ran out on \(credential.expires)" : "it runs out on \(credential.expires), in \(days) days"
            find(.credentialExpires, credential.name, days < 7 ? .red : .amber, since: now, text)
        }
    }

    private mutating func judgeBackup() {
        guard plan.backsUp, let last = inputs.backup ?? inputs.backupWatched else { return }
        let age = now.since(last.at)
        guard age > .seconds(26 * 3600) else { return }
        let good = inputs.backup.map { "the last backup is of \($0.at)" } ?? "no backup has been written yet"
        let why = inputs.backupFailed.map { "; \($0.text)" } ?? ""
        find(
            .backupOverdue, AlarmKey.service, age > .seconds(72 * 3600) ? .red : .amber, since: last.at.adding(.seconds(26 * 3600)), good + why)
    }

    private mutating func judgeDisk() {
        guard let disk = inputs.disk, disk.size > 0, let wanted = limits.disk.multiplied(by: ExactDecimal(disk.size)) else { return }
        let free = ExactDecimal(disk.free)
        guard let scaled = free.multiplied(by: ExactDecimal(100)), scaled < wanted else { return }
        let isGrave = scaled.multiplied(by: ExactDecimal(3)).map { $0 < wanted } ?? false
        let text = "\(disk.free >> 20) MB of \(disk.size >> 20) MB are free"
        find(.diskLow, AlarmKey.service, isGrave ? .red : .amber, since: now, text)
    }

    /// Every one by its name: each is goods or money twice.
    private mutating func judgeDoubles() {
        for double in inputs.doubles {
            let text = "\(Escaped(double.call.mark)) of order \(Escaped(double.call.subject)) is in the shop more than once: \(double.documents)"
            find(.documentDoubled, "\(double.flow) \(double.id)", .red, since: double.found, text)
        }
    }

    // MARK: The other sides

    private mutating func judgeOtherSides() {
        var troubles: [AlarmKey: (since: UTCInstant, text: String)] = [:]
        for input in inputs.flows {
            guard let attempt = input.attempt, !attempt.text.isEmpty else { continue }
            let code = attempt.text.prefix { $0 != ":" }
            guard let key = TroubleSource(code: String(code)).key(endpoint: input.flow.endpoint), !isOver(key, since: attempt.at) else {
                continue
            }
            let since = min(attempt.since, troubles[key]?.since ?? attempt.since)
            troubles[key] = (since, attempt.text)
        }
        for (key, trouble) in troubles.sorted(by: { $0.key.subject < $1.key.subject }) {
            let isAway = key.code == .endpointAway || key.code == .shopAway
            let severity: AlarmSeverity = isAway && now.since(trouble.since) < .seconds(3600) ? .amber : .red
            var endpoint: WatchPlan.WatchedFlow?
            if key.subject != AlarmKey.shop { endpoint = WatchPlan.WatchedFlow(name: "", endpoint: key.subject) }
            find(key.code, key.subject, severity, since: trouble.since, trouble.text, of: endpoint)
        }
        if inputs.serverErrors > limits.serverErrors {
            let severity: AlarmSeverity = inputs.serverErrors > limits.serverErrors * 10 ? .red : .amber
            find(.shopErrors, AlarmKey.shop, severity, since: now, "\(inputs.serverErrors) HTTP 5xx answers in the last 10 minutes")
        }
        if let queue = inputs.queue, !queue.text.isEmpty {
            let severity: AlarmSeverity = now.since(queue.since) > .seconds(3600) ? .red : .amber
            find(.consumersStopped, AlarmKey.shop, severity, since: queue.since, queue.text)
        }
        if let clock = inputs.shopClock { judge(clock, .shopClock, "the shop's clock is") }
        for clock in inputs.endpointClocks { judge(clock, .endpointClock, "a file's time is") }
    }

    /// Whether the other side was seen well since: by another flow, where this one will not try again before tomorrow.
    private func isOver(_ key: AlarmKey, since attempt: UTCInstant) -> Bool {
        if key.subject == AlarmKey.shop { return inputs.shopClock.map { $0.at > attempt } ?? false }
        return inputs.flows.contains { $0.flow.endpoint == key.subject && $0.success.map { $0.at > attempt } ?? false }
    }

    private mutating func judge(_ clock: Reading, _ code: AlarmCode, _ words: String) {
        let skew = Duration.milliseconds(abs(clock.value))
        guard skew > limits.clock else { return }
        let side = clock.value > 0 ? "ahead of" : "behind"
        find(code, clock.subject, skew > limits.clock * 5 ? .red : .amber, since: clock.at, "\(words) \(skew.wholeSeconds) s \(side) ours")
    }
}
