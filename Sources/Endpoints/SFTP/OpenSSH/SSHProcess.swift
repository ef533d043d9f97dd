internal import CFileSystem
import Domain
import Glibc

/// A running `ssh`, spoken to over one socket, with what it says on its error output. On the session's thread only.
///
/// It is the leader of a process group of its own, so that whatever it started ends with it. It inherits no descriptor besides
/// the three it is given, and is fetched at every end: `close` leaves no process behind.
final class SSHProcess {
    private let id: pid_t
    private let socket: Int32
    private let errors: Int32
    private let stop: SessionStop
    private let uptime: @Sendable () -> Duration
    private let patience: Duration
    private let connecting: Duration
    /// Until when everything must have happened; `nil` once connected, when each call has `patience`.
    private var deadline: Duration?

    private(set) var report = SSHReport()
    private(set) var isUsable = true
    private(set) var isClosed = false

    private var outbox: [UInt8] = []
    private var sent = 0
    private let inbox: UnsafeMutableRawBufferPointer
    private var received = 0..<0
    private var errorsEnded = false

    /// - Parameters:
    ///   - began: when the connecting deadline began.
    /// - Throws: `SystemError` where the program cannot be started.
    init(
        _ arguments: [String], environment: [String], deadlines: SFTPSettings.Deadlines, began: Duration, timeline: Timeline,
        stop: SessionStop
    ) throws(SystemError) {
        let (ours, theirs) = try Self.pair()
        let errorPair: (Int32, Int32)
        do { errorPair = try Self.pair() } catch {
            Glibc.close(ours)
            Glibc.close(theirs)
            throw error
        }
        defer {
            Glibc.close(theirs)
            Glibc.close(errorPair.1)
        }
        do { id = try Self.start(arguments, environment, stream: theirs, errors: errorPair.1) } catch {
            Glibc.close(ours)
            Glibc.close(errorPair.0)
            throw error
        }
        socket = ours
        errors = errorPair.0
        self.stop = stop
        uptime = timeline.uptime
        deadline = began + deadlines.connect
        connecting = deadlines.connect
        patience = deadlines.idle
        // A whole packet and what came behind it.
        inbox = .allocate(byteCount: 2 * SFTPPacket.longest, alignment: 16)
        for descriptor in [socket, errors] { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
        stop.watch(socket)
    }

    deinit {
        close()
        inbox.deallocate()
    }

    /// The connecting deadline ends; from here each call has the idle deadline.
    func becomeConnected() { deadline = nil }

    /// When a call that begins now must have ended.
    var limit: Duration { deadline ?? uptime() + patience }
    var isConnecting: Bool { deadline != nil }

    /// Gives up the connection: nothing is sent any more.
    func abandon() {
        isUsable = false
        _ = shutdown(socket, Int32(SHUT_RDWR))
        if !isClosed { kill(-id, SIGKILL) }
    }

    /// Ends the program: a healthy one says goodbye to the server first, for which it has a second. Safe to repeat.
    func close() {
        if isClosed { return }
        if isUsable {
            isUsable = false
            _ = shutdown(socket, Int32(SHUT_WR))
            let until = uptime() + .seconds(1)
            while !errorsEnded, !stop.isPulled {
                let remaining = until - uptime()
                var waiting = pollfd(fd: errors, events: Int16(POLLIN), revents: 0)
                guard remaining > .zero, poll(&waiting, 1, Int32(clamping: remaining.wholeMilliseconds + 1)) > 0 else { break }
                hearErrors()
            }
        }
        isClosed = true
        kill(-id, SIGKILL)
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        hearErrors()
        stop.close(socket)
        Glibc.close(errors)
    }

    // MARK: Packets

    /// Bytes that are queued and not yet taken by the program.
    var unsent: Int { outbox.count - sent }

    /// Queues a packet; it travels while something is waited for.
    func send(_ packet: [UInt8]) { outbox += packet }

    func send(_ packet: [UInt8], _ content: UnsafeRawBufferPointer) {
        outbox += packet
        outbox += content
    }

    /// Hands each whole packet that is there to `take`, without its length. It lives during the call only.
    /// - Throws: `.lost` for one that is longer than any may be, and what `take` throws.
    func takePackets(_ take: (UnsafeRawBufferPointer) throws(SSHFailure) -> Void) throws(SSHFailure) {
        while received.count >= 4 {
            let length = Int(UInt32(bigEndian: inbox.loadUnaligned(fromByteOffset: received.lowerBound, as: UInt32.self)))
            guard (1...SFTPPacket.longest).contains(length) else {
                let start = Escaped(inbox[received].prefix(60), limit: 60)
                throw malformed("the server sent what is no SFTP packet: \(start)")
            }
            guard received.count >= 4 + length else { return }
            let start = received.lowerBound + 4
            received = (start + length)..<received.upperBound
            try take(UnsafeRawBufferPointer(rebasing: inbox[start..<(start + length)]))
        }
    }

    /// Sends and receives what it can, waiting until `limit` for the first byte to move.
    /// - Throws: `.silent` at the limit, `.lost` when the program has ended, `.cancelled`. The connection is given up then.
    func exchange(until limit: Duration) throws(SSHFailure) {
        guard isUsable else { throw stop.isPulled ? .cancelled : .lost(code: SSHCode.timeout, text: "the connection was given up before") }
        while true {
            let hasSent = try transmit()
            let hasReceived = try receive()
            if hasSent || hasReceived { return }
            var waiting = [pollfd(fd: socket, events: Int16(unsent > 0 ? POLLIN | POLLOUT : POLLIN), revents: 0)]
            if !errorsEnded { waiting.append(pollfd(fd: errors, events: Int16(POLLIN), revents: 0)) }
            let remaining = limit - uptime()
            let ready = remaining > .zero ? poll(&waiting, nfds_t(waiting.count), Int32(clamping: remaining.wholeMilliseconds + 1)) : 0
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else {
                abandon()
                if stop.isPulled { throw .cancelled }
                throw .silent(isConnecting ? connecting : patience)
            }
            if waiting.count > 1, waiting[1].revents != 0 { hearErrors() }
        }
    }

    /// - Returns: `false` where the program has ended meanwhile, which it does when the server ends the connection.
    func staySilent(for length: Duration) throws(SSHFailure) -> Bool {
        guard isUsable else { throw stop.isPulled ? .cancelled : .lost(code: SSHCode.timeout, text: "the connection was given up before") }
        let wasKept = Silence.isKept(on: socket, for: length, uptime: uptime)
        if stop.isPulled {
            abandon()
            throw .cancelled
        }
        return wasKept
    }

    /// Gives up a connection whose other end cannot be understood.
    func malformed(_ text: String) -> SSHFailure {
        abandon()
        return .lost(code: SSHCode.malformed, text: text)
    }

    private func transmit() throws(SSHFailure) -> Bool {
        guard unsent > 0 else { return false }
        let count = outbox.withUnsafeBytes { bytes in
            Glibc.send(socket, bytes.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
        }
        if count < 0 {
            if errno == EAGAIN || errno == EINTR { return false }
            throw ended()
        }
        sent += count
        if sent == outbox.count {
            outbox.removeAll(keepingCapacity: true)
            sent = 0
        } else if sent > 1 << 20 {
            outbox.removeFirst(sent)
            sent = 0
        }
        return count > 0
    }

    private func receive() throws(SSHFailure) -> Bool {
        if received.lowerBound > 0 {
            inbox.copyMemory(from: UnsafeRawBufferPointer(rebasing: inbox[received]))
            received = 0..<received.count
        }
        let room = UnsafeMutableRawBufferPointer(rebasing: inbox[received.upperBound...])
        let count = recv(socket, room.baseAddress, room.count, 0)
        if count < 0, errno == EAGAIN || errno == EINTR { return false }
        guard count > 0 else { throw ended() }
        received = received.lowerBound..<(received.upperBound + count)
        return true
    }

    /// The program has ended, and has said why.
    private func ended() -> SSHFailure {
        if stop.isPulled {
            abandon()
            return .cancelled
        }
        // Its last words are there before its end is, but for a program of its own that still holds the line.
        let until = uptime() + .seconds(1)
        while !errorsEnded {
            let remaining = until - uptime()
            var waiting = pollfd(fd: errors, events: Int16(POLLIN), revents: 0)
            guard remaining > .zero, poll(&waiting, 1, Int32(clamping: remaining.wholeMilliseconds + 1)) > 0 else { break }
            hearErrors()
        }
        abandon()
        return .lost(code: Self.receivingFailed, text: report.lastWords ?? "ssh ended")
    }

    /// The library's number for the same.
    private static let receivingFailed = -43

    private func hearErrors() {
        if errorsEnded { return }
        withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 1) { room in
            while true {
                let count = recv(errors, room.baseAddress, room.count, 0)
                if count > 0 {
                    report.hear(room[..<count])
                } else {
                    if count == 0 || (errno != EAGAIN && errno != EINTR) { errorsEnded = true }
                    return
                }
            }
        }
    }
}

// MARK: Starting

extension SSHProcess {
    private static func pair() throws(SystemError) -> (ours: Int32, theirs: Int32) {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw SystemError(errno) }
        return (ends[0], ends[1])
    }

    private static func start(_ arguments: [String], _ environment: [String], stream: Int32, errors: Int32) throws(SystemError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, stream, 0)
        posix_spawn_file_actions_adddup2(&actions, stream, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        _ = close_from(&actions, 3)
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        // A session of its own: no terminal from which it could ask anybody anything, and one group to end.
        let newSession: Int32 = 0x80
        posix_spawnattr_setflags(&attributes, Int16(Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF) | newSession))
        let words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        let variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for text in words + variables { free(text) } }
        var id: pid_t = 0
        let code = posix_spawnp(&id, arguments[0], &actions, &attributes, words, variables)
        guard code == 0 else { throw SystemError(code) }
        return id
    }
}
