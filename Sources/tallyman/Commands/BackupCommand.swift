import ArgumentParser
import Domain
import Engine
import StateStore

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write a consistent copy of the ledger, safe while runs continue.",
        discussion: """
            The copy is readable by its owner alone and is verified before it gets its name. Without FILE it is written into the folder that
            `backup` in the settings names, under the day's name, and the oldest beyond `backup.keep` are deleted: for cron, where no
            `serve` runs.
            """ + "\n\n" + Examples.of("backup")
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The new file; it must not exist.", valueName: "file")) var target: String?

    func run() throws {
        let assembly = try common.assembly()
        let ledger = try assembly.ledger()
        if let target {
            try ledger.backUp(to: target)
            return common.output.line("the ledger is copied to \(target), and the copy is verified")
        }
        guard let plan = assembly.settings.backup else {
            throw Diagnostic(
                "BACKUP-NOWHERE", "the settings name no folder for backups", at: .init(file: assembly.settings.path),
                fix: "name a file, `tallyman backup FILE`, or add `backup: {at: \"02:15\"}` to the settings")
        }
        let path = try BackupDesk(plan: plan, ledger: ledger, timeline: assembly.timeline, zone: assembly.zone).writeNow()
        common.output.line("the ledger is copied to \(path), and the copy is verified")
    }
}
