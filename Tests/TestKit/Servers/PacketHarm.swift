import Foundation
import Glibc

/// A real sshd with its own SFTP server, and between them somebody who harms one packet of the conversation.
package final class PacketHarm: Sendable {
    package enum Direction: String, Sendable, CaseIterable { case requests, answers }

    /// As `packets.py` describes them.
    package enum Kind: String, Sendable, CaseIterable {
        case cut, half, late, swapped, doubled, silent, length, kind, number, short
    }

    package static let isPresent = QuirkyServer.isPresent && FileManager.default.isExecutableFile(atPath: program)

    package let server: SSHServer
    private let orders: TemporaryFolder
    private static let program = "/usr/lib/openssh/sftp-server"
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("packets.py").path

    package init() throws {
        let orders = TemporaryFolder()
        chmod(orders.path, 0o755)
        orders.write("packets.py", TemporaryFolder.content(of: Self.script) ?? [])
        if SSHServer.isIsolated { chown(orders.path, 4711, 4711) }
        var options = SSHServer.Options()
        options.subsystem = { home, _ in "/usr/bin/python3 \(orders.path)/packets.py \(orders.path) \(Self.program) -d \(home.path)" }
        self.orders = orders
        server = try SSHServer(options)
    }

    /// The next session's packet of this number in this direction is harmed, once.
    package func order(_ kind: Kind, _ direction: Direction, _ number: Int) {
        unlink("\(orders.path)/struck")
        orders.write("harm", "\(direction.rawValue) \(number) \(kind.rawValue)\n".utf8)
    }

    /// Whether there was a packet of that number.
    package var hasStruck: Bool { access("\(orders.path)/struck", F_OK) == 0 }
}
