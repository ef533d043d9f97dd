import ArgumentParser
import Domain
import Reports
import StateStore

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "What a day or a week came to: books, files, orders, errors, alarms and the figures that were agreed.",
        discussion: "The day before unless said otherwise. With --send it goes to its readers, once for each day." + "\n\n" + Examples.of("report")
    )

    @OptionGroup var common: CommonOptions
    @Flag(help: "The report of one day. This is the usual.") var daily = false
    @Flag(help: "The report of a week, Monday to Sunday.") var weekly = false
    @Flag(help: "Only the figures that were agreed.") var kpi = false
    @Option(help: ArgumentHelp("A day of it, such as 2026-11-21.", valueName: "day")) var date: String?
    @Flag(help: "Mail it, as `serve` does by itself.") var send = false
    @Flag(help: "As a web page instead of text.") var html = false

    func validate() throws {
        if daily && weekly { throw ValidationError("choose --daily or --weekly") }
        if send && kpi { throw ValidationError("--kpi is shown and not sent; the daily report has it") }
        if let date, CivilDate(iso: date) == nil { throw ValidationError("\(Escaped(date)) is not a day; write it like 2026-11-21") }
    }

    func run() async throws {
        let assembly = try common.assembly()
        let ledger = try assembly.ledger()
        let period = period(assembly)
        if send { return try await send(period, assembly, ledger) }
        let report = try ledger.read { try PeriodReport(period, assembly.reportScope(), $0) }
        if common.json { return try common.output.json(ReportView(report, shop: assembly.settings.shop)) }
        let words = PeriodSheet(report, shop: assembly.settings.shop)
        let sheet = kpi ? words.figures : words.sheet
        common.output.line(html ? try MailPage().html(sheet) : MailText.text(sheet))
    }

    private func period(_ assembly: Assembly) -> ReportPeriod {
        let kind: ReportPeriod.Kind = weekly ? .weekly : .daily
        guard let day = date.flatMap({ CivilDate(iso: $0) }) else {
            return ReportPeriod(kind, before: assembly.timeline.now(), zone: assembly.zone)
        }
        // Any day of a week stands for it; weeks end on Sunday.
        let last = weekly ? day.adding(days: (7 - day.weekday.rawValue) % 7) : day
        return ReportPeriod(kind, through: last, zone: assembly.zone)
    }

    private func send(_ period: ReportPeriod, _ assembly: Assembly, _ ledger: Ledger) async throws {
        guard let desk = try assembly.periodDesk(ledger) else { throw MailCommand.isMissing }
        guard period.end <= assembly.timeline.now() else {
            throw Diagnostic("REPORT-EARLY", "\(period) is not over yet", fix: "leave --send out to see how it stands, or send it tomorrow")
        }
        let told = try desk.tell(period)
        let delivery = try assembly.sendMail(ledger)
        switch told {
        case .now: common.output.line("the report of \(period) was written; \(delivery?.sent ?? 0) mails left")
        case .before: common.output.line("the report of \(period) was written before; `tallyman mail` shows whether it left")
        }
    }
}

/// A report for programs.
struct ReportView: Encodable {
    struct Amount: Encodable {
        var count: Int
        var sum: String

        init(_ counted: CountedSum) {
            count = counted.count
            sum = "\(counted.sum)"
        }
    }

    struct BooksView: Encodable {
        var flow: String
        var entity: String
        var read: Int
        var outcomes: [String: Int]
        var readBefore: Int?
    }

    struct FlowView: Encodable {
        var flow: String
        var runs: Int
        var failedRuns: Int
        var filesIn: Int
        var filesOut: Int
        var filesSetAside: Int
        var held: Int
        var errorsOpened: Int
        var errorsClosed: Int
        var errorsOpen: Int
        var oldestError: String?
        var lastSuccess: String?
    }

    struct OrdersView: Encodable {
        var flow: String
        var sent: Amount
        var acknowledged: Amount
        var refused: Amount
        var unanswered: Int
        var withoutNumber: Int
        var missing: [String]
        var oldestDue: String?
    }

