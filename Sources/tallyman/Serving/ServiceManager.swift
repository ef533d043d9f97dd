import Foundation
import Glibc

/// Tells systemd how the service is, over the datagram socket it names. Without one, says nothing.
struct ServiceManager: Sendable {
    enum State {
        case ready(status: String)
        /// The watchdog's food.
        case alive
        case reloading(uptime: Duration)
        case stopping
    }

    private let address: String?

    init(environment: [String: String]) { address = environment["NOTIFY_SOCKET"] }

    func tell(_ state: State) {
        switch state {
        case .ready(let status): send("READY=1\nSTATUS=\(status)")
        case .alive: send("WATCHDOG=1")
        case .reloading(let uptime):
            let microseconds = uptime.components.seconds * 1_000_000 + uptime.components.attoseconds / 1_000_000_000_000
            send("RELOADING=1\nMONOTONIC_USEC=\(microseconds)")
        case .stopping: send("STOPPING=1")
        }
    }

    /// A message that cannot be delivered is lost: the service works without anybody who listens.
    private func send(_ message: String) {
        guard let address, !address.isEmpty else { return }
        var name = Array(address.utf8)
        var place = sockaddr_un()
        place.sun_family = sa_family_t(AF_UNIX)
        // A name that begins with @ is one without a file.
        if name[0] == UInt8(ascii: "@") { name[0] = 0 }
        guard name.count < MemoryLayout.size(ofValue: place.sun_path) else { return }
        withUnsafeMutableBytes(of: &place.sun_path) { $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count + (name[0] == 0 ? 0 : 1))
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let bytes = Array(message.utf8)
        withUnsafePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { target in
                _ = sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), target, length)
            }
        }
    }
}
