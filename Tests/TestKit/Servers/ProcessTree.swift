import Foundation
package import Glibc

/// The processes of this machine as a tree, from /proc.
package enum ProcessTree {
    package struct Entry {
        package var id: pid_t
        package var parent: pid_t
        package var command: String
    }

    /// Children before their own children; `root` itself left out.
    package static func descendants(of root: pid_t) -> [Entry] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        let all = names.compactMap { pid_t($0) }.compactMap(entry)
        var found: [Entry] = []
        var level = [root]
        while !level.isEmpty {
            let next = all.filter { level.contains($0.parent) }
            found += next
            level = next.map(\.id)
        }
        return found
    }

    private static func entry(_ id: pid_t) -> Entry? {
        // `pid (name) state parent …`; the name may hold anything but its last `)`.
        guard let stat = TemporaryFolder.content(of: "/proc/\(id)/stat"), let end = stat.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = stat[(end + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 1, let parent = pid_t(String(decoding: fields[1], as: UTF8.self)) else { return nil }
        let command = (TemporaryFolder.content(of: "/proc/\(id)/cmdline") ?? []).map { $0 == 0 ? UInt8(ascii: " ") : $0 }
        return Entry(id: id, parent: parent, command: String(decoding: command, as: UTF8.self))
    }
}
