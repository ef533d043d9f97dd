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
    /// the files that are there and not announced.
    func peek() async throws -> (newest: Previewed?, waiting: [String]) {
        try await pull.endpoint.withSession { session in
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
            guard let newest else { return (nil, waiting) }
            let control = try readControl(newest.announcement, of: newest.file, in: pull.folder, session)
            let spooled = try spool.receive(
                newest.file, at: RemotePath(folder: pull.folder, name: newest.file.name), limit: pull.maximumSize, session: session)
            try proveUnchanged(control, of: newest.file, in: pull.folder, session)
            return (Previewed(file: newest.file, spooled: spooled, claim: control?.claim), waiting)
        }
    }
}
