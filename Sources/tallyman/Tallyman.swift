import ArgumentParser
import Domain
import Foundation

/// `tallyman`: carries files between a legacy ERP and a Magento shop and accounts for every record.
@main
struct Tallyman: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tallyman",
        abstract: "Carries files between a legacy ERP and a Magento shop, and accounts for every record.",
        discussion: """
            Exit codes: 0 done, 1 failed, 2 usage or settings, 3 done with rejected records, 4 held for a decision,
            75 try again later.
            """,
        version: ProductVersion.text,
        subcommands: [
            LintCommand.self, DoctorCommand.self, InitCommand.self, InspectCommand.self, CheckCommand.self, ConvertCommand.self, PlanCommand.self,
            RunCommand.self, HostKeyCommand.self, PauseCommand.self, ResumeCommand.self,
            ApproveCommand.self, DiscardCommand.self, RollbackCommand.self, GroupsCommand.self, ServeCommand.self, StatusCommand.self,
            AlarmsCommand.self, RunsCommand.self, ShowCommand.self,
            ErrorsCommand.self, DoublesCommand.self, WhyCommand.self, ConsignmentsCommand.self, ResendCommand.self, ResyncCommand.self,
            ReconcileCommand.self,
            ReportCommand.self, WatchCommand.self, MailCommand.self, AuditCommand.self, BackupCommand.self, RestoreCommand.self, EraseCommand.self,
            ConfirmCommand.self, ConsoleCommand.self, UserCommand.self, ActCommand.self, ScenariosCommand.self, DocsCommand.self,
        ]
    )

    static func main() async {
        StandardStream.prepare()
        ProcessMemory.settle()
        do {
            try OpenFiles.prove()
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let problems as SettingsProblems {
            for problem in problems.problems { DiagnosticPrinter.print(problem) }
            Foundation.exit(ExitStatus.usage.rawValue)
        } catch let diagnostic as Diagnostic {
            DiagnosticPrinter.print(diagnostic)
            Foundation.exit(ExitStatus(diagnostic).rawValue)
        } catch let status as ExitStatus {
            Foundation.exit(status.rawValue)
        } catch {
            let code = exitCode(for: error)
            if code == ExitCode.validationFailure {
                let words = Array(CommandLine.arguments.dropFirst())
                StandardStream.error.write(UnknownVerb.message(words) ?? fullMessage(for: error) + "\n")
                Foundation.exit(ExitStatus.usage.rawValue)
            }
            exit(withError: error)
        }
    }
}
