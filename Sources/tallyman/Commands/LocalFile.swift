import Domain
import Endpoints
import Foundation

/// A file given on the command line, taken into the spool like any other.
struct LocalFile {
    let path: String
    /// What the sender called it; its name here unless given.
    var name: String?
    /// When the sender wrote it; the time of the file here unless given.
    var written: UTCInstant?

    struct Given {
        var spooled: SpooledFile
        var name: [UInt8]
        var modified: UTCInstant
    }

    func spool(into spool: Spool) async throws -> Given {
        let url = URL(fileURLWithPath: path).standardizedFileURL
        let folder = LocalSettings(root: url.deletingLastPathComponent().path)
        let remote = RemotePath(folder: "", name: url.lastPathComponent)
        return try await LocalDirectoryEndpoint(name: "command line", settings: folder).withSession { session in
            guard let file = try session.stat(remote) else {
                throw Diagnostic("FILE-MISSING", "there is no such file", at: .init(file: url.path), fix: "check the path")
            }
            let spooled = try spool.receive(file, at: remote, session: session)
            // `restore` gives files of the spool again: there the name says what the bytes were.
            let home = URL(fileURLWithPath: spool.folder).standardizedFileURL.path
            if url.deletingLastPathComponent().path == home, let hash = ContentHash(hex: url.lastPathComponent), hash != spooled.hash {
                throw Spool.damaged(hash, "its bytes are those of \(spooled.hash.short)", at: url.path)
            }
            return Given(
                spooled: spooled, name: name.map { Array($0.utf8) } ?? remote.name,
                modified: written ?? file.modified
            )
        }
    }
}
