import Glibc

/// A port of the loopback where nothing listens and nothing else can: connections are refused as long as this lives.
///
/// A port that was merely free a moment ago may be another test's server by now.
package final class RefusingPort: Sendable {
    package let number: Int
    private let socket: Int32

    package init() {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let held = socket
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                bind(held, raw, size) == 0 && getsockname(held, raw, &size) == 0
            }
        }
        precondition(bound, "the port cannot be held: \(String(cString: strerror(errno)))")
        number = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(socket) }
}
