import Endpoints
import StateStore

/// The names under which one consignment stands at the endpoint on its way. Temporary ones carry the token of the lease under which
/// they were made.
struct PlacementNames {
    private let workFolder: String
    private let name: String
    private let done: String?
    let final: RemotePath

    init(_ push: Push, _ consignment: Consignment) {
        workFolder = push.workFolder
        name = consignment.name
        done = push.done?.text(about: consignment.name)
        final = RemotePath(folder: consignment.folder, name: consignment.name)
    }

    func temporary(_ token: Int64) -> RemotePath { temporary(token, of: name) }

    func temporary(_ token: Int64, of name: String) -> RemotePath {
        RemotePath(folder: workFolder, name: "\(name).\(token).part")
    }

    func doneTemporaries(_ token: Int64) -> [RemotePath] { done.map { [temporary(token, of: $0)] } ?? [] }

    /// Where the file of an earlier holder goes, out of reach of its rename.
    var reclaimed: RemotePath { RemotePath(folder: workFolder, name: "\(name).old.part") }

    /// Whether `found` is a temporary name of this consignment by a holder before `token`.
    func isLeftover(_ found: [UInt8], before token: Int64) -> Bool {
        let text = String(decoding: found, as: UTF8.self)
        if text == "\(name).old.part" { return true }
        for base in [name, done].compactMap({ $0 }) where text.hasPrefix(base + ".") && text.hasSuffix(".part") {
            if let made = Int64(text.dropFirst(base.count + 1).dropLast(5)), made > 0, made < token { return true }
        }
        return false
    }
}
