import Domain
import Endpoints
import Engine
import StateStore

/// What a restored ledger does not know of, or would not: files that came and files that left after the backup was written, from the ledger
/// that it replaces.
struct RestoreReport {
    let output: Output
    let spool: Spool

    /// - Parameters: the path of a ledger that was put aside, and of the restored one.
    func tell(replaced before: String, restored: String) {
        tell(restored: restored) { look in
            let ledger = try Ledger(path: before)
            defer { try? ledger.close() }
            return try ledger.read(look)
        }
    }

    /// - Parameters: the path of the ledger in use, of which nothing is changed, and of a copy of the backup.
    func tell(wouldReplace present: String, restored: String) {
        // Somebody waits for the answer, and no page does: a long ledger may take its time.
        tell(restored: restored) { try LedgerWindow(path: present, connections: 1, limit: .seconds(600)).read($0) }
    }

    private func tell(restored path: String, _ readBefore: ((LedgerReader) throws -> SinceBackup) throws -> SinceBackup) {
        let since: SinceBackup
        do {
            let ledger = try Ledger(path: path)
            defer { try? ledger.close() }
            since = try ledger.read { restored in try readBefore { try SinceBackup(before: $0, restored: restored) } }
        } catch {
            output.line("what came and left after the backup cannot be told: the ledger before cannot be read")
            output.line("files that were received and are unknown to the backup lie in \(spool.folder), named by their SHA-256")
            return
        }
        if !since.files.isEmpty {
            output.line("")
            output.line(
                "\(since.files.count) file\(since.files.count == 1 ? " was" : "s were") received after the backup was written; the backup does not know them."
            )
            output.line(
                "When the flows have run on the restored ledger, give them again in this order. What has been done already is not done twice.")
            for file in since.files { output.line("  \(command(for: file))") }
        }
        if !since.sent.isEmpty {
            output.line("")
            output.line(
                "\(since.sent.count) file\(since.sent.count == 1 ? "" : "s") left for the ERP after the backup was written; the backup would send what is in them again."
            )
            output.line("Hold the first run of their flows with `approve: always`, and compare it with these:")
            for file in since.sent {
                output.line(
                    "  \(file.flow): \(Escaped(file.name)), \(file.documents) document\(file.documents == 1 ? "" : "s"), \(ShopClock.told(file.packed))"
                )
            }
        }
    }

    private func command(for file: Delivery) -> String {
        guard (try? spool.provenPath(of: file.hash)) != nil else {
            let state = spool.size(of: file.hash) == nil ? "are not held any more" : "were damaged on the disk"
            return "# \(file.displayName) of \(Escaped(file.flow)): its bytes \(state); ask its sender for it"
        }
        // A name in no known encoding cannot be typed.
        let name = String(validating: file.name, as: UTF8.self).map { ["--name", $0.shellQuoted] } ?? []
        let parts = ["tallyman run", file.flow.shellQuoted, "--file", spool.path(of: file.hash).shellQuoted] + name
        return (parts + ["--written", file.modified.description]).joined(separator: " ")
    }
}
