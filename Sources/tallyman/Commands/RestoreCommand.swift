import ArgumentParser
import Domain
import Engine
import Foundation
import StateStore

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup in the ledger's place; the present one is kept beside it.",
        discussion: "Stop the service first. Afterwards compare with the shop before the first run: the command says how." + "\n\n"
            + Examples.of("restore")
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "A file that `tallyman backup` wrote.") var backup: String?
    @Flag(help: "Begin with an empty ledger where there is no backup: every order leaves again, every file in the folders is read again.")
    var beginAnew = false

    @Flag(
        name: [.customLong("check"), .customLong("dry-run")],
        help:
            "Only try it: prove that the backup could be restored, and say what it holds and what it cannot know. Nothing is changed; the service may run."
    )
    var check = false

    func validate() throws {
        guard (backup == nil) == beginAnew else { throw ValidationError("name a backup, or say --begin-anew, and not both") }
        guard !(check && beginAnew) else { throw ValidationError("--check needs a backup") }
    }

    func run() async throws {
        let assembly = try common.assembly()
        let place = LedgerPlace(folder: assembly.settings.stateFolder)
        if check, let backup { return try drill(backup, assembly, place) }
        try assembly.prepareStateFolder()
        let replacement = LedgerReplacement(place: place, assembly: assembly, who: common.who)
        try await replacement.proveIdle()
        let kept = try backup.map { try replacement.restore($0) } ?? replacement.beginAnew()
        if let backup {
            common.output.line(
                "the ledger is that of the backup \(URL(fileURLWithPath: backup).lastPathComponent)"
                    + (kept.map { "; the one before is \($0)" } ?? ""))
        } else {
            common.output.line("the ledger is empty" + (kept.map { "; the one before is \($0)" } ?? ""))
        }
        common.output.line("before the first run: `tallyman reconcile --adopt`, so that the books know what the shop holds now;")
        common.output.line("then run each flow by hand and look at what it says before the service is started again")
        guard backup != nil, let kept else { return }
        RestoreReport(output: common.output, spool: try assembly.spool()).tell(replaced: kept, restored: place.path)
    }

    /// A restore on a copy in a folder that is removed again.
    private func drill(_ backup: String, _ assembly: Assembly, _ place: LedgerPlace) throws {
        let proof = BackupProof(backup: backup, place: place)
        try proof.proveThere()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tallyman-drill-\(assembly.timeline.randomHex(byteCount: 8))").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        do { try FileManager.default.copyItem(atPath: backup, toPath: "\(folder)/ledger.db") } catch {
            throw Diagnostic(
                "RESTORE-COPY", "the backup cannot be copied: \(error.localizedDescription)", at: .init(file: backup),
                fix: "free space in the folder of temporary files (TMPDIR), and check the rights; nothing was changed")
        }
        let restored = "\(folder)/ledger.db"
        let ledger = try Ledger(path: restored)
        defer { try? ledger.close() }
        try proof.prove(ledger)
        let last = try ledger.read { try $0.recentRuns(limit: 1).first }
        common.output.line("the backup is whole, its books balance, and it belongs to this installation; nothing was changed")
        common.output.line(last.map { "its newest run is \($0.id) of \($0.flow), started at \(ShopClock.told($0.started))" } ?? "it holds no run")
        RestoreReport(output: common.output, spool: try assembly.spool()).tell(wouldReplace: place.path, restored: restored)
    }
}
