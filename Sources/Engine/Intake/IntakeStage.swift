import Domain
import Endpoints
import StateStore
import Synchronization

/// One look at a flow's folder: note every entry, take the files that are finished, leave the rest for the next look.
struct IntakeStage: Sendable {
    let ledger: Ledger
    let flow: String
    let pull: Pull
    let spool: Spool
    let timeline: Timeline
    let lease: LeaseKeeper

    /// A file that is now ours.
    struct Taken: Sendable {
        var drop: FileDrop
        var delivery: Delivery
        var controlFile: ControlFile?
    }

    struct Catch: Sendable {
        var taken: [Taken] = []
        /// Names that are there and not finished being written, with the reason.
        var waiting: [String] = []
        /// The longest time after which a waiting file may be finished; `nil` where only the sender knows.
        var nextLook: Duration?
    }

    func look(progress: @escaping @Sendable (FlowEvent) -> Void) async throws -> Catch {
        progress(.connecting(endpoint: pull.endpoint.name))
        let seen = Mutex(Catch())
        let received = await pull.endpoint.workThrough { session in
            let (settled, caught) = try settled(session)
            seen.withLock { $0 = caught }
            return settled
        } each: { drop, session in
            try receive(drop, session, progress: progress)
        }
        // What arrived is noted also where the look failed, so that nothing in the spool is unknown.
        let caught = try stage(received.answers, after: seen.withLock { $0 })
        if let failure = received.failure { throw failure }
        return caught
    }

    /// Notes what is in the folder. Answers the finished files in the order they are to be taken, and what is not finished.
    private func settled(_ session: any EndpointSession) throws -> ([FileDrop], Catch) {
        let look = Look(timeline)
        var caught = Catch()
        let (selected, names) = try list(session)
        var settled: [FileDrop] = []
        try ledger.write(as: lease) { writer in
            for file in selected {
                let doneFile = pull.selection.doneFile?.announcement(of: file.name)
                let announcement: Announcement = doneFile.map { names.contains($0) } == true ? .present : .absent
                var verdict = SettleVerdict.waiting(.steadiness)
                let drop = try writer.look(at: file, flow: flow, folder: pull.folder, now: look.wall) { earlier in
                    let judged = pull.settle.judge(
                        file, earlier: earlier.flatMap { Sighting(text: $0) }, announcement: announcement, at: look
                    )
                    verdict = judged.verdict
                    return judged.sighting.text
                }
                guard !drop.state.isFinal, drop.state != .processing else { continue }
                switch verdict {
                case .settled:
                    settled.append(drop)
                case .waiting(let cause):
                    caught.waiting.append("\(Escaped(file.name)): waiting for its \(cause.rawValue)")
                    if case .unchanged(let wait) = pull.settle { caught.nextLook = wait }
                }
            }
            _ = try writer.markVanished(flow: flow, folder: pull.folder, notSeenSince: look.wall)
        }
        // Files of one moment go by their names: times are coarse, and a listing has no order (fault F98).
        let ordered = settled.sorted { one, other in
            one.file.modified == other.file.modified
                ? one.file.name.lexicographicallyPrecedes(other.file.name) : one.file.modified < other.file.modified
        }
        return (ordered, caught)
    }

    /// Every entry gets a verdict (reliability A4); only the selected ones are kept, so a folder of 50,000 others costs nothing.
    private func list(_ session: any EndpointSession) throws -> (selected: [RemoteFile], doneFiles: Set<[UInt8]>) {
        var selected: [RemoteFile] = []
        var doneFiles: Set<[UInt8]> = []
        try session.list(folder: pull.folder) { file in
            switch pull.selection.judge(file) {
            case .selected: selected.append(file)
            case .ignored(.doneFile): doneFiles.insert(file.name)
            case .ignored: break
            }
        }
        return (selected, doneFiles)
    }

    private enum Reception: Sendable {
        case held(FileDrop, SpooledFile, ControlFile?)
        case changed(FileDrop)
    }

