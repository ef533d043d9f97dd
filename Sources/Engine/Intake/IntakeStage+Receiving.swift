import Domain
import Endpoints
import StateStore

extension IntakeStage {
    enum Reception: Sendable {
        case held(FileDrop, SpooledFile, ReadingCertainty, Control?)
        /// Read again, and the same.
        case confirmed(FileDrop, ReadingCertainty)
        /// Read again, and another file: it was written within one tick of the other's time.
        case another(FileDrop, SpooledFile, ReadingCertainty, Control?)
        case changed(FileDrop)
        case refused(FileDrop, Diagnostic)
        /// A file of a set, held and as its manifest says; staged with all others of it or not at all.
        case member(Task, SpooledFile, ReadingCertainty)
    }

    /// A done file as it was read.
    struct Control: Sendable {
        var claim: Delivery.Claim
        var instance: ControlInstance
    }

    /// Fetches one file. An end without a word meanwhile is held against it; an error is not.
    func receive(_ task: Task, _ session: any EndpointSession, progress: (FlowEvent) -> Void) throws -> Reception {
        do {
            let reception = try fetch(task, session, progress: progress)
            try layDown(task)
            return reception
        } catch let error where error is Diagnostic || error is CancellationError {
            // That this cannot be written is told by what comes after.
            try? layDown(task)
            throw error
        }
    }

    /// Only where the next file must not be blamed for this one: otherwise what is staged is laid down with it.
    private func layDown(_ task: Task) throws {
        if isCareful { try ledger.write(as: lease) { try $0.layDown(drop: task.drop.id) } }
    }

    private func fetch(_ task: Task, _ session: any EndpointSession, progress: (FlowEvent) -> Void) throws -> Reception {
        let drop = task.drop
        progress(.downloading(file: Escaped(drop.file.name).description, bytes: drop.file.size))
        if case .take = task.purpose { try ledger.write(as: lease) { try $0.set(drop: drop.id, to: .downloading) } }
        let precision = session.capabilities.timestampPrecision
        let certainty = Observation(text: drop.observation)?.certainty(ofReadingAt: ScanTime(timeline), precision: precision) ?? .doubtful
        do {
            let control = try readControl(task.announcement, of: drop.file, in: drop.folder, session)
            let spooled = try spool.receive(drop.file, at: task.path, limit: pull.maximumSize, session: session)
            try proveUnchanged(control, of: drop.file, in: drop.folder, session)
            // Written over while it was read, it would be half of each: a second reading shows whether it was.
            if certainty == .doubtful, spooled.size <= Self.twiceReadSize,
                try session.look(at: task.path, for: spooled.hash, size: spooled.size) != .same
            {
                throw EndpointFault.changed(task.path, "a second reading found other bytes")
            }
            if let member = task.member {
                try proveUnchanged(member, session)
                return .member(task, spooled, certainty)
            }
            switch task.purpose {
            case .take: return .held(drop, spooled, certainty, control)
            case .compare(spooled.hash): return .confirmed(drop, certainty)
            case .compare: return .another(drop, spooled, certainty, control)
            }
        } catch let diagnostic as Diagnostic where diagnostic.code == "FILE-CHANGED" {
            return .changed(drop)
        } catch let diagnostic as Diagnostic where diagnostic.kind == .permanent && Self.concernsOneFile(diagnostic) {
            return .refused(drop, diagnostic)
        }
    }

    /// A doubtful file up to this size is read twice; a larger one waits until one reading is enough.
    static let twiceReadSize: Int64 = 1 << 20

    /// Whether other files of the folder can be taken all the same.
    private static func concernsOneFile(_ diagnostic: Diagnostic) -> Bool {
        ["FILE-", "PERMISSION-DENIED", "NAME-UNSAFE", "ENDPOINT-FAILED"].contains { diagnostic.code.hasPrefix($0) }
    }

