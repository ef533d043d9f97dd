import ArgumentParser
import Domain
import Engine
import Reports
import StateStore

struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Watch the first days after the start closely: halved alarm limits, and the figures by mail every few hours.",
        discussion: "With --hours it begins now; without, it shows how it stands. `serve` sends the figures." + "\n\n" + Examples.of("watch")
    )

    @OptionGroup var common: CommonOptions
    @Option(help: "Begin a watch of so many hours; 72 is usual.") var hours: Int?
    @Option(help: "How often the figures are told, such as 4h.") var every = "4h"
    @Flag(help: "End the watch.") var stop = false

    func validate() throws {
        if let hours, !(1...1000).contains(hours) { throw ValidationError("--hours takes a number from 1 to 1000") }
        guard let every = Duration(setting: every), every >= .seconds(600) else {
            throw ValidationError("--every takes a length of 10m or more, such as 4h")
        }
    }

    private struct View: Encodable {
        var state: String
        var from: String?
        var to: String?
        var every: String?
    }

    func run() async throws {
        let assembly = try common.assembly()
        let ledger = try assembly.ledger()
        let now = assembly.timeline.now()
        let desk = assembly.desk(try assembly.runner(ledger))
        if stop {
            try ledger.write(.operators) { try GoLiveWatch.forget($0) }
            try desk.note("watch-stop", of: assembly.settings.shop, by: common.who)
        } else if let hours {
            let watch = GoLiveWatch(start: now, end: now.adding(.seconds(Int64(hours) * 3600)), every: Duration(setting: every) ?? .seconds(4 * 3600))
            try ledger.write(.operators) { try watch.remember($0) }
            try desk.note("watch", of: "\(assembly.settings.shop), \(hours) hours", by: common.who)
        }
        let watch = try ledger.read { try GoLiveWatch.known($0) }
        let state = watch.map { $0.isOn(at: now) ? "on" : "over" } ?? "off"
        if common.json {
            return try common.output.json(
                View(state: state, from: watch.map { "\($0.start)" }, to: watch.map { "\($0.end)" }, every: watch.map { $0.every.setting }))
        }
        guard let watch else { return common.output.line("no watch is on; `tallyman watch --hours 72` begins one") }
        common.output.line("watch is \(state): \(watch.start) to \(watch.end), figures every \(watch.every.words)")
        if try assembly.periodDesk(ledger) == nil {
            common.output.line("→ no mail is set up, so the figures go to nobody: `tallyman watch` shows them here")
        }
        let scope = try assembly.reportScope()
        let sheet = try ledger.read {
            try WatchSheet(scope, $0, from: watch.start, to: min(now, watch.end), shop: assembly.settings.shop, hours: "so far").sheet
        }
        common.output.line()
        common.output.line(MailText.text(sheet))
    }
}

extension Assembly {
    func goLiveWatch(_ ledger: Ledger) throws -> GoLiveWatch? { try ledger.read { try GoLiveWatch.known($0) } }

    /// The same out of a reader's own state of the books.
    func watchPlan(_ reader: LedgerReader, at now: UTCInstant) throws -> WatchPlan {
        let plan = settings.service.watch.heeding(try reader.pauses())
        return try GoLiveWatch.known(reader)?.isOn(at: now) == true ? plan.tightened : plan
    }

    /// What the alarms are judged by now: the settings, or half of their limits while a watch is on.
    func watchPlan(_ ledger: Ledger) throws -> WatchPlan {
        let plan = settings.service.watch.heeding(try ledger.read { try $0.pauses() })
        return try goLiveWatch(ledger)?.isOn(at: timeline.now()) == true ? plan.tightened : plan
    }

    /// Tells the stretch of the watch that is over. Answers whether there was one to tell.
    func tellWatch(_ desk: PeriodDesk, _ ledger: Ledger) throws -> Bool {
        guard let watch = try goLiveWatch(ledger), let stretch = watch.stretch(at: timeline.now()) else { return false }
        let hours = "hour \(stretch.from.since(watch.start).wholeSeconds / 3600) to \(stretch.to.since(watch.start).wholeSeconds / 3600)"
        return try desk.tellFigures(
            watch: "\(watch.start.milliseconds)", number: stretch.number, from: stretch.from, to: stretch.to, hours: hours) == .now
    }
}