    private func receive(
        _ drop: FileDrop, _ session: any EndpointSession, progress: (FlowEvent) -> Void
    ) throws -> Reception {
        let path = RemotePath(folder: pull.folder, name: drop.file.name)
        progress(.downloading(file: Escaped(drop.file.name).description, bytes: drop.file.size))
        try ledger.write(as: lease) { try $0.set(drop: drop.id, to: .downloading) }
        do {
            let controlFile = try readControlFile(of: drop.file, session)
            return .held(drop, try spool.receive(drop.file, at: path, session: session), controlFile)
        } catch let diagnostic as Diagnostic where diagnostic.code == "FILE-CHANGED" {
            return .changed(drop)
        }
    }

    /// Deliveries come into the ledger in the order of their files, in whatever order they arrived: of files of one moment
    /// the delivery's number decides which is applied last (fault F98).
    private func stage(_ received: [Reception], after seen: Catch) throws -> Catch {
        if received.isEmpty { return seen }
        return try ledger.write(as: lease) { writer in
            var caught = seen
            for reception in received {
                switch reception {
                case .held(let drop, let spooled, let controlFile):
                    let delivery = try writer.addDelivery(
                        flow: flow, hash: spooled.hash, size: spooled.size, folder: drop.folder, name: drop.file.name,
                        modified: drop.file.modified, received: timeline.now(), origin: .endpoint
                    )
                    try writer.set(drop: drop.id, to: .staged, delivery: delivery.id)
                    caught.taken.append(Taken(drop: drop, delivery: delivery, controlFile: controlFile))
                case .changed(let drop):
                    caught.waiting.append("\(Escaped(drop.file.name)): it changed while it was read")
                    try writer.set(drop: drop.id, to: .waiting)
                }
            }
            return caught
        }
    }

    private func readControlFile(of file: RemoteFile, _ session: any EndpointSession) throws -> ControlFile? {
        guard let name = pull.selection.doneFile?.announcement(of: file.name) else { return nil }
        var content: [UInt8] = []
        try session.read(RemotePath(folder: pull.folder, name: name)) { bytes in
            if content.count < 4096 { content.append(contentsOf: bytes.prefix(4096)) }
        }
        return ControlFile(name: String(decoding: name, as: UTF8.self), content: content)
    }

    /// What was tidied away, and the first failure.
    struct Tidied: Sendable {
        var drops: [Int64] = []
        var trouble: Diagnostic?
    }

    /// Archives, deletes or leaves the remote files of finished deliveries. Safe to repeat; a failure never leads to a second
    /// reading, and where one file is refused the others are tidied all the same.
    func tidy(_ done: [(drop: FileDrop, hash: ContentHash)]) async throws -> Tidied {
        guard pull.after != .leave, !done.isEmpty else { return Tidied(drops: done.map(\.drop.id)) }
        let worked = await pull.endpoint.guarded(by: lease).workThrough { _ in done } each: { item, session -> Tidied in
            do {
                try tidy(item.drop, item.hash, session)
                return Tidied(drops: [item.drop.id])
            } catch let diagnostic as Diagnostic where diagnostic.kind == .permanent {
                return Tidied(trouble: diagnostic)
            }
        }
        if let failure = worked.failure { throw failure }
        return worked.answers.reduce(into: Tidied()) { tidied, one in
            tidied.drops += one.drops
            tidied.trouble = tidied.trouble ?? one.trouble
        }
    }

    private func tidy(_ drop: FileDrop, _ hash: ContentHash, _ session: any EndpointSession) throws {
        let path = RemotePath(folder: drop.folder, name: drop.file.name)
        _ = try pull.after.perform(on: path, file: drop.file, hash: hash, session: session)
        if let name = pull.selection.doneFile?.announcement(of: drop.file.name) {
            try session.remove(RemotePath(folder: drop.folder, name: name))
        }
    }
}
