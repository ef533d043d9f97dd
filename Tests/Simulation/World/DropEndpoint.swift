import Domain
import Endpoints

/// A process's way to the server: every call crosses the boundary, and some go wrong.
struct DropEndpoint: Endpoint {
    let name = "erp"
    let sessionLimit = 1
    let folder: DropFolder
    let process: SimulatedProcess

    func withSession<Result: Sendable>(
        _ body: @escaping @Sendable (any EndpointSession) throws -> Result
    ) async throws -> Result {
        try process.cross("endpoint.connect", .before)
        if folder.isDown { throw Diagnostic("ENDPOINT-CONNECT", "erp does not answer", fix: "wait", kind: .transient) }
        return try body(DropSession(folder: folder, process: process))
    }
}

private struct DropSession: EndpointSession {
    let folder: DropFolder
    let process: SimulatedProcess

    var capabilities: EndpointCapabilities {
        EndpointCapabilities(replacement: .swapped, flushing: .confirmed, timestampPrecision: .seconds(1))
    }

    private func around<Result>(_ name: String, _ effect: () throws -> Result) throws -> Result {
        try process.cross("endpoint.\(name)", .before)
        let result = try effect()
        try process.cross("endpoint.\(name)", .afterEffect)
        return result
    }

    private func text(_ path: RemotePath) -> String { "\(path.folder)/\(String(decoding: path.name, as: UTF8.self))" }

    /// - Parameter isListed: a look finds out what a listing leaves out of the kind, as the sessions of servers do.
    private func remote(_ path: String, _ entry: DropFolder.Entry, isListed: Bool = false) -> RemoteFile {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let silence = folder.silence
        var gaps: RemoteFile.Gaps = []
        if silence.leavesOutSizes { gaps.insert(.size) }
        return RemoteFile(
            name: Array(name.utf8), size: silence.leavesOutSizes ? -1 : Int64(entry.bytes.count),
            modified: UTCInstant(seconds: entry.modified),
            kind: isListed && silence.leavesOutKinds ? .unknown : .regular, gaps: gaps)
    }

    func list(folder name: String, _ visit: (RemoteFile) throws -> Void) throws {
        try around("list") {
            let prefix = name + "/"
            let there = folder.files.filter { $0.key.hasPrefix(prefix) && !$0.key.dropFirst(prefix.count).contains("/") }
            for (path, entry) in there.sorted(by: { $0.key < $1.key }) { try visit(remote(path, entry, isListed: true)) }
        }
    }

    func stat(_ path: RemotePath) throws -> RemoteFile? {
        try around("stat") { folder.files[text(path)].map { remote(text(path), $0) } }
    }

    func read(
        _ path: RemotePath, accept: (RemoteFile) throws -> Void, _ chunk: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> RemoteFile? {
        let path = text(path)
        try process.cross("endpoint.read", .before)
        guard let first = folder.files[path] else {
            throw Diagnostic("FILE-MISSING", "\(path) is not there (any more) at erp", fix: "list again", kind: .transient)
        }
        try accept(remote(path, first))
        // An open file is read on although its name may mean another one by now; one that is written over shows both.
        let half = first.bytes.count / 2
        try Array(first.bytes.prefix(half)).withUnsafeBytes(chunk)
        try process.cross("endpoint.read", .before)
        let then = folder.files[path]?.bytes ?? first.bytes
        try Array(then.dropFirst(half)).withUnsafeBytes(chunk)
        try process.cross("endpoint.read", .afterEffect)
        return folder.files[path].map { remote(path, $0) }
    }

    func put(_ path: RemotePath, _ bytes: UnsafeRawBufferPointer) throws {
        let (target, content) = (text(path), Array(bytes))
        try change("put", half: { folder.putPart(target, content) }) { try folder.put(target, content) }
    }

    func rename(_ path: RemotePath, to target: RemotePath) throws {
        let (from, to) = (text(path), text(target))
        try change("rename", half: { folder.linkOnly(from, to) }) { try folder.rename(from, to: to) }
    }

    func replace(_ path: RemotePath, with source: RemotePath) throws {
        let (to, from) = (text(path), text(source))
        try change("replace", half: {}) { try folder.replace(to, with: from) }
    }

    func remove(_ path: RemotePath) throws {
        let path = text(path)
        try change("remove", half: {}) { folder.remove(path) }
    }

    func makeFolder(_ folder: String) throws {}

    private func change(_ name: String, half: () -> Void, _ effect: () throws -> Void) throws {
        try process.cross("endpoint.\(name)", .before)
        switch folder.mishaps.isEmpty ? nil : folder.mishaps.removeFirst() {
        case nil: try effect()
        case .lostBefore: throw Diagnostic("ENDPOINT-LOST", "the connection ended", fix: "again", kind: .transient)
        case .answerLost:
            try effect()
            throw Diagnostic("ENDPOINT-LOST", "no answer came", fix: "look", kind: .ambiguous)
        case .bothNames:
            if name == "rename" { half() } else { try effect() }
            throw Diagnostic("ENDPOINT-LOST", "no answer came", fix: "look", kind: .ambiguous)
        case .diskFull:
            guard name == "put" else { throw Diagnostic("ENDPOINT-FAILED", "the disk is full", fix: "free space", kind: .transient) }
            half()
            throw Diagnostic("WRITE-FAILED", "the disk is full", fix: "free space", kind: .transient)
        case .denied: throw Diagnostic("PERMISSION-DENIED", "erp does not let us \(name)", fix: "ask for the right")
        }
        try process.cross("endpoint.\(name)", .afterEffect)
    }
}