    func readControl(
        _ announcement: RemoteFile?, of file: RemoteFile, in folder: String, _ session: any EndpointSession
    ) throws -> Control? {
        guard let found = announcement, let name = pull.selection.doneFile?.announcement(of: file.name) else { return nil }
        let path = RemotePath(folder: folder, name: name)
        let content: [UInt8]?
        do { content = try session.content(of: path, limit: ControlFile.limit) } catch let diagnostic as Diagnostic {
            guard diagnostic.code == "FILE-MISSING" else { throw diagnostic }
            content = nil
        }
        guard let content else { throw EndpointFault.changed(path, "it vanished before it was read") }
        return Control(
            claim: try ControlFile(
                name: String(decoding: name, as: UTF8.self), content: content, announces: String(decoding: file.name, as: UTF8.self),
                count: doneCount
            ).claim,
            instance: ControlInstance(found, hash: ContentHash(of: content))
        )
    }

    /// A sender who writes a file again announces it again: what was read is then not what was announced.
    func proveUnchanged(_ control: Control?, of file: RemoteFile, in folder: String, _ session: any EndpointSession) throws {
        guard let control, let name = pull.selection.doneFile?.announcement(of: file.name) else { return }
        let path = RemotePath(folder: folder, name: name)
        guard let after = try session.stat(path), control.instance.isInstance(after) else {
            throw EndpointFault.changed(path, "it was written again")
        }
    }

    /// Deliveries come into the ledger in the order of their files, in whatever order they arrived: of files of one moment
    /// the delivery's number decides which is applied last (fault F98). What an earlier attempt staged and did not begin comes first.
    func stage(_ received: [Reception], _ sets: [JudgedSet], after seen: ScanResult) throws -> ScanResult {
        try ledger.write(as: lease) { writer in
            var caught = seen
            for set in sets { try stage(set, &caught, writer) }
            for reception in received { try stage(reception, &caught, writer) }
            for drop in try writer.reader.drops(flow: flow, in: .staged) {
                guard let delivery = try drop.delivery.flatMap({ try writer.reader.delivery($0) }) else { continue }
                // All of them until they are put in order, which reads their names.
                if !isCareful { try writer.takeInHand(drop: drop.id) }
                caught.taken.append(ClaimedFile(drop: drop, delivery: delivery, isSuspect: isCareful))
            }
            return caught
        }
    }

    private func stage(_ reception: Reception, _ caught: inout ScanResult, _ writer: LedgerWriter) throws {
        switch reception {
        case .held(let drop, let spooled, let certainty, let control):
            try stage(drop, spooled, certainty, control, writer)
        case .another(let drop, let spooled, let certainty, let control):
            // The one that was read is no longer there.
            try writer.set(drop: drop.id, to: .removed)
            let new = try writer.addDrop(drop.file, flow: flow, folder: drop.folder, now: timeline.now(), observation: drop.observation)
            // The manifest that named the one named no other.
            guard !needsManifest(drop) else { return try forget(spooled, writer) }
            try stage(new, spooled, certainty, control, writer)
        case .confirmed(let drop, let certainty):
            try writer.setCertainty(certainty, of: drop.id, mark: drop.file.mark)
        case .changed(let drop):
            caught.waiting.append("\(Escaped(drop.file.name)): it changed while it was read")
            if !drop.state.isFinal { try writer.set(drop: drop.id, to: .waiting) }
        case .member: break
        case .refused(let drop, let diagnostic):
            if !drop.state.isFinal { try refuse(drop, diagnostic, &caught, writer) }
        }
    }

    @discardableResult
    func stage(
        _ drop: FileDrop, _ spooled: SpooledFile, _ certainty: ReadingCertainty, _ control: Control?, _ writer: LedgerWriter
    ) throws -> Delivery {
        let delivery = try writer.addDelivery(
            flow: flow, hash: spooled.hash, size: spooled.size, folder: drop.folder, name: drop.file.name,
            modified: drop.file.modified, received: try ProvenTime.stamp(timeline.now(), writer.reader), origin: .endpoint, claim: control?.claim
        )
        try writer.stage(drop: drop.id, as: delivery.id, certainty: certainty, control: control?.instance)
        return delivery
    }
}
