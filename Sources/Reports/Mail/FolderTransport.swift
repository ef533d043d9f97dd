import Domain
import Foundation
import Glibc

/// Writes mails into a folder, a file each, instead of sending them: for trying things out where there is no mail server.
package struct FolderTransport: MailTransport {
    private let folder: String

    package init(folder: String) { self.folder = folder }

    /// Files are numbered in the order of delivery and marked by the mail's content: one that is delivered twice is one file. It is there
    /// whole or not at all.
    package func deliver(_ content: [UInt8], from: MailAddress, to recipient: MailAddress) throws(MailFault) {
        let mark = String(StableHash.of(content + Array(recipient.text.utf8)), radix: 16)
        guard (try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)) != nil,
            let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
        else { throw MailFault(.transient, "the folder \(folder) cannot be made or read") }
        guard !names.contains(where: { $0.hasSuffix("-\(mark).eml") }) else { return }
        let last = names.compactMap { $0.hasSuffix(".eml") ? Int($0.prefix { $0.isNumber }) : nil }.max() ?? 0
        let number = String(last + 1)
        let path = "\(folder)/\(String(repeating: "0", count: max(0, 4 - number.count)))\(number)-\(mark).eml"
        let file = open("\(path).new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw MailFault(.transient, "\(path) cannot be written: \(String(cString: strerror(errno)))") }
        let isWritten = write(file, content, content.count) == content.count && fsync(file) == 0
        close(file)
        guard isWritten, rename("\(path).new", path) == 0 else { throw MailFault(.transient, "\(path) cannot be written") }
    }
}
