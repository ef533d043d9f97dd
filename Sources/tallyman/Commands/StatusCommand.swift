import ArgumentParser
import Domain
import Engine
import Reports
import StateStore

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "How things stand, beginning with what is wrong.", discussion: Examples.of("status")
    )

    @OptionGroup var common: CommonOptions
    @Flag(help: "Exit with 1 where an alarm is red and with 3 where one is amber.") var check = false

    func run() throws {
        let assembly = try common.assembly()
        let ledger = try assembly.ledger()
        let status = try assembly.status(ledger)
        if common.json {
            try common.output.json(status)
        } else {
            StatusPrinter(output: common.output).print(status)
        }
        guard check, let worst = status.alarms.first?.severity else { return }
        throw worst == AlarmSeverity.red.rawValue ? ExitStatus.failed : ExitStatus.rejects
    }
}

struct AlarmsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alarms", abstract: "What is wrong and what to do about it; with --history what was told.", discussion: Examples.of("alarms")
    )

    @OptionGroup var common: CommonOptions
    @Flag(help: "The latest notices instead: what began, became worse and ended.") var history = false
    @Option(help: "How many notices.") var limit = 50

    func run() throws {
        let assembly = try common.assembly()
        let ledger = try assembly.ledger()
        guard history else {
            let alarms = try assembly.alarmDesk(ledger).view(assembly.watchPlan(ledger)).map { AlarmView($0) }
            if common.json { return try common.output.json(alarms) }
            if alarms.isEmpty { return common.output.line(common.output.styled("no alarm", .good)) }
            return StatusPrinter(output: common.output).print(alarms)
        }
        let notices = try ledger.read { try $0.recentNotices(limit: limit) }.map { NoticeView($0) }
        if common.json { return try common.output.json(notices) }
        common.output.table(
            ["at", "what", "severity", "code", "subject", "text"],
            notices.map { [ShopClock.told($0.at), $0.telling, $0.severity, $0.code, $0.subject, ShopClock.told($0.text)] }
        )
    }
}

struct StatusPrinter {
    let output: Output

    func print(_ status: ServiceStatus) {
        print(status.alarms)
        for flow in status.flows {
            for text in flow.needsAttention { output.line(output.styled("! \(flow.flow): \(ShopClock.told(text))", .warning)) }
        }
        for work in status.undone {
            output.line(
                "\(Escaped(work.flow)): \(work.count) \(work.kind) under way or waiting, the oldest (\(work.oldest)) since \(ShopClock.told(work.since))"
            )
        }
        if status.alarms.isEmpty, status.undone.isEmpty, status.flows.allSatisfy(\.needsAttention.isEmpty) {
            output.line(output.styled("all is well", .good))
        }
        switch status.service.state {
        case "serving": output.line("serve is at work, seen at \(ShopClock.told(status.service.seen))")
        case "stopped": output.line("serve was stopped in order at \(ShopClock.told(status.service.seen))")
        case "silent": output.line(output.styled("serve has been silent since \(ShopClock.told(status.service.seen))", .bad))
        case _: break
        }
        let hasNext = status.flows.contains { $0.next != nil }
        output.table(
            ["flow", "last run", "state", "ended"] + (hasNext ? ["next"] : []) + ["errors open"],
            status.flows.map { flow in
                [flow.flow, flow.lastRun.map(String.init) ?? "-", flow.state ?? "-", ShopClock.told(flow.ended)]
                    + (hasNext ? [ShopClock.told(flow.next)] : []) + ["\(flow.openErrors)"]
            }
        )
        print(status.endpoints)
    }

    private func print(_ endpoints: [EndpointStatus]) {
        for endpoint in endpoints {
            if let text = endpoint.text { output.line("endpoint \(Escaped(endpoint.endpoint)): \(ShopClock.told(text))") }
        }
    }

    func print(_ alarms: [AlarmView]) {
        for alarm in alarms {
            let style: Output.Style = alarm.severity == AlarmSeverity.red.rawValue ? .bad : .warning
            output.line(
                output.styled(
                    "! \(alarm.severity) \(alarm.code) \(Escaped(alarm.subject)): \(Escaped(ShopClock.told(alarm.text), limit: 300))", style))
            output.line("  since \(ShopClock.told(alarm.since))")
            output.line("  → \(alarm.fix)")
        }
    }
}

extension Assembly {
    /// How everything stands, as `status` and the console show it.
    func status(_ ledger: Ledger) throws -> ServiceStatus {
        let now = timeline.now()
        let alarms = try alarmDesk(ledger).view(watchPlan(ledger)).map { AlarmView($0) }
        let flows = settings.flowNames.map { name in
            (name: name, next: settings.service.watch.flows.first { $0.name == name }?.schedule?.next(after: now))
        }
        return try ledger.read { try ServiceStatus($0, alarms: alarms, flows: flows, endpoints: probeMarks, at: now) }
    }
}
