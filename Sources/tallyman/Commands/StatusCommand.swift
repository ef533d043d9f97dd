import ArgumentParser
import Domain
import Engine
import StateStore

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "How things stand, beginning with what is wrong."
    )

    @OptionGroup var common: CommonOptions
    @Flag(help: "Exit with 1 where an alarm is red and with 3 where one is amber.") var check = false

    func run() throws {
        let assembly = try common.assembly()
        let ledger = try assembly.ledger()
        let status = try ServiceStatus(assembly, ledger)
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
        commandName: "alarms", abstract: "What is wrong and what to do about it; with --history what was told."
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
            notices.map { [$0.at, $0.telling, $0.severity, $0.code, $0.subject, $0.text] }
        )
    }
}

/// An open alarm as people and programs read it.
struct AlarmView: Encodable {
    var code: String
    var subject: String
    var severity: String
    var since: String
    var text: String
    var fix: String

    init(_ entry: AlarmBook.Entry) {
        code = entry.key.code.rawValue
        subject = entry.key.subject
        severity = entry.severity.rawValue
        since = "\(entry.since)"
        text = entry.text
        fix = entry.key.code.definition.fix
    }
}

struct NoticeView: Encodable {
    var at: String
    var telling: String
    var severity: String
    var code: String
    var subject: String
    var text: String
    var delivered: String?

    init(_ notice: Notice) {
        at = "\(notice.at)"
        telling = notice.telling.rawValue
        severity = notice.severity.rawValue
        code = notice.key.code.rawValue
        subject = notice.key.subject
        text = notice.text
        delivered = notice.delivered.map { "\($0)" }
    }
}

/// How everything stands.
struct ServiceStatus: Encodable {
    struct Service: Encodable {
        /// `serving`, `stopped`, `silent`, or `never` where nobody ever served.
        var state: String
        var seen: String?
    }

    /// Work that is under way or waits, of any flow that the ledger knows.
    struct Undone: Encodable {
        var flow: String
        var kind: String
        var count: Int
        var since: String
        var oldest: String
    }

    var alarms: [AlarmView]
    var service: Service
    var flows: [FlowStatus]
    var undone: [Undone]

    init(_ assembly: Assembly, _ ledger: Ledger) throws {
        let settings = assembly.settings.service
        let now = assembly.timeline.now()
        alarms = try assembly.alarmDesk(ledger).view(assembly.watchPlan(ledger)).map { AlarmView($0) }
        let beat = try ledger.read { try $0.reading(.heartbeat, AlarmKey.service) }
        let state =
            switch beat {
            case nil: "never"
            case let beat? where beat.value == 0: "stopped"
            case let beat?: now.since(beat.at) > .seconds(180) ? "silent" : "serving"
            }
        service = Service(state: state, seen: beat.map { "\($0.at)" })
        undone = try ledger.read { try $0.undoneWork(at: now) }.map { work in
            Undone(flow: work.flow, kind: work.kind.rawValue, count: work.count, since: "\(work.since)", oldest: work.oldest)
        }
        flows = try assembly.settings.flowNames.map { [alarms] name in
            var flow = try FlowStatus(flow: name, ledger, alarms: alarms, now: now)
            let schedule = settings.watch.flows.first { $0.name == name }?.schedule
            flow.next = schedule?.next(after: now).map { "\($0)" }
            return flow
        }
    }
}

/// One flow of `status`.
struct FlowStatus: Encodable {
    var flow: String
    var lastRun: Int64?
    var state: String?
    var ended: String?
    var next: String?
    var openErrors: Int
    var needsAttention: [String]

    /// - Parameters:
    ///   - alarms: What is told already is not told again.
    init(flow: String, _ ledger: Ledger, alarms: [AlarmView], now: UTCInstant) throws {
        let overdue = try ledger.read { try $0.overdueConsignments(at: now, flow: flow) }
        let (last, open, errors, quarantined) = try ledger.read { reader in
            (
                try reader.recentRuns(flow: flow, limit: 1).first, try reader.openRuns(flow: flow),
                try reader.openErrorCount(flow: flow), try reader.drops(flow: flow, in: .quarantined)
            )
        }
        self.flow = flow
        lastRun = last?.id
        state = last?.state.rawValue
        ended = last?.ended.map { "\($0)" }
        openErrors = errors
        let told = Set(alarms.filter { $0.subject == flow }.map(\.code))
        func isTold(_ state: Run.State) -> Bool { told.contains((state == .held ? AlarmCode.planHeld : .runWaiting).rawValue) }
        var attention = open.filter { $0.state != .scheduled && !isTold($0.state) }
            .map { "run \($0.id) is \($0.state.rawValue): \($0.verdict ?? "")" }
        if let last, last.state == .failed, !told.contains(AlarmCode.runFailed.rawValue) {
            attention.append("run \(last.id) failed: \(last.verdict ?? "")")
        }
        if errors > 0 { attention.append("\(errors) rejected records wait: tallyman errors --flow \(flow)") }
        if !overdue.isEmpty {
            attention.append("\(overdue.count) files without the ERP's answer: tallyman consignments --overdue")
        }
        if !quarantined.isEmpty {
            let names = quarantined.prefix(3).map { Escaped($0.file.name).description }.joined(separator: ", ")
            attention.append("\(quarantined.count) files set aside: \(names)")
        }
        needsAttention = attention
    }
}

struct StatusPrinter {
    let output: Output

    func print(_ status: ServiceStatus) {
        print(status.alarms)
        for flow in status.flows {
            for text in flow.needsAttention { output.line(output.styled("! \(flow.flow): \(text)", .warning)) }
        }
        for work in status.undone {
            output.line("\(Escaped(work.flow)): \(work.count) \(work.kind) under way or waiting, the oldest (\(work.oldest)) since \(work.since)")
        }
        if status.alarms.isEmpty, status.undone.isEmpty, status.flows.allSatisfy(\.needsAttention.isEmpty) {
            output.line(output.styled("all is well", .good))
        }
        switch status.service.state {
        case "serving": output.line("serve is at work, seen at \(status.service.seen ?? "-")")
        case "stopped": output.line("serve was stopped in order at \(status.service.seen ?? "-")")
        case "silent": output.line(output.styled("serve has been silent since \(status.service.seen ?? "-")", .bad))
        case _: break
        }
        let hasNext = status.flows.contains { $0.next != nil }
        output.table(
            ["flow", "last run", "state", "ended"] + (hasNext ? ["next"] : []) + ["errors open"],
            status.flows.map { flow in
                [flow.flow, flow.lastRun.map(String.init) ?? "-", flow.state ?? "-", flow.ended ?? "-"]
                    + (hasNext ? [flow.next ?? "-"] : []) + ["\(flow.openErrors)"]
            }
        )
    }

    func print(_ alarms: [AlarmView]) {
        for alarm in alarms {
            let style: Output.Style = alarm.severity == AlarmSeverity.red.rawValue ? .bad : .warning
            output.line(output.styled("! \(alarm.severity) \(alarm.code) \(Escaped(alarm.subject)): \(Escaped(alarm.text, limit: 300))", style))
            output.line("  since \(alarm.since)")
            output.line("  → \(alarm.fix)")
        }
    }
}
