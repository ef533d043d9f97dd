import Domain
import Endpoints
import StateStore

/// Sets of files: a manifest names them, and they are taken together or not at all.
extension IntakeStage {
    /// A manifest as a look at the folder found it.
    struct SetLook: Sendable {
        var file: RemoteFile
        /// `nil` where it was taken before, or cannot be used.
        var manifest: Manifest?
        var control: ControlInstance?
        var fault: Diagnostic?
        /// What is wrong with files of the set that are not this flow's.
        var objections: [String] = []
    }

    /// Whether a file is taken only with a manifest. One that a person mended and dropped back is named by none.
    func needsManifest(_ drop: FileDrop) -> Bool {
        guard pull.selection.manifest != nil else { return false }
        return pull.selection.rejectsOf.map { !RejectFileName.matches(drop.file.name, flow: $0) } ?? true
    }

    // MARK: Looking

    func lookAtSets(_ scan: FolderScan, _ session: any EndpointSession) throws -> [SetLook] {
        guard let rule = pull.selection.manifest else { return [] }
        return try scan.manifests.compactMap { listed in
            guard var file = try session.fillingGaps(of: listed, in: pull.folder, limit: Int64(Manifest.limit)) else { return nil }
            if file.gaps.contains(.time) { file.modified = timeline.now() }
            let known = try ledger.read { try $0.drop(flow: flow, folder: pull.folder, name: file.name) }
            let taken: [FileDrop.State] = [.processing, .done, .duplicate, .quarantined]
            if let known, taken.contains(known.state), known.file.size == file.size, known.file.modified == file.modified {
                return SetLook(file: file)
            }
            return try look(at: file, rule, scan, session)
        }
    }

    private func look(at file: RemoteFile, _ rule: ManifestRule, _ scan: FolderScan, _ session: any EndpointSession) throws -> SetLook? {
        var look = SetLook(file: file)
        do {
            guard let content = try session.content(of: RemotePath(folder: pull.folder, name: file.name), limit: Manifest.limit) else { return nil }
            let manifest = try Manifest(content, name: file.name, rule: rule)
            look.manifest = manifest
            look.control = ControlInstance(file, hash: ContentHash(of: content))
            let isWholeElsewhere = try ledger.read { try $0.isComplete(setOf: file, in: pull.folder, besides: flow) }
            let isOwnThere = manifest.entries.allSatisfy { entry in
                !pull.selection.takes(entry.name) || scan.selected.contains { $0.file.name == entry.name }
            }
            for entry in manifest.entries where !isWholeElsewhere && !pull.selection.takes(entry.name) {
                if let objection = try objection(to: entry, readsIt: isOwnThere && look.objections.isEmpty, session) {
                    look.objections.append(objection)
                }
            }
        } catch let refusal as Diagnostic where refusal.kind == .permanent { look.fault = refusal }
        return look
    }

    /// What is wrong with a file that another flow takes, or none.
    private func objection(to entry: Manifest.Entry, readsIt: Bool, _ session: any EndpointSession) throws -> String? {
        let path = RemotePath(folder: pull.folder, name: entry.name)
        guard let found = try session.stat(path) else { return "\(Escaped(entry.name)) is missing" }
        guard found.kind == .regular else { return "\(Escaped(entry.name)) is not a regular file" }
        if let objection = entry.objection(toSize: found) { return objection }
        guard readsIt, let hash = entry.hash, try session.look(at: path, for: hash, size: found.size) != .same else { return nil }
        return "\(Escaped(entry.name)) has another SHA-256 than is announced (\(hash.short)…)"
    }

    // MARK: Arranging

