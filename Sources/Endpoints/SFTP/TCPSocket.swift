import Domain
import Glibc

/// A connected TCP socket within a deadline.
enum TCPSocket {
    /// Tries the addresses of `host` in turn. The caller owns the descriptor it returns, which `stop` watches already.
    /// - Throws: `ENDPOINT-NAME` or `ENDPOINT-CONNECT`, both transient; `CancellationError`.
    static func connect(host: String, port: Int, within limit: Duration, timeline: Timeline, stop: SessionStop, place: String) throws
        -> Int32
    {
        let deadline = timeline.uptime() + limit
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV
        var first: UnsafeMutablePointer<addrinfo>?
        let looked = getaddrinfo(host, String(port), &hints, &first)
        guard looked == 0, let addresses = first else {
            throw Diagnostic(
                "ENDPOINT-NAME",
                "\(place): the host name \(Escaped(host)) cannot be resolved: \(String(cString: gai_strerror(looked)))",
                fix: "Check the host in the settings and this machine's DNS; tried again at the next run",
                kind: .transient
            )
        }
        defer { freeaddrinfo(addresses) }
        var reason = "no address"
        for address in sequence(first: addresses, next: { $0.pointee.ai_next }) {
            try stop.check()
            let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            let descriptor = socket(address.pointee.ai_family, type, 0)
            guard descriptor >= 0 else { continue }
            stop.watch(descriptor)
            switch attempt(descriptor, address.pointee, deadline - timeline.uptime()) {
            case 0:
                var on: Int32 = 1
                setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
                setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, socklen_t(MemoryLayout<Int32>.size))
                return descriptor
            case let number:
                reason = number == ETIMEDOUT ? "no answer within \(limit.inSeconds)" : SystemError(number).text
                stop.close(descriptor)
            }
        }
        try stop.check()
        throw Diagnostic(
            "ENDPOINT-CONNECT",
            "\(place): could not connect to \(Escaped(host)) port \(port): \(reason)",
            fix: "Check that the server runs and that its firewall knows this machine's address; tried again at the next run",
            kind: .transient
        )
    }

    /// 0, or the `errno` of the failure.
    private static func attempt(_ descriptor: Int32, _ address: addrinfo, _ remaining: Duration) -> Int32 {
        if Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return 0 }
        guard errno == EINPROGRESS else { return errno }
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard remaining > .zero, poll(&waiting, 1, Int32(clamping: remaining.wholeMilliseconds + 1)) > 0 else {
            return ETIMEDOUT
        }
        var number: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &size)
        return number
    }
}
