import Domain
import Endpoints
import StateStore

extension IntakeStage {
    /// What became of the remote files, and the first failure.
    struct Tidied: Sendable {
        var left: [Int64] = []
        /// No longer under their names.
        var removed: [Int64] = []
        /// Files of the sender that we hold and have not read, by where they are.
        var held: [(file: RemoteFile, path: RemotePath)] = []
        var trouble: Diagnostic?
    }

    /// Archives, deletes or leaves the remote files of finished deliveries. Safe to repeat; a failure never leads to a second
    /// reading, and where one file is refused the others are tidied all the same.
    func tidy(_ done: [(drop: FileDrop, hash: ContentHash)]) async throws -> Tidied {
        guard pull.after != .leave, !done.isEmpty else { return Tidied(left: done.map(\.drop.id)) }
        let worked = await pull.endpoint.guarded(by: lease).workThrough { _ in
            done
        } each: { item, session -> Tidied in
            do {
                return try tidy(item.drop, item.hash, session)
            } catch let diagnostic as Diagnostic where diagnostic.kind == .permanent {
                return Tidied(trouble: diagnostic)
            }
        }
        var tidied = worked.answers.reduce(into: Tidied()) { tidied, one in
            tidied.removed += one.removed
            tidied.held += one.held
            tidied.trouble = tidied.trouble ?? one.trouble
        }
        if let failure = worked.failure {
            guard let diagnostic = failure as? Diagnostic, !tidied.removed.isEmpty else { throw failure }
            tidied.trouble = diagnostic
        }
        return tidied
    }

    private func tidy(_ drop: FileDrop, _ hash: ContentHash, _ session: any EndpointSession) throws -> Tidied {
        let path = RemotePath(folder: drop.folder, name: drop.aside ?? drop.file.name)
        // Before the file: a sender who waits for the file to go announces the next one only then.
        let control = try setControlAside(of: drop, hash, at: path, session)
        let effect: AfterReading.Effect
        do {
            effect = try pull.after.perform(on: path, file: drop.file, hash: hash, certainty: drop.certainty, session: session)
        } catch {
            try? control?.putBack(session)
            throw error
        }
        switch effect {
        case .left, .deleted, .moved, .alreadyGone:
            try control?.remove(session)
            return Tidied(removed: [drop.id])
        case .replacedSince:
            try control?.putBack(session)
            return Tidied(removed: [drop.id])
        case .heldAside(var file, let place):
            try control?.putBack(session)
            file.name = drop.file.name
            return Tidied(removed: [drop.id], held: [(file, place)])
        }
    }

    /// The done file that announced the drop, out of the sender's reach; `nil` where none is there or it announces another file.
    private func setControlAside(
        of drop: FileDrop, _ hash: ContentHash, at path: RemotePath, _ session: any EndpointSession
    ) throws -> SetAsideControl? {
        guard let control = drop.control, drop.aside == nil, let name = pull.selection.doneFile?.announcement(of: drop.file.name) else {
            return nil
        }
        let done = RemotePath(folder: drop.folder, name: name)
        let aside = SetAsideName.name(for: name, of: drop.file, hash: hash).map { RemotePath(folder: drop.folder, name: $0) }
        // A file that is another one already has a done file of its own.
        let isReplaced = try session.stat(path).map { !$0.isInstance(of: drop.file) } ?? false
        if !isReplaced, let found = try session.stat(done), control.isInstance(found) {
            do { try session.rename(done, to: aside ?? done) } catch let refusal as Diagnostic
                where refusal.code == "TARGET-EXISTS" || refusal.code == "FILE-MISSING"
            {}
        }
        guard let aside, let held = try session.stat(aside) else { return nil }
        let taken = SetAsideControl(place: aside, original: done)
        guard !isReplaced, held.size == control.size, held.modified == control.modified,
            try session.look(at: aside, for: control.hash, size: control.size) == .same
        else {
            try taken.putBack(session)
            return nil
        }
        return taken
    }
}

private struct SetAsideControl {
    let place: RemotePath
    let original: RemotePath

    func remove(_ session: any EndpointSession) throws { try session.remove(place) }

    /// Where another one is in its place already, that one counts.
    func putBack(_ session: any EndpointSession) throws {
        do {
            try session.rename(place, to: original)
        } catch let refusal as Diagnostic where refusal.code == "TARGET-EXISTS" {
            try session.remove(place)
        }
    }
}