    /// Of the files that are finished, those whose sets are whole; the others wait, and it is written down for what.
    func arrange(
        _ looks: [SetLook], _ finished: [Task], _ unready: [FileDrop], _ look: ScanTime, _ caught: inout ScanResult, _ seen: inout Set<Int64>,
        _ writer: LedgerWriter
    ) throws -> [Task] {
        guard let rule = pull.selection.manifest else { return finished }
        var tasks: [Task] = []
        var candidates: [[UInt8]: Task] = [:]
        for task in finished {
            guard case .take = task.purpose, needsManifest(task.drop) else {
                tasks.append(task)
                continue
            }
            if task.drop.aside == nil || candidates[task.drop.file.name] == nil { candidates[task.drop.file.name] = task }
        }
        let growing = Set(unready.map(\.file.name))
        // A file that several manifests name is the newest one's; of older ones it may be another writing.
        var owners: [[UInt8]: RemoteFile] = [:]
        let newestFirst = looks.sorted { $0.file.isBefore($1.file) }.reversed()
        var judged: [(look: SetLook, drop: FileDrop, problems: [String])] = []
        for one in newestFirst {
            let entry = FolderScan.Entry(file: one.file, folder: pull.folder)
            let (drop, verdict, _) = try note(entry, FolderScan(), look, writer)
            seen.insert(drop.id)
            guard drop.state == .waiting else { continue }
            if let fault = one.fault {
                try refuse(drop, fault, &caught, writer)
                continue
            }
            guard let manifest = one.manifest else { continue }
            var problems = one.objections
            if case .waiting = verdict.verdict {
                problems.append("the manifest may still be growing")
                if case .unchanged(let wait) = pull.settle { caught.nextLook = max(caught.nextLook ?? .zero, wait) }
            }
            for entry in manifest.entries where pull.selection.takes(entry.name) {
                let name = Escaped(entry.name).description
                if let owner = owners[entry.name] {
                    problems.append("\(name) is named by the newer manifest \(Escaped(owner.name)) too")
                } else if let task = candidates[entry.name] {
                    if let objection = entry.objection(toSize: task.drop.file) { problems.append(objection) }
                } else {
                    problems.append(growing.contains(entry.name) ? "\(name) may still be growing" : "\(name) is missing")
                }
                owners[entry.name] = owners[entry.name] ?? one.file
            }
            judged.append((one, drop, problems))
        }
        var blocker: RemoteFile?
        for (one, drop, found) in judged.reversed() {
            guard let manifest = one.manifest, let control = one.control else { continue }
            let own = manifest.entries.enumerated().filter { pull.selection.takes($0.element.name) && owners[$0.element.name] == one.file }
            var problems = found
            if let blocker { problems.append("the set of \(Escaped(blocker.name)) comes before it") }
            let members = own.compactMap { place, entry in candidates[entry.name].map { (place: place, entry: entry, task: $0) } }
            let files = Self.fingerprint(control, members.map(\.task.drop.file))
            if problems.isEmpty, try writer.reader.refusedFiles(ofSet: drop.id) == files {
                problems.append(drop.rule ?? "its files are not what it says")
            }
            guard problems.isEmpty, !members.isEmpty else {
                if problems.isEmpty || manifest.entries.allSatisfy({ !pull.selection.takes($0.name) }) {
                    try writer.set(drop: drop.id, to: .done, rule: "it names no file of this flow")
                    continue
                }
                try hold(drop, members.map(\.task.drop), problems, rule, look, &caught, writer)
                if isInOrder { blocker = blocker ?? one.file }
                for member in members { candidates[member.entry.name] = nil }
                continue
            }
            for (place, entry, task) in members {
                var task = task
                task.member = FileSet.Member(
                    set: drop.id, place: place, entry: entry, manifest: RemotePath(folder: pull.folder, name: one.file.name), control: control)
                tasks.append(task)
                candidates[entry.name] = nil
            }
            caught.sets.append(FileSet(manifest: drop, control: control, count: members.count, files: files))
        }
        for task in candidates.values.sorted(by: { $0.drop.id < $1.drop.id }) {
            let reason = "no manifest names it"
            try writer.hold(drop: task.drop.id, because: reason, due: task.drop.firstSeen.adding(rule.deadline))
            caught.waiting.append("\(Escaped(task.drop.file.name)): \(reason)")
        }
        return tasks
    }

    private func hold(
        _ manifest: FileDrop, _ members: [FileDrop], _ problems: [String], _ rule: ManifestRule, _ look: ScanTime, _ caught: inout ScanResult,
        _ writer: LedgerWriter
    ) throws {
        let more = problems.count > 5 ? " and \(problems.count - 5) more" : ""
        let reason = problems.count == 1 ? problems[0] : problems.prefix(5).joined(separator: "; ") + more
        let due = manifest.firstSeen.adding(rule.deadline)
        let name = Escaped(manifest.file.name)
        try writer.hold(drop: manifest.id, because: reason, due: due)
        caught.waiting.append("\(name): its set waits: \(reason)")
        for member in members { try writer.hold(drop: member.id, because: "it waits for its set (\(name)): \(reason)", due: due) }
        guard due < look.wall, caught.trouble == nil else { return }
        caught.trouble = Diagnostic(
            "SET-INCOMPLETE", "the set of \(name) has been incomplete since \(manifest.firstSeen): \(reason)", at: .init(file: name.description),
            fix: "ask the sender for what is missing, or to take the manifest away; nothing of the set is applied before it is whole",
            kind: .transient)
    }

