import Domain
import Endpoints
import StateStore

extension IntakeStage {
    /// The newest finished file, as a preview takes it.
    struct Previewed: Sendable {
        var file: RemoteFile
        var spooled: SpooledFile
        /// What its done file says of it.
        var claim: Delivery.Claim?
    }

    /// Fetches the newest file that `look` would take, by the same rule for done files. Nothing is noted or moved; `waiting` are
    /// the files that are there and not announced. Of a set it is all files that are the flow's.
    func peek() async throws -> (newest: [Previewed], waiting: [String]) {
        try await pull.endpoint.withSession { session in
            if pull.selection.manifest != nil { return try peekSet(session) }
            var selected: [RemoteFile] = []
            var doneFiles: [[UInt8]: RemoteFile] = [:]
            try session.list(folder: pull.folder) { file in
                switch pull.selection.judge(file) {
                case .selected: selected.append(file)
                case .ignored(.doneFile): doneFiles[file.name] = file
                case .ignored: break
                }
            }
            var newest: (file: RemoteFile, announcement: RemoteFile?)?
            var waiting: [String] = []
            for listed in selected {
                guard var file = try session.fillingGaps(of: listed, in: pull.folder, limit: pull.maximumSize) else { continue }
                if file.gaps.contains(.time) { file.modified = timeline.now() }
                let announcement = try ledger.read { try self.announcement(of: file, in: pull.folder, doneFiles, $0) }
                if case .announced = pull.settle, announcement == nil {
                    waiting.append("\(Escaped(file.name)): waiting for its \(SettleVerdict.Cause.doneFile.rawValue)")
                } else if newest.map({ $0.file.modified < file.modified }) ?? true {
                    newest = (file, announcement)
                }
            }
            guard let newest else { return ([], waiting) }
            let control = try readControl(newest.announcement, of: newest.file, in: pull.folder, session)
            let spooled = try spool.receive(
                newest.file, at: RemotePath(folder: pull.folder, name: newest.file.name), limit: pull.maximumSize, session: session)
            try proveUnchanged(control, of: newest.file, in: pull.folder, session)
            return ([Previewed(file: newest.file, spooled: spooled, claim: control?.claim)], waiting)
        }
    }

    /// The newest set that is whole, by the same rule as `look`. What is wrong with it is thrown.
    private func peekSet(_ session: any EndpointSession) throws -> (newest: [Previewed], waiting: [String]) {
        var scan = FolderScan()
        try session.list(folder: pull.folder) { file in
            switch pull.selection.judge(file) {
            case .selected: scan.selected.append(FolderScan.Entry(file: file, folder: pull.folder))
            case .ignored(.manifest): scan.manifests.append(file)
            case .ignored: break
            }
        }
        var waiting: [String] = []
        let files = Dictionary(scan.selected.map { ($0.file.name, $0.file) }) { first, _ in first }
        var named: Set<[UInt8]> = []
        for look in try lookAtSets(scan, session).sorted(by: { $1.file.isBefore($0.file) }) {
            if let fault = look.fault { waiting.append("\(Escaped(look.file.name)): \(fault.code): \(fault.summary)") }
            guard let manifest = look.manifest, let control = look.control else { continue }
            let own = manifest.entries.filter { pull.selection.takes($0.name) }
            let problems =
                look.objections
                + own.compactMap { entry in
                    if named.contains(entry.name) { return "\(Escaped(entry.name)) is named by a newer manifest too" }
                    guard let file = files[entry.name] else { return "\(Escaped(entry.name)) is missing" }
                    return entry.objection(toSize: file)
                }
            named.formUnion(own.map(\.name))
            guard problems.isEmpty, !own.isEmpty else {
                if let first = problems.first { waiting.append("\(Escaped(look.file.name)): its set waits: \(first)") }
                continue
            }
            let previewed = try own.map { entry in try fetch(entry, files[entry.name], look.file, session) }
            let path = RemotePath(folder: pull.folder, name: look.file.name)
            guard let after = try session.stat(path), after.gaps.contains(.time) || control.isInstance(after) else {
                throw EndpointFault.changed(path, "it was written again")
            }
            return (previewed, waiting)
        }
        waiting += files.keys.filter { !named.contains($0) }.map { "\(Escaped($0)): no manifest names it" }.sorted()
        return ([], waiting)
    }

    private func fetch(
        _ entry: Manifest.Entry, _ listed: RemoteFile?, _ manifest: RemoteFile, _ session: any EndpointSession
    ) throws -> Previewed {
        let path = RemotePath(folder: pull.folder, name: entry.name)
        guard let listed, var file = try session.fillingGaps(of: listed, in: pull.folder, limit: pull.maximumSize) else {
            throw EndpointFault.changed(path, "it vanished before it was read")
        }
        if file.gaps.contains(.time) { file.modified = manifest.modified }
        let spooled = try spool.receive(file, at: path, limit: pull.maximumSize, session: session)
        let proof = try prove(spooled, file)
        if let objection = entry.objection(to: spooled, proof) {
            throw Diagnostic(
                "SET-WRONG", "the set of \(Escaped(manifest.name)) is not what its manifest says: \(objection)",
                at: .init(file: Escaped(manifest.name).description),
                fix: "ask the sender to send the set again, the manifest last; nothing of it is applied")
        }
        return Previewed(file: file, spooled: spooled, claim: Delivery.Claim(source: Escaped(manifest.name).description, entry.statement))
    }
}
