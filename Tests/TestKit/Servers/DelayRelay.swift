import Foundation
import Glibc
import Synchronization

/// A TCP relay on the loopback that holds every byte for half a round trip: a server far away. It counts what passes by.
package final class DelayRelay: Sendable {
    package struct Passage: Sendable {
        package var connections = 0
        /// The most connections that were open at a time.
        package var mostAtOnce = 0
        /// Times that the server answered after the client had spoken, over all connections.
        package var roundTrips = 0
    }

    package let port: Int
    private let listener: Int32
    private let passage = Mutex(Passage())
    private let isStopped = Mutex(false)

    package init(to upstream: Int, roundTrip: Duration) {
        (listener, port) = LoopbackPort.listening()
        let (listener, weakly) = (listener, WeakRelay(self))
        let half = roundTrip / 2
        Thread.detachNewThread {
            var loop = RelayLoop(listener: listener, upstream: upstream, delay: half)
            while let seen = loop.turn() {
                guard let relay = weakly.relay else { break }
                relay.passage.withLock { passage in
                    passage.connections += seen.opened
                    passage.mostAtOnce = max(passage.mostAtOnce, loop.openLinks)
                    passage.roundTrips += seen.roundTrips
                }
            }
            loop.end()
        }
    }

    deinit { stop() }

    package var passed: Passage { passage.withLock { $0 } }

    /// Ends the relay and what passes through it.
    package func stop() {
        let isFirst = isStopped.withLock { stopped in
            defer { stopped = true }
            return !stopped
        }
        if isFirst { shutdown(listener, Int32(SHUT_RDWR)) }
    }

    /// The relay's thread must not keep it alive.
    private final class WeakRelay: Sendable {
        private struct Reference { weak var relay: DelayRelay? }
        private let reference: Mutex<Reference>
        init(_ relay: DelayRelay) { reference = Mutex(Reference(relay: relay)) }
        var relay: DelayRelay? { reference.withLock { $0.relay } }
    }
}

/// All connections of a relay, on one thread.
private struct RelayLoop {
    struct Seen {
        var opened = 0
        var roundTrips = 0
    }

    private struct Held {
        var due: ContinuousClock.Instant
        /// Empty: the side that spoke has ended.
        var bytes: [UInt8]
    }

    private struct Link {
        let client: Int32
        let server: Int32
        var held: [Int32: [Held]]
        var ended: Set<Int32> = []
        var spokeLast: Int32

        func opposite(_ socket: Int32) -> Int32 { socket == client ? server : client }
    }

    let listener: Int32
    let upstream: Int
    let delay: Duration
    private var links: [Link] = []

    init(listener: Int32, upstream: Int, delay: Duration) {
        (self.listener, self.upstream, self.delay) = (listener, upstream, delay)
    }

    var openLinks: Int { links.count }

    func end() {
        for link in links { end(link) }
        close(listener)
    }

    /// Waits for something to happen and carries it on; `nil` once the listener was shut.
    mutating func turn() -> Seen? {
        var waiting = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
        for link in links {
            for socket in [link.client, link.server] where !link.ended.contains(socket) {
                waiting.append(pollfd(fd: socket, events: Int16(POLLIN), revents: 0))
            }
        }
        poll(&waiting, nfds_t(waiting.count), patience())
        var seen = Seen()
        if waiting[0].revents != 0 {
            guard open() else { return nil }
            seen.opened = 1
        }
        for socket in waiting.dropFirst() where socket.revents != 0 { seen.roundTrips += listen(to: socket.fd) }
        deliver()
        return seen
    }

    /// Until the next byte is due, in milliseconds and never too short.
    private func patience() -> Int32 {
        let next = links.flatMap { $0.held.values.compactMap(\.first?.due) }.min()
        guard let next else { return -1 }
        let wait = next - .now
        return wait <= .zero ? 0 : Int32(wait.components.seconds * 1000 + wait.components.attoseconds / 1_000_000_000_000_000) + 1
    }

    private mutating func open() -> Bool {
        let client = ChildProcess.starting.withLock { _ in
            let client = accept(listener, nil, nil)
            _ = fcntl(client, F_SETFD, FD_CLOEXEC)
            return client
        }
        guard client >= 0 else { return false }
        guard let server = LoopbackPort.connect(upstream) else {
            close(client)
            return true
        }
        var on: Int32 = 1
        for socket in [client, server] { setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size)) }
        links.append(Link(client: client, server: server, held: [client: [], server: []], spokeLast: server))
        return true
    }

    /// Answers whether a round trip was completed by this.
    private mutating func listen(to socket: Int32) -> Int {
        guard let index = links.firstIndex(where: { $0.client == socket || $0.server == socket }) else { return 0 }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = max(recv(socket, &buffer, buffer.count, 0), 0)
        if count == 0 { links[index].ended.insert(socket) }
        links[index].held[socket]?.append(Held(due: .now + delay, bytes: Array(buffer[..<count])))
        let isAnswer = socket == links[index].server && links[index].spokeLast == links[index].client
        links[index].spokeLast = socket
        return isAnswer && count > 0 ? 1 : 0
    }

    private mutating func deliver() {
        let now = ContinuousClock.now
        var over: [Int] = []
        for index in links.indices {
            for socket in [links[index].client, links[index].server] {
                while let next = links[index].held[socket]?.first, next.due <= now {
                    links[index].held[socket]?.removeFirst()
                    let other = links[index].opposite(socket)
                    if next.bytes.isEmpty || !send(next.bytes, to: other) { over.append(index) }
                }
            }
        }
        for index in Set(over).sorted(by: >) { end(links.remove(at: index)) }
    }

    private func send(_ bytes: [UInt8], to socket: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private func end(_ link: Link) {
        close(link.client)
        close(link.server)
    }
}