    private static func fingerprint(_ control: ControlInstance, _ files: [RemoteFile]) -> String {
        let texts = files.map { "\(Escaped($0.name)) \($0.size) \($0.modified.milliseconds) \($0.mark?.changed ?? 0)" }
        return ContentHash(of: Array(([control.hash.hex] + texts).joined(separator: "\n").utf8)).hex
    }

    // MARK: Receiving

    /// A sender who writes a manifest again means another set.
    func proveUnchanged(_ member: FileSet.Member, _ session: any EndpointSession) throws {
        guard let after = try session.stat(member.manifest), after.gaps.contains(.time) || member.control.isInstance(after) else {
            throw EndpointFault.changed(member.manifest, "it was written again")
        }
    }

    /// Reads the files of each set that came as their plans will read them, before anything of one is taken.
    func judge(_ sets: [FileSet], _ received: [Reception]) throws -> [JudgedSet] {
        try sets.map { set in
            let parts = received.compactMap { reception -> JudgedSet.Part? in
                guard case .member(let task, let spooled, let certainty) = reception, task.member?.set == set.manifest.id else { return nil }
                return JudgedSet.Part(task: task, spooled: spooled, certainty: certainty)
            }.sorted { ($0.task.member?.place ?? 0) < ($1.task.member?.place ?? 0) }
            guard parts.count == set.count else { return JudgedSet(set: set, parts: parts, verdict: .incomplete) }
            var wrong: [String] = []
            var moment: UTCInstant?
            for part in parts {
                // An end without a word meanwhile is held against the file.
                if isCareful { try ledger.write(as: lease) { try $0.takeInHand(drop: part.task.drop.id) } }
                do {
                    // Where a file's time is when it was written, that of a set is when its manifest was: a part may come late.
                    var file = part.task.drop.file
                    file.modified = set.manifest.file.modified
                    let proof = try prove(part.spooled, file)
                    moment = max(moment ?? proof.moment, proof.moment)
                    if let objection = part.task.member?.entry.objection(to: part.spooled, proof) { wrong.append(objection) }
                } catch let fault as Diagnostic where fault.blame.isFinal {
                    wrong.append("\(Escaped(part.task.drop.file.name)): \(fault.code): \(fault.summary)")
                }
                if isCareful { try ledger.write(as: lease) { try $0.layDown(drop: part.task.drop.id) } }
            }
            return JudgedSet(set: set, parts: parts, verdict: wrong.isEmpty ? moment.map { .right(moment: $0) } ?? .incomplete : .wrong(wrong))
        }
    }

    /// All of the set in one transaction, or none of it.
    func stage(_ judged: JudgedSet, _ caught: inout ScanResult, _ writer: LedgerWriter) throws {
        let manifest = judged.set.manifest
        let name = Escaped(manifest.file.name)
        switch judged.verdict {
        case .right(let moment):
            for part in judged.parts {
                let claim = part.task.member.map { Delivery.Claim(source: name.description, $0.entry.statement) }
                try stage(part.task.drop, part.spooled, part.certainty, claim.map { Control(claim: $0, instance: judged.set.control) }, writer)
                try writer.join(drop: part.task.drop.id, set: manifest.id)
            }
            return try writer.complete(set: manifest.id, moment: moment, control: judged.set.control)
        case .wrong(let problems):
            let refusal = Diagnostic(
                "SET-WRONG", "the set of \(name) is not what its manifest says: \(problems.prefix(5).joined(separator: "; "))",
                at: .init(file: name.description), fix: "ask the sender to send the set again, the manifest last; nothing of it is applied")
            for part in judged.parts { try writer.refuse(drop: part.task.drop.id, because: "\(refusal.code): \(refusal.summary)") }
            try refuse(manifest, refusal, &caught, writer)
            try writer.refuse(set: manifest.id, files: judged.set.files)
        case .incomplete:
            for part in judged.parts { try writer.set(drop: part.task.drop.id, to: .waiting) }
            caught.waiting.append("\(name): its set waits: a file of it could not be fetched")
        }
        for part in judged.parts { try forget(part.spooled, writer) }
    }

    /// Bytes that are nobody's: no delivery was made of them.
    func forget(_ spooled: SpooledFile, _ writer: LedgerWriter) throws {
        if try writer.reader.deliveries(hash: spooled.hash).isEmpty { try spool.remove(spooled.hash) }
    }
}

extension RemoteFile {
    func isBefore(_ other: RemoteFile) -> Bool {
        modified != other.modified ? modified < other.modified : name.lexicographicallyPrecedes(other.name)
    }
}
