import Domain
import Endpoints
import Foundation

/// A file given on the command line, taken into the spool like any other.
struct LocalFile {
    let path: String

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
            return Given(
                spooled: try spool.receive(file, at: remote, session: session), name: remote.name, modified: file.modified
            )
        }
    }
}
