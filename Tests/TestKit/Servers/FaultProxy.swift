import Foundation
import Glibc
import Synchronization

/// A TCP proxy on the loopback that harms what passes through it, one plan per connection.
package final class FaultProxy: Sendable {
    package enum Direction: Sendable { case fromClient, fromServer }

    package enum Fault: Sendable {
        case none
        /// Accepts and says nothing.
        case silent
        /// A reset after so many bytes.
        case reset(Direction, after: Int)
        /// A clean end after so many bytes.
        case finish(Direction, after: Int)
        /// Passes no more after so many bytes; the connection stays open.
        case stall(Direction, after: Int)
        /// At most so many bytes a second.
        case slow(Direction, bytesPerSecond: Int)
        /// Holds up each so-manyth piece in either direction for so long, as a line does that lost a packet.
        case holding(every: Int, milliseconds: UInt32)
        /// Inverts one bit of the byte at this place.
        case flip(Direction, at: Int)
        /// What the server says once the client has said so many bytes is dropped and the connection reset: done, and the answer lost.
        case loseAnswer(afterSaying: Int)
        /// Ends the connection once nothing has passed for so long, as a firewall or a load balancer does.
        case cuttingIdle(milliseconds: Int)
        /// What the client says is kept in `said`.
        case listen
        /// The same, and each of the server's words like this one is overwritten.
        case overwrite(String)

        fileprivate var isListening: Bool {
            switch self {
            case .listen, .overwrite: true
            case .none, .silent, .reset, .finish, .stall, .slow, .holding, .flip, .loseAnswer, .cuttingIdle: false
            }
        }
    }

    package let port: Int
    private let listener: Int32
    private let upstream: Int

    private struct State {
        var plans: [Fault]
        var connections = 0
        var open: Set<Int32> = []
        var cutsNextReply = false
        var isStopped = false
        var passed: (fromClient: Int, fromServer: Int) = (0, 0)
        var said: [UInt8] = []
    }

    private let state: Mutex<State>

    /// - Parameter plans: for the first connections, in order; later ones pass unharmed.
    package init(to upstream: Int, plans: [Fault] = []) {
        (listener, port) = LoopbackPort.listening()
        self.upstream = upstream
        state = Mutex(State(plans: plans))
        let (listener, weakly) = (listener, Weak(self))
        Thread.detachNewThread {
            while true {
                var waiting = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
                guard poll(&waiting, 1, -1) > 0, waiting.revents & Int16(POLLIN) != 0 else { return }
                let client = ChildProcess.starting.withLock { _ in
                    let client = accept(listener, nil, nil)
                    _ = fcntl(client, F_SETFD, FD_CLOEXEC)
                    return client
                }
                guard client >= 0, let proxy = weakly.proxy else { return }
                proxy.serve(client)
            }
        }
    }

    deinit { stop() }

    package var connectionCount: Int { state.withLock { $0.connections } }
    /// Bytes passed in each direction, over all connections.
    package var passed: (fromClient: Int, fromServer: Int) { state.withLock { $0.passed } }

    /// What clients said over connections that were listened to.
    package var said: String { state.withLock { String(decoding: $0.said, as: UTF8.self) } }

    /// The next bytes from the server are dropped and the connection they came on is cut: a reply is lost whose request
    /// was done. Later connections pass.
    package func cutNextReply() { state.withLock { $0.cutsNextReply = true } }

    package func stop() {
        let open = state.withLock { state -> Set<Int32>? in
            defer { state.isStopped = true }
            return state.isStopped ? nil : state.open
        }
        guard let open else { return }
        for socket in open { shutdown(socket, Int32(SHUT_RDWR)) }
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private func serve(_ client: Int32) {
        let plan = state.withLock { state -> Fault in
            state.connections += 1
            state.open.insert(client)
            return state.plans.isEmpty ? .none : state.plans.removeFirst()
        }
        if case .silent = plan { return }
        guard let server = LoopbackPort.connect(upstream) else {
            end([client])
            return
        }
        state.withLock { state in _ = state.open.insert(server) }
        let link = Link(client: client, server: server, plan: plan)
        Thread.detachNewThread { self.pump(link, .fromClient) }
        Thread.detachNewThread { self.pump(link, .fromServer) }
    }

    private final class Link: Sendable {
        let client: Int32
        let server: Int32
        let plan: Fault
        let pumping = Atomic(2)
        let isReset = Atomic(false)
        let saidByClient = Atomic(0)
        /// Milliseconds of uptime at which something passed last.
        let lastPassed = Atomic(FaultProxy.uptime())

        init(client: Int32, server: Int32, plan: Fault) {
            (self.client, self.server, self.plan) = (client, server, plan)
        }
    }

    private func pump(_ link: Link, _ direction: Direction) {
        let (source, sink) = direction == .fromClient ? (link.client, link.server) : (link.server, link.client)
        var passed = 0
        var pieces = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        pumping: while true {
            if case .cuttingIdle(let limit) = link.plan, !Self.comes(from: source, before: limit, link) {
                cut(link, .finish)
                break pumping
            }
            let count = recv(source, &buffer, Self.most(link.plan, direction, buffer.count), 0)
            guard count > 0 else { break }
            pieces += 1
            if case .holding(let every, let wait) = link.plan, pieces % every == 0 { usleep(wait * 1000) }
            switch direction {
            case .fromClient:
                link.saidByClient.add(count, ordering: .sequentiallyConsistent)
                if link.plan.isListening { state.withLock { $0.said += buffer[..<count] } }
            case .fromServer:
                if isAnswerLost(link) {
                    cut(link, .reset)
                    break pumping
                }
                if case .overwrite(let word) = link.plan { Self.overwrite(Array(word.utf8), in: &buffer, count) }
            }
            let step = Self.step(link.plan, direction, passed: passed, count: count)
            if let place = step.flipped { buffer[place] ^= 0x10 }
            guard send(buffer[..<step.count], to: sink) else { break }
            passed += step.count
            state.withLock { state in
                switch direction {
                case .fromClient: state.passed.fromClient += step.count
                case .fromServer: state.passed.fromServer += step.count
                }
            }
            if step.pause > 0 { usleep(step.pause) }
            switch step.end {
            case .none: continue
            case .stalled:
                // Goes on reading nothing until the client closes, which is POLLRDHUP.
                var ended = pollfd(fd: link.client, events: 0x2000, revents: 0)
                poll(&ended, 1, -1)
                break pumping
            case .ended(let ending):
                cut(link, ending)
                break pumping
            }
        }
        if !link.isReset.load(ordering: .acquiring) { shutdown(sink, Int32(SHUT_WR)) }
        if link.pumping.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { end([link.client, link.server]) }
    }

    /// How much is taken at a time: a slow line gives its bytes evenly, not in lumps.
    private static func most(_ plan: Fault, _ direction: Direction, _ room: Int) -> Int {
        if case .slow(direction, let rate) = plan { min(room, max(rate / 8, 1)) } else { room }
    }

    private static func uptime() -> Int {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return now.tv_sec * 1000 + now.tv_nsec / 1_000_000
    }

    /// `false` once nothing has passed in either direction for so long.
    private static func comes(from source: Int32, before limit: Int, _ link: Link) -> Bool {
        while true {
            let left = link.lastPassed.load(ordering: .acquiring) + limit - uptime()
            guard left > 0 else { return false }
            var waiting = pollfd(fd: source, events: Int16(POLLIN), revents: 0)
            if poll(&waiting, 1, Int32(left)) > 0 {
                link.lastPassed.store(uptime(), ordering: .releasing)
                return true
            }
        }
    }

    private func isAnswerLost(_ link: Link) -> Bool {
        if case .loseAnswer(let said) = link.plan, link.saidByClient.load(ordering: .sequentiallyConsistent) >= said { return true }
        return state.withLock { Self.take(&$0.cutsNextReply) }
    }

    /// The word keeps its length, so that nothing else moves.
    private static func overwrite(_ word: [UInt8], in buffer: inout [UInt8], _ count: Int) {
        for place in stride(from: 0, through: count - word.count, by: 1) where buffer[place...].starts(with: word) {
            buffer.replaceSubrange(place..<(place + word.count), with: repeatElement(UInt8(ascii: "X"), count: word.count))
        }
    }

    private enum Ending { case reset, finish }

    private enum After {
        case none, stalled
        case ended(Ending)
    }

    private static func step(_ plan: Fault, _ direction: Direction, passed: Int, count: Int)
        -> (count: Int, flipped: Int?, pause: UInt32, end: After)
    {
        switch plan {
        case .reset(direction, let limit) where passed + count >= limit: return (max(limit - passed, 0), nil, 0, .ended(.reset))
        case .finish(direction, let limit) where passed + count >= limit: return (max(limit - passed, 0), nil, 0, .ended(.finish))
        case .stall(direction, let limit) where passed + count >= limit: return (max(limit - passed, 0), nil, 0, .stalled)
        case .flip(direction, let place) where (passed..<(passed + count)).contains(place): return (count, place - passed, 0, .none)
        case .slow(direction, let rate): return (count, nil, UInt32(count * 1_000_000 / rate), .none)
        case .none, .silent, .reset, .finish, .stall, .flip, .slow, .holding, .loseAnswer, .cuttingIdle, .listen, .overwrite:
            return (count, nil, 0, .none)
        }
    }

    private func send(_ bytes: ArraySlice<UInt8>, to sink: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(sink, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Ends both sides for whoever is blocked on them; the sockets are closed by the last pump.
    private func cut(_ link: Link, _ ending: Ending) {
        shutdown(link.server, Int32(SHUT_RDWR))
        switch ending {
        case .finish:
            shutdown(link.client, Int32(SHUT_RDWR))
        case .reset:
            // Closing without lingering sends the reset; until then nothing but the local reader may notice.
            link.isReset.store(true, ordering: .releasing)
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(link.client, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
            shutdown(link.client, Int32(SHUT_RD))
        }
    }

    private func end(_ sockets: [Int32]) {
        for socket in sockets {
            state.withLock { state in
                state.open.remove(socket)
                close(socket)
            }
        }
    }

    private static func take(_ flag: inout Bool) -> Bool {
        defer { flag = false }
        return flag
    }

    /// The accepting thread must not keep the proxy alive.
    private final class Weak: Sendable {
        private let reference: Mutex<WeakReference>
        struct WeakReference { weak var proxy: FaultProxy? }
        init(_ proxy: FaultProxy) { reference = Mutex(WeakReference(proxy: proxy)) }
        var proxy: FaultProxy? { reference.withLock { $0.proxy } }
    }
}
