import ArgumentParser
import Domain
import Engine
import Foundation

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the flows by their schedules, watch deadlines, raise alarms, until told to stop.",
        discussion: """
            SIGTERM ends it in order within ten seconds. SIGHUP reads the settings anew; a file with mistakes is told and not
            taken over. What it runs is what `tallyman run` runs; both may be used side by side.
            """ + "\n\n" + Examples.of("serve")
    )

    @OptionGroup var common: CommonOptions
    @Option(help: "The form of the log: \(ServiceLog.Form.allCases.map(\.rawValue).joined(separator: ", ")).")
    var log = ServiceLog.Form.text

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let assembly = try common.assembly()
        try assembly.checkFlows()
        guard !assembly.settings.service.plan.jobs.isEmpty else {
            throw Diagnostic(
                "SETTINGS-SCHEDULE", "no flow has a schedule", at: assembly.settings.root["flows"]?.location,
                fix: "add schedule: \"*/15 * * * *\" to a flow; system cron with `tallyman run` needs none"
            )
        }
        let log = ServiceLog(
            form: log, shop: assembly.settings.shop, now: assembly.timeline.now, isJournal: environment["JOURNAL_STREAM"] != nil
        )
        let house = ServiceRuntime(
            assembly: assembly, ledger: try assembly.ledger(), log: log, manager: ServiceManager(environment: environment)
        )
        try await house.serve()
    }
}
