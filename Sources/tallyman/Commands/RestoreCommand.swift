import ArgumentParser
import Domain
import Engine
import Foundation
import StateStore

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup in the ledger's place; the present one is kept beside it.",
        discussion: "Stop the service first. Afterwards compare with the shop before the first run: the command says how."
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "A file that `tallyman backup` wrote.") var backup: String

    func run() async throws {
        let assembly = try common.assembly()
        let place = "\(assembly.settings.stateFolder)/ledger.db"
        let files = FileManager.default
        guard files.fileExists(atPath: backup) else {
            throw Diagnostic("RESTORE-MISSING", "there is no such backup", at: .init(file: backup), hint: "name a file that `tallyman backup` wrote")
        }
        let now = assembly.timeline.now()
        // One that is damaged cannot tell; it is replaced all the same.
        let present = files.fileExists(atPath: place) ? try? Ledger(path: place) : nil
        if let present, let worker = try? await assembly.holder.worker(on: present, timeline: assembly.timeline) {
            throw Diagnostic(
                "RESTORE-BUSY", "a process is at work on \(Escaped(worker.flow)): \(Escaped(worker.holder, limit: 200))", hint: "stop the service and wait for runs to end", kind: .transient)
        }
        let fresh = place + ".new"
        for suffix in ["", "-wal", "-shm"] { try? files.removeItem(atPath: fresh + suffix) }
        do {
            try files.copyItem(atPath: backup, toPath: fresh)
            try prove(fresh, assembly, at: now)
        } catch {
            for suffix in ["", "-wal", "-shm"] { try? files.removeItem(atPath: fresh + suffix) }
            throw error
        }
        let kept = "\(place).replaced-\(now.milliseconds)"
        for suffix in ["", "-wal", "-shm"] where files.fileExists(atPath: place + suffix) {
            try files.moveItem(atPath: place + suffix, toPath: kept + suffix)
        }
        try files.moveItem(atPath: fresh, toPath: place)
        common.output.line("the ledger is that of the backup; the one before is \(kept)")
        common.output.line("before the first run: `tallyman reconcile --adopt`, so that the books know what the shop holds now;")
        common.output.line("then run each flow by hand and look at what it says before the service is started again")
    }

    /// A copy that is damaged, newer or out of balance is not put in place.
    private func prove(_ path: String, _ assembly: Assembly, at now: UTCInstant) throws {
        let ledger = try Ledger(path: path)
        let damage = try ledger.checkIntegrity()
        let unbalanced = try ledger.read { try $0.unbalancedRuns() }
        guard damage.isEmpty, unbalanced.isEmpty else {
            throw Diagnostic(
                "LEDGER-DAMAGED", damage.first ?? "runs \(unbalanced) of it do not balance", at: .init(file: backup),
                hint: "take an older backup; nothing was changed")
        }
        let desk = assembly.desk(try assembly.runner(ledger))
        let who = common.who
        try ledger.write(.operators) { try desk.note("restore", of: URL(fileURLWithPath: backup).lastPathComponent, by: who, in: $0) }
    }
}
