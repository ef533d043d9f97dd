import Domain
import Endpoints
import StateStore

/// Brings one consignment into the ERP's folder exactly once (reliability D3 to D5). Safe to stop anywhere and to call again:
/// each stage is written down before its effect, and what the stage leaves open is settled by looking.
struct PlaceStage {
    let ledger: Ledger
    let push: Push
    let spool: Spool
    let timeline: Timeline
    let lease: LeaseKeeper

    /// Looks, acts, looks again; a server that never shows what was done is not asked for ever.
    private static let mostSteps = 8

    /// How it came to stand there, for the books. Throws where it does not stand there, or that is not known.
    func place(_ consignment: Consignment) async throws -> String {
        guard case .moving(let stage) = consignment.state, stage != .placed else {
            throw Diagnostic(
                "RUN-NOT-HELD", "consignment \(consignment.sequence) is \(consignment.state.word) and cannot be sent",
                fix: "`tallyman show \(consignment.run)` tells how it stands")
        }
        let bytes = try spool.content(of: consignment.hash)
        let stageOfThis = self
        return try await push.endpoint.guarded(by: lease).withSession { session in
            try stageOfThis.place(consignment, from: stage, bytes, session)
        }
    }

    private func place(
        _ consignment: Consignment, from first: PlacementStage, _ bytes: [UInt8], _ session: any EndpointSession
    ) throws -> String {
        let names = PlacementNames(push, consignment)
        let final = names.final
        let temporary = names.temporary(lease.token)
        var stage = first
        var story = "renamed"
        if stage == .packed { try refuseAnswered(consignment, session) }
        // A rename that was begun under other settings is brought to its end.
        let renames = push.renames || stage == .renaming
        if renames, session.capabilities.renaming == .refused { throw renameless(consignment) }
        if !renames {
            story = try placeDirectly(consignment, &stage, bytes, final, session)
        } else {
            try takeFromEarlierHolder(consignment, names, &stage, session)
        }
        if renames, stage != .announcing {
            for count in 1... {
                let before = try session.look(at: temporary, for: consignment.hash, size: consignment.size)
                let after = try session.look(at: final, for: consignment.hash, size: consignment.size)
                var step = stage.next(temporary: before, final: after)
                guard count <= Self.mostSteps else { throw Self.restless(consignment) }
                switch step {
                case .conflict: throw Self.conflict(consignment, final)
                case .removeTemporary: try session.remove(temporary)
                case .put:
                    try advance(consignment, &stage, to: .sending)
                    if try put(bytes, at: temporary, session) == .taken {
                        // The whole file is gone: from here on both names gone means taken.
                        try advance(consignment, &stage, to: .renaming)
                    }
                    continue
                case .rename:
                    // The server may have stopped between link and unlink, and the ERP may have taken the file in between.
                    if stage == .renaming, try answer(to: consignment, session) != nil {
                        try session.remove(temporary)
                        story = "renamed, and answered already"
                        step = .settle(removingTemporary: false)
                        break
                    }
                    try advance(consignment, &stage, to: .renaming)
                    try session.rename(temporary, to: final)
                    continue
                case .settle(let removesTemporary):
                    // Written down first: were the ERP to take the file before the temporary name is gone, the two would look like
                    // a rename that never happened.
                    if removesTemporary { try advance(consignment, &stage, to: .announcing) }
                    if after == .absent { story = "renamed, and taken already" }
                    if first == .packed, count == 1 { story = "the very file stood there already" }
                }
                if case .settle = step { break }
            }
        }
        if renames, stage == .announcing { try session.remove(temporary) }
        if let done = push.done {
            try advance(consignment, &stage, to: .announcing)
            try announce(consignment, done.text(about: consignment.name), names, session)
        }
        return "\(final) \(story), \(consignment.size) bytes, SHA-256 \(consignment.hash.short)"
    }

    private enum Put { case stands, taken }

    private func put(_ bytes: [UInt8], at path: RemotePath, _ session: any EndpointSession) throws -> Put {
        do {
            try bytes.withUnsafeBytes { try session.put(path, $0) }
            return .stands
        } catch let taken as Diagnostic where taken.code == "FILE-TAKEN" {
            return .taken
        }
    }

    /// On a server that renames nothing a file grows under its final name, and only the done file says that it is complete: until that
    /// stands, nobody takes it, and what of it is there is ours.
    private func placeDirectly(
        _ consignment: Consignment, _ stage: inout PlacementStage, _ bytes: [UInt8], _ final: RemotePath, _ session: any EndpointSession
    ) throws -> String {
        let first = stage
        for _ in 1...Self.mostSteps {
            switch (try session.look(at: final, for: consignment.hash, size: consignment.size), stage) {
            case (.same, _):
                try advance(consignment, &stage, to: .announcing)
                return first == .packed && stage == first ? "the very file stood there already" : "written"
            case (.different, .sending): try session.remove(final)
            case (.different, _): throw Self.conflict(consignment, final)
            case (.absent, .packed), (.absent, .sending):
                try advance(consignment, &stage, to: .sending)
                if try put(bytes, at: final, session) == .taken { try advance(consignment, &stage, to: .announcing) }
            case (.absent, _):
                try advance(consignment, &stage, to: .announcing)
                return "written, and taken already"
            }
        }
        throw Self.restless(consignment)
    }

    /// Each holder of the flow has temporary names of its own, so that one which was paused and wakes up cannot put half a file of
    /// another's in the ERP's way. What an earlier holder has begun is brought to where it can do nothing more.
    private func takeFromEarlierHolder(
        _ consignment: Consignment, _ names: PlacementNames, _ stage: inout PlacementStage, _ session: any EndpointSession
    ) throws {
        guard stage != .packed, let earlier = consignment.token, earlier != lease.token else { return }
        let old = names.temporary(earlier)
        if stage == .renaming { stage = try settleRename(consignment, of: old, names, session) }
        try note(consignment, stage)
        for path in [old, names.reclaimed] + names.doneTemporaries(earlier) { try session.remove(path) }
    }