    struct DayView: Encodable {
        var flow: String
        var day: String
        var stages: [String: Amount]
        var gaps: [Gap]
    }

    struct Gap: Encodable {
        var order: String
        var kind: String
        var text: String
    }

    struct EventView: Encodable {
        var flow: String
        var entity: String
        var count: Int
    }

    struct IndicatorView: Encodable {
        var code: String
        var name: String
        var value: String
        var figure: Int64?
        var target: String
        var basis: String
        var verdict: String
        var requirement: String
    }

    struct ComparedView: Encodable {
        var flow: String
        var entity: String
        var scope: String
        var checked: Int
        var matched: Int
        var differing: Int
        var missing: Int
    }

    var shop: String
    var period: String
    var first: String
    var last: String
    var severity: String
    var books: [BooksView]
    var flows: [FlowView]
    var orders: [OrdersView]
    var orderDays: [DayView]
    var events: [EventView]
    var indicators: [IndicatorView]
    var compared: [ComparedView]
    var duplicatesPrevented: Int
    var alarms: [AlarmView]
    var alarmsOpened: Int
    var alarmsRecovered: Int

    init(_ report: PeriodReport, shop: String) {
        self.shop = shop
        period = report.period.kind.rawValue
        first = "\(report.period.first)"
        last = "\(report.period.last)"
        severity = report.severity.rawValue
        books = report.books.lines.map { line in
            BooksView(
                flow: line.flow, entity: line.entity, read: line.tally.read,
                outcomes: Dictionary(uniqueKeysWithValues: Outcome.allCases.map { ($0.rawValue, line.tally[$0]) }),
                readBefore: report.before.lines.first { $0.flow == line.flow && $0.entity == line.entity }?.tally.read)
        }
        flows = report.books.flows.map { line in
            FlowView(
                flow: line.flow, runs: line.runs, failedRuns: line.failedRuns, filesIn: line.filesIn, filesOut: line.filesOut,
                filesSetAside: line.filesSetAside, held: line.held, errorsOpened: line.errorsOpened, errorsClosed: line.errorsClosed,
                errorsOpen: line.errorsOpen, oldestError: line.oldestError.map { "\($0)" }, lastSuccess: line.lastSuccess.map { "\($0)" })
        }
        orders = report.orders.map { line in
            OrdersView(
                flow: line.flow, sent: Amount(line.exported), acknowledged: Amount(line.acknowledged), refused: Amount(line.refused),
                unanswered: line.unanswered, withoutNumber: line.unnumbered, missing: line.missing, oldestDue: line.oldestDue.map { "\($0)" })
        }
        orderDays = report.orderDays.map { DayView($0) }
        events = report.books.events.map { EventView(flow: $0.flow, entity: $0.entity, count: $0.count) }
        indicators = report.indicators.map { indicator in
            IndicatorView(
                code: indicator.code, name: indicator.name, value: indicator.value, figure: indicator.figure, target: indicator.target,
                basis: indicator.basis, verdict: indicator.verdict.rawValue, requirement: indicator.requirement)
        }
        compared = report.reconciliations.map { found in
            ComparedView(
                flow: found.flow, entity: found.entity, scope: found.scope, checked: found.checked, matched: found.matched,
                differing: found.differing, missing: found.missing)
        }
        duplicatesPrevented = report.books.duplicatesPrevented
        alarms = report.openAlarms.map { AlarmView($0) }
        alarmsOpened = report.books.alarmsOpened.count
        alarmsRecovered = report.books.alarmsRecovered
    }
}

extension ReportView.DayView {
    init(_ found: OrderDay) {
        self.init(
            flow: found.flow, day: "\(found.day)",
            stages: Dictionary(uniqueKeysWithValues: found.stages.map { ($0.key.rawValue, .init($0.value)) }),
            gaps: found.gaps.map { .init(order: $0.identity.text, kind: $0.kind.rawValue, text: $0.text) })
    }
}
