import Domain
import Endpoints
import Engine
import StateStore

/// What the restored ledger does not know of: files that came and files that left after the backup was written, from the ledger before.
struct RestoreReport {
    let output: Output
    let spool: Spool

    /// - Parameters: paths of the ledger before and of the restored one.
    func tell(since before: String, restored: String) {
        let since: SinceBackup
        do {
            let (old, new) = (try Ledger(path: before), try Ledger(path: restored))
            defer {
                try? old.close()
                try? new.close()
            }
            since = try SinceBackup(before: old, restored: new)
        } catch {
            output.line("what came and left after the backup cannot be told: the ledger before cannot be read")
            output.line("files that were received and are unknown to this ledger lie in \(spool.folder), named by their SHA-256")
            return
        }
        if !since.files.isEmpty {
            output.line("")
            output.line(
                "\(since.files.count) file\(since.files.count == 1 ? " was" : "s were") received after the backup was written; this ledger does not know them."
            )
            output.line("When the flows have run, give them again in this order. What has been done already is not done twice.")
            for file in since.files { output.line("  \(command(for: file))") }
        }
        if !since.sent.isEmpty {
            output.line("")
            output.line(
                "\(since.sent.count) file\(since.sent.count == 1 ? "" : "s") left for the ERP after the backup was written; this ledger would send what is in them again."
            )
            output.line("Hold the first run of their flows with `approve: always`, and compare it with these:")
            for file in since.sent {
                output.line("  \(file.flow): \(Escaped(file.name)), \(file.documents) document\(file.documents == 1 ? "" : "s"), \(file.packed)")
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
