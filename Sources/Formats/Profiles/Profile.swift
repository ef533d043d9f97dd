package import Domain

/// The description of one ERP file: how to read it, what its columns mean, what proves it complete.
///
/// Data, not code: three JSON files in `Schemas/profiles/<vendor>/<name>/`. A profile never knows whose shop it serves.
package struct Profile: Sendable {
    /// `sage50/stock`.
    package let name: String
    package let title: String
    package let version: Int
    /// How the file is built.
    package let format: Format
    package let encoding: TextEncoding
    package let dialect: CSVDialect
    /// `nil` where the profile leaves it to the entity.
    package let statedDuplicateKeys: DuplicateKeys?
    package let completeness: Completeness
    /// What the file's kind says about full or delta, where it always says the same.
    package let declaredMode: FileMode?
    let layout: Layout
    let header: HeaderRules
    let schema: TableSchema
    let mappings: [String: FieldMapping]
    let pivot: Pivot?
    /// Columns that every record must pass though no field takes them.
    let checkedColumns: [String]
    let numbers: NumberRules
    let overlap: ZoneRules.Overlap
    let eventTime: EventTimeSource?
    let sequence: SequenceSource?
    /// How the sender numbers its files, where it does.
    package let fileNumbers: FileNumberRule
    let modeCell: ModeCell?
    let zoneName: String?
    /// The encoding that `profile.json` names itself; `encoding` is the default where it names none.
    let statedEncoding: TextEncoding?
    /// Columns that say things about the file instead of a record.
    let modeColumn: ModeColumn?
    let countColumn: String?
    let structure: Structure
    /// `nil`: packed files are refused.
    let compression: Compression?
    /// Where `profile.json` says what, by key.
    let places: [String: Diagnostic.Location]
    /// Where the schemas lie that XML files are held against.
    let schemaFolder: String

    package enum Format: String, Sendable, CaseIterable {
        /// Cells with separators, one record per row.
        case csv
        case xml
        /// Cells with separators; the kind of a row stands in one of them.
        case tagged
        /// Columns by their place in the line.
        case fixed
        /// A JSON object in each line.
        case jsonl
    }

    /// Files of this profile may come packed.
    struct Compression: Sendable {
        /// The most that one file may hold, in bytes.
        var maximumLength: Int

        init(_ given: NodeReader) throws {
            var reader = given
            let kind = try reader.required("kind")
            guard kind == "gzip" else {
                throw Diagnostic(
                    "PROFILE-VALUE", "compression.kind cannot be '\(Escaped(kind))'", at: reader.location, fix: "only gzip is known")
            }
            maximumLength = try reader.integer("unpacked_bytes", in: 1024...(1 << 36)) ?? 1 << 30
            try reader.finish()
        }
    }

    /// What the entity does with several rows of one key; the reader only carries it.
    package enum DuplicateKeys: String, Sendable, CaseIterable { case last, first, sum, reject }

    /// What must be there before a file may be believed.
    package struct Completeness: Hashable, Sendable {
        /// The trailer must be there and its count must be right.
        package var needsTrailerCount = false
        /// The last line must end with a line end.
        package var needsFinalLineEnd = false
        /// `${name}.done` or `${stem}.ok`: the file that the sender writes last. The flow's `pull.done` must say the same.
        package var doneFile: String?
        /// Where the done file states the number of records; `nil` where no number in it is a count.
        package var doneCount: DoneCount?
    }

    /// Names of the entity fields that this profile can fill.
    package var mappedFields: [String] {
        (mappings.keys + (pivot?.fieldNames ?? [])).sorted()
    }

    /// What the file's own proof lacks, in words; empty where it is as complete as this profile asks.
    package func findings(_ proof: FileProof) -> [Diagnostic] {
        var findings: [Diagnostic] = []
        // Somebody took rows out of the sender's file and mended them: the sender's count does not count these.
        if completeness.needsTrailerCount, !proof.isRejectFile {
            if let claimed = proof.claimedRecords {
                if claimed != proof.records {
                    findings.append(
                        Diagnostic(
                            "FILE-COUNT",
                            "the trailer claims \(claimed) records, the file holds \(proof.records)",
                            fix: "ask the sender for the complete file; nothing of this one is applied"))
                }
            } else {
                findings.append(
                    Diagnostic(
                        "FILE-TRAILER-MISSING", "the file has no trailer with a record count",
                        fix: "it was probably cut off: wait for the whole file, or ask the sender to send it again",
                        kind: .transient))
            }
        }
        if completeness.needsFinalLineEnd, !proof.endsWithLineEnd {
            findings.append(
                Diagnostic(
                    "FILE-CUT", "the last line does not end with a line end",
                    fix: "it was probably cut off: wait for the whole file, or ask the sender to send it again",
                    kind: .transient))
        }
        return findings
    }

    /// Whether the sender's number of a file is read.
    package var numbersFiles: Bool { sequence != nil }
    /// Whether a file itself says if it is full or a delta.
    package var statesModeInFile: Bool { modeCell != nil || modeColumn != nil }
    /// The zone that local times of the file are of, where the profile says so itself.
    package var timeZone: String? { zoneName }

    /// Where `profile.json` says `key`; a key within a group is written `complete.done_file`.
    package func place(of key: String) -> Diagnostic.Location? { places[key] }
}
