import Domain
import Endpoints
import StateStore

/// What one listing of a flow's folder showed, as far as the flow is concerned.
struct FolderScan: Sendable {
    struct Entry: Sendable {
        /// Under the name its sender gave it.
        var file: RemoteFile
        var folder: String
        /// The private name it is under, where its own is taken.
        var aside: [UInt8]?
    }

    var selected: [Entry] = []
    var doneFiles: [[UInt8]: RemoteFile] = [:]
    var manifests: [RemoteFile] = []
    var trouble: Diagnostic?
    /// Names that are not what they seem to be meant for.
    var notes: [String] = []
    private var setAside: [(file: RemoteFile, original: [UInt8])] = []

    /// More than any folder of files has, and little enough to be held.
    static let mostEntries = 1_000_000
    static let mostBytes = 64 << 20
    static let longest = Duration.seconds(600)
}

extension IntakeStage {
    /// Every entry gets a verdict (reliability A4); only the selected ones are kept, so a folder of 50,000 others costs nothing.
    ///
    /// What is under a private name of ours and belongs to no file that is being settled was left by an attempt that ended in
    /// between, of this ledger or of one that was lost: it is put back, or read from where it is.
    /// - Throws: `FOLDER-ENDLESS` beyond the limits of `FolderScan`.
    func scan(_ session: any EndpointSession) throws -> FolderScan {
        var scan = FolderScan()
        let began = timeline.uptime()
        var (count, bytes) = (0, 0)
        try session.list(folder: pull.folder) { file in
            count += 1
            guard count <= FolderScan.mostEntries, bytes <= FolderScan.mostBytes, timeline.uptime() - began <= FolderScan.longest else {
                throw endless(count)
            }
            switch pull.selection.judge(file) {
            case .selected: scan.selected.append(FolderScan.Entry(file: file, folder: pull.folder))
            case .ignored(.doneFile): scan.doneFiles[file.name] = file
            case .ignored(.manifest): scan.manifests.append(file)
            case .ignored(.caseDiffers(let pattern)): scan.note(caseOf: file, pattern)
            case .ignored:
                guard let original = SetAsideName.original(of: file.name), [.regular, .unknown].contains(file.kind) else { return }
                scan.note(setAside: file, original)
            }
            bytes += file.name.count + 64
        }
        scan.noteTwins()
        try reclaim(&scan, session)
        try fillGaps(&scan, session)
        return scan
    }

    /// What the server did not say of a wanted file is found out; one file that cannot be read keeps no other from being taken.
    private func fillGaps(_ scan: inout FolderScan, _ session: any EndpointSession) throws {
        let entries = scan.selected
        scan.selected = []
        for entry in entries {
            var asked = entry.file
            asked.name = entry.aside ?? asked.name
            do {
                guard var file = try session.fillingGaps(of: asked, in: entry.folder, limit: pull.maximumSize) else { continue }
                file.name = entry.file.name
                scan.selected.append(FolderScan.Entry(file: file, folder: entry.folder, aside: entry.aside))
            } catch let refusal as Diagnostic where refusal.kind == .permanent {
                scan.trouble = scan.trouble ?? refusal
            }
        }
    }

    private func endless(_ count: Int) -> Diagnostic {
        Diagnostic(
            "FOLDER-ENDLESS", "the listing of \(Escaped(pull.folder)) at \(pull.endpoint.name) did not end after \(count) entries",
            at: .init(file: pull.folder), fix: "move old files out of the folder, or ask the server's owner; tried again at the next run"
        )
    }

    private func reclaim(_ scan: inout FolderScan, _ session: any EndpointSession) throws {
        let (processing, held) = try ledger.read { reader in
            (
                try reader.drops(settledIn: pull.folder),
                try reader.drops(flow: flow, in: .waiting).filter { $0.aside != nil }
            )
        }
        let beingSettled = Set(
            processing.flatMap { drop, hash in
                [drop.file.name, pull.selection.doneFile?.announcement(of: drop.file.name) ?? drop.file.name].compactMap {
                    SetAsideName.name(for: $0, of: drop.file, hash: hash)
                }
            } + processing.compactMap(\.drop.aside))
        for (file, original) in scan.takeSetAside() where !beingSettled.contains(file.name) {
            try reclaim(file, original, &scan, session)
        }
        // Some servers do not show what begins with a dot.
        for drop in held where !scan.selected.contains(where: { $0.aside == drop.aside }) {
            guard let aside = drop.aside, var file = try session.stat(RemotePath(folder: drop.folder, name: aside)) else { continue }
            file.name = drop.file.name
            scan.selected.append(FolderScan.Entry(file: file, folder: drop.folder, aside: aside))
        }
    }

    private func reclaim(_ file: RemoteFile, _ original: [UInt8], _ scan: inout FolderScan, _ session: any EndpointSession) throws {
        var named = file
        named.name = original
        let isAnnouncement = pull.selection.doneFile?.isAnnouncement(original) == true
        let isManifest = pull.selection.manifest?.isManifest(original) == true
        guard isAnnouncement || isManifest || pull.selection.judge(named) == .selected else { return }
        let (held, path) = (RemotePath(folder: pull.folder, name: file.name), RemotePath(folder: pull.folder, name: original))
        do {
            // Some listings do not say what a name stands for.
            guard try file.kind == .regular || session.stat(held)?.kind == .regular else { return }
            try session.rename(held, to: path)
            guard let back = try session.stat(path) else { return }
            if isManifest { return scan.manifests.append(back) }
            if isAnnouncement { scan.doneFiles[original] = back } else { scan.selected.append(FolderScan.Entry(file: back, folder: pull.folder)) }
        } catch let refusal as Diagnostic where refusal.code == "TARGET-EXISTS" {
            // The set of a manifest that is held was taken: it is settled where it is.
            guard !isManifest else { return }
            // A done file says nothing that the one in its place does not.
            guard !isAnnouncement else { return try session.remove(held) }
            scan.selected.append(FolderScan.Entry(file: named, folder: pull.folder, aside: file.name))
        } catch let refusal as Diagnostic where refusal.code == "FILE-MISSING" {
            return
        } catch let refusal as Diagnostic where refusal.kind == .permanent {
            scan.trouble = scan.trouble ?? refusal
        }
    }
}

extension FolderScan {
    fileprivate mutating func note(setAside file: RemoteFile, _ original: [UInt8]) { setAside.append((file, original)) }

    /// Many of one kind are one habit: the first ones tell it.
    private static let mostNotes = 10

    fileprivate mutating func note(caseOf file: RemoteFile, _ pattern: GlobPattern) {
        guard notes.count < Self.mostNotes else { return }
        notes.append(
            "\(Escaped(file.name)) is not taken: \(pattern) matches it but for the case of its letters; add a pattern to files if it is meant")
    }

    /// On many servers two such names are one file.
    fileprivate mutating func noteTwins() {
        var seen: [[UInt8]: [UInt8]] = [:]
        for entry in selected where notes.count < Self.mostNotes {
            let folded = entry.file.name.map { (65...90).contains($0) ? $0 | 0x20 : $0 }
            if let twin = seen.updateValue(entry.file.name, forKey: folded) {
                notes.append("\(Escaped(twin)) and \(Escaped(entry.file.name)) differ by the case of letters only; both are taken")
            }
        }
    }

    fileprivate mutating func takeSetAside() -> [(file: RemoteFile, original: [UInt8])] {
        defer { setAside = [] }
        return setAside
    }
}
