import Domain
import Endpoints
import Engine
import Formats
import Foundation
import StateStore

/// Writes a run's rejected records as a file that can be corrected and dropped back.
struct RejectFiles {
    let assembly: Assembly
    let ledger: Ledger

    /// The same where the work is done and only has to be told: what keeps the file from being written is said beside it.
    func writeAside(for report: RunReport) -> String? {
        do {
            return try write(for: report)
        } catch {
            DiagnosticPrinter.print(
                error as? Diagnostic
                    ?? Diagnostic(
                        "REJECT-FILE", "the reject file cannot be written: \(error.localizedDescription)",
                        fix: "free space in the state folder; `tallyman show \(report.run.id)` writes it again"))
            return nil
        }
    }

    /// The numbers of a run's records that wait in the error queue.
    func waiting(of report: RunReport) throws -> [Int64] {
        guard report.tallies.contains(where: { $0.tally[.rejected] > 0 }) else { return [] }
        return try ledger.read { try $0.openErrorNumbers(run: report.run.id) }
    }

    /// The path, or `nil` where the run rejected nothing. Written anew each time it is asked for: the ledger is the truth.
    func write(for report: RunReport) throws -> String? {
        guard report.tallies.contains(where: { $0.tally[.rejected] > 0 }) else { return nil }
        let (errors, delivery) = try ledger.read { reader in
            (
                try reader.errors(in: nil, run: report.run.id, limit: .max),
                try report.run.delivery.flatMap { try reader.delivery($0) }
            )
        }
        guard let delivery, delivery.origin != .outbox else { return nil }
        let profile = try assembly.profile(of: try assembly.settings.flow(report.run.flow))
        let writer = RejectWriter(profile: profile)
        let folder = "\(assembly.settings.stateFolder)/rejects"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = "\(folder)/\(RejectFileName.of(run: report.run.id, flow: report.run.flow))"
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: attributes),
            let file = FileHandle(forWritingAtPath: path)
        else {
            throw Diagnostic("REJECT-FILE", "the reject file cannot be written", at: .init(file: path), fix: "check the folder's rights")
        }
        try file.write(contentsOf: writer.head(captions: try captions(of: delivery, profile)))
        for error in errors {
            guard let original = error.verdict.original, let reason = error.verdict.reason else { continue }
            try file.write(contentsOf: writer.row(original: original, line: error.verdict.origin.line, reason: reason))
        }
        try file.close()
        return path
    }

    /// The header as the file has it. A file that is no longer in the spool has none.
    private func captions(of delivery: Delivery, _ profile: Profile) throws -> [String] {
        let path = try assembly.spool().path(of: delivery.hash)
        let context = ReadContext(
            fileName: delivery.displayName, modified: delivery.modified, timeZone: assembly.settings.timeZone
        )
        return try profile.captions(of: FileByteSource(path: path), context: context)
    }
}