    /// Where the rename that an earlier holder was about to ask for has led, once it can lead nowhere else.
    private func settleRename(
        _ consignment: Consignment, of old: RemotePath, _ names: PlacementNames, _ session: any EndpointSession
    ) throws -> PlacementStage {
        func final() throws -> PlacedContent { try session.look(at: names.final, for: consignment.hash, size: consignment.size) }
        switch try final() {
        case .different: throw Self.conflict(consignment, names.final)
        case .same: return .announcing
        case .absent: break
        }
        guard try reclaim(old, as: names.reclaimed, session) else { return .renaming }
        // On a server that renames by linking the file may have come to stand there all the same, and may have been taken.
        if try final() == .same { return .announcing }
        return try answer(to: consignment, session) == nil ? .sending : .renaming
    }

    /// Takes the file away from under the rename that an earlier holder may still ask for: from then on that rename finds nothing.
    /// `false` where nothing is left to take: the rename was done.
    private func reclaim(_ old: RemotePath, as target: RemotePath, _ session: any EndpointSession) throws -> Bool {
        // An earlier attempt got as far as here.
        if try session.stat(target) != nil { return true }
        guard try session.stat(old) != nil else { return false }
        do {
            try session.rename(old, to: target)
            return true
        } catch let diagnostic as Diagnostic where diagnostic.code == "FILE-MISSING" {
            return try session.stat(target) != nil
        }
    }

    /// The intent, before the effect.
    private func advance(_ consignment: Consignment, _ stage: inout PlacementStage, to next: PlacementStage) throws {
        guard stage != next else { return }
        try note(consignment, next)
        stage = next
    }

    private func note(_ consignment: Consignment, _ stage: PlacementStage) throws {
        try ledger.write(as: lease) { writer in
            try writer.set(consignment: consignment.id, to: .moving(stage), token: lease.token)
        }
    }

    /// Writes the done file, unless the file it announces was taken: then it has been seen.
    private func announce(
        _ consignment: Consignment, _ name: String, _ names: PlacementNames, _ session: any EndpointSession
    ) throws {
        let content = Array("\(consignment.hash.hex)  \(consignment.name)\n".utf8)
        let spooled = try spool.hold(content)
        let done = RemotePath(folder: consignment.folder, name: name)
        let temporary = names.temporary(lease.token, of: name)
        for _ in 1...Self.mostSteps {
            switch try session.look(at: done, for: spooled.hash, size: spooled.size) {
            case .same: return try removeTemporary(temporary, session)
            case .different where !push.renames:
                // Half of ours: nobody else writes that name.
                try session.remove(done)
                continue
            case .different: throw Self.conflict(consignment, done)
            case .absent: break
            }
            guard try session.stat(names.final) != nil else { return try removeTemporary(temporary, session) }
            if !push.renames {
                _ = try put(content, at: done, session)
                continue
            }
            switch try session.look(at: temporary, for: spooled.hash, size: spooled.size) {
            case .absent: try content.withUnsafeBytes { try session.put(temporary, $0) }
            case .different: try session.remove(temporary)
            case .same: try session.rename(temporary, to: done)
            }
        }
        throw Self.restless(consignment)
    }

    private func removeTemporary(_ path: RemotePath, _ session: any EndpointSession) throws {
        // There is none, and the account may not be allowed to remove anything.
        if push.renames { try session.remove(path) }
    }

    /// An answer to a file that never left means that this ledger is older than the world: a restored backup (reliability D6).
    private func refuseAnswered(_ consignment: Consignment, _ session: any EndpointSession) throws {
        guard let path = try answer(to: consignment, session) else { return }
        throw Diagnostic(
            "CONSIGNMENT-ANSWERED", "the ERP has an answer to \(consignment.name) at \(path), which never left from here",
            fix: "was an old ledger restored? Compare the ERP's orders with `tallyman consignments`, then move the answer away")
    }

    /// Where the ERP's answer to the file stands; `nil` where there is none, or none is agreed.
    private func answer(to consignment: Consignment, _ session: any EndpointSession) throws -> RemotePath? {
        switch push.acknowledgement?.proof {
        case .file(let folder, let name), .echo(let folder, let name):
            let path = RemotePath(folder: folder, name: name.text(about: consignment.name))
            return try session.stat(path) == nil ? nil : path
        case .gone, nil: return nil
        }
    }

    private static func conflict(_ consignment: Consignment, _ path: RemotePath) -> Diagnostic {
        Diagnostic(
            "CONSIGNMENT-CONFLICT", "another file stands at \(path)",
            fix: "nothing was overwritten and nothing else is sent on this flow; find out whose it is, move it away, run the flow again")
    }

    /// Said before anything is put there: it would lie under its temporary name for ever.
    private func renameless(_ consignment: Consignment) -> Diagnostic {
        Diagnostic(
            "RENAME-REFUSED",
            "\(push.endpoint.name) renames nothing, as a probe has shown, and \(consignment.name) was to be put in place by a rename",
            fix: "write rename: none and done: NAME under push, and have the ERP wait for the done file; if the server has been mended, "
                + "`tallyman doctor` probes it again")
    }

    private static func restless(_ consignment: Consignment) -> Diagnostic {
        Diagnostic(
            "CONSIGNMENT-UNSETTLED", "the endpoint does not show what was done with \(consignment.name)",
            fix: "the next run looks again; nothing is sent twice", kind: .ambiguous)
    }
}
