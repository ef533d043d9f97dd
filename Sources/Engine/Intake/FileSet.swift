import Domain
import Endpoints
import StateStore

/// Files that a manifest names, all of which are there.
struct FileSet: Sendable {
    /// One of its files that this flow takes.
    struct Member: Sendable {
        var set: Int64
        /// In the manifest, from 0: the order in which the files are applied.
        var place: Int
        var entry: Manifest.Entry
        var manifest: RemotePath
        var control: ControlInstance
    }

    /// The manifest's row in the ledger.
    var manifest: FileDrop
    var control: ControlInstance
    /// How many of its files this flow takes.
    var count: Int
    /// Stands for the manifest and these very files.
    var files: String
}

/// What reading a file of a set to its end has told.
struct SetProof: Sendable {
    /// `nil` where nobody counted.
    var records: Int?
    var moment: UTCInstant
}

/// A set after its files were fetched and read.
struct JudgedSet: Sendable {
    struct Part: Sendable {
        var task: IntakeStage.Task
        var spooled: SpooledFile
        var certainty: ReadingCertainty
    }

    enum Verdict: Sendable {
        case right(moment: UTCInstant)
        /// As they are, its files are not what the manifest says.
        case wrong([String])
        /// Not all of them came.
        case incomplete
    }

    var set: FileSet
    var parts: [Part]
    var verdict: Verdict
}

extension Manifest.Entry {
    /// What of the manifest's word a file does not keep, by its size.
    func objection(toSize found: RemoteFile) -> String? {
        guard let size, !found.gaps.contains(.size), found.size != size else { return nil }
        return "\(Escaped(name)) has \(found.size) bytes where \(size) are announced"
    }

    /// The same, by its bytes and what reading them has told.
    func objection(to file: SpooledFile, _ proof: SetProof) -> String? {
        if let size, file.size != size { return "\(Escaped(name)) has \(file.size) bytes where \(size) are announced" }
        if let hash, file.hash != hash { return "\(Escaped(name)) has another SHA-256 (\(file.hash.short)…) than is announced (\(hash.short)…)" }
        if let records, let found = proof.records, found != records {
            return "\(Escaped(name)) holds \(found) records where \(records) are announced"
        }
        return nil
    }

    /// What is kept with the file: whatever attempt plans it checks it again.
    var statement: Delivery.Claim.Statement { records.map { .records($0) } ?? hash.map { .hash($0) } ?? .done }
}
