import Domain
import Foundation
import Glibc

/// One socket with one library session on it: waits, deadlines and the orderly or hasty end. On the session's thread only.
///
/// The library runs in non-blocking mode and we wait with poll(2), because its own blocking mode counts whole seconds per
/// call and, after a stall, waits the full time again in every call of the clean-up.
final class SSHLink {
    let calls: LibSSH2Calls
    let session: LibSSH2Calls.Session
    let socket: Int32
    private let stop: SessionStop
    private let uptime: @Sendable () -> Duration
    /// Until when everything must have happened; `nil` once connected, when each call has `patience`.
    private var deadline: Duration?
    private let patience: Duration
    private let connecting: Duration
    private var sftp: LibSSH2Calls.SFTP?
    private let alive: KeepAlive
    private(set) var isUsable = true
    private(set) var isClosed = false

    /// Takes ownership of `socket`. The connecting deadline began at `began`.
    init(calls: LibSSH2Calls, socket: Int32, deadlines: SFTPSettings.Deadlines, began: Duration, timeline: Timeline, stop: SessionStop)
        throws(SSHFailure)
    {
        guard let session = calls.makeSession() else {
            stop.close(socket)
            throw .library(code: -6, text: "out of memory")
        }
        self.calls = calls
        self.session = session
        self.socket = socket
        self.stop = stop
        uptime = timeline.uptime
        alive = KeepAlive(calls: calls, session: session, uptime: timeline.uptime)
        deadline = began + deadlines.connect
        connecting = deadlines.connect
        patience = deadlines.idle
    }

    /// Ends everything. On a healthy link the server is told; on a lost one the socket goes first, so that nothing waits.
    /// Safe to repeat: a session whose reconnection failed is closed by its owner once more.
    func close() {
        if isClosed { return }
        isClosed = true
        alive.stop()
        if isUsable {
            // One round trip each at most; a server that does not answer by then is left.
            deadline = uptime() + .seconds(1)
            if let sftp { _ = try? complete { calls.stopSFTP(sftp) } }
            _ = try? complete { calls.disconnect(session) }
            if isUsable { _ = shutdown(socket, Int32(SHUT_RDWR)) }
        }
        isUsable = false
        for _ in 0..<64 where calls.free(session) != SSHCode.again { break }
        stop.close(socket)
    }

    /// The connecting deadline ends; from here each call has the idle deadline.
    /// - Parameter interval: how often a silent connection shows that it is alive.
    func becomeConnected(sftp: LibSSH2Calls.SFTP, keepingAliveEvery interval: Duration?, place: String) {
        self.sftp = sftp
        deadline = nil
        guard let interval else { return }
        // What stands between looks at packets, not at what is in them.
        var seconds = Int32(clamping: max(interval.components.seconds, 1))
        for option in [TCP_KEEPIDLE, TCP_KEEPINTVL] {
            setsockopt(socket, Int32(IPPROTO_TCP), option, &seconds, socklen_t(MemoryLayout<Int32>.size))
        }
        alive.start(every: interval, place: place)
    }

    // MARK: Calls

    enum Pace {
        /// The call as a whole must end within the idle deadline.
        case whole
        /// Any byte moved starts the idle deadline again: a long upload over a slow line is not a stall (F6).
        case progress
    }

    /// Repeats `call` until it is done.
    @discardableResult
    func complete(_ pace: Pace = .whole, _ call: () -> Int) throws(SSHFailure) -> Int {
        alive.turn.lock()
        defer {
            alive.noteUse()
            alive.turn.unlock()
        }
        var limit = deadline ?? uptime() + patience
        while true {
            guard isUsable else { throw gone() }
            let result = call()
            if result >= 0 { return result }
            if result == SSHCode.again {
                try wait(until: limit)
                if pace == .progress, deadline == nil { limit = uptime() + patience }
            } else {
                throw failure(result)
            }
        }
    }

    /// Sends a request whose answer is fetched later, by completing the same call, so that others travel beside it.
    /// - Returns: the answer where it is there already; `nil` where `complete` has to fetch it.
    func begin(_ call: () -> Int) throws(SSHFailure) -> Int? {
        alive.turn.lock()
        guard isUsable else {
            alive.turn.unlock()
            throw gone()
        }
        let result = call()
        let failed = result < 0 && result != SSHCode.again ? failure(result) : nil
        // A packet that is not wholly out would be taken for the next one's beginning.
        let isOut = calls.blockDirections(session) & 2 == 0
        alive.noteUse()
        alive.turn.unlock()
        if let failed { throw failed }
        if result >= 0 { return result }
        return isOut ? nil : try complete { call() }
    }

    /// Repeats `make` until it answers something.
    func obtain<Value>(_ make: () -> Value?) throws(SSHFailure) -> Value {
        alive.turn.lock()
        defer {
            alive.noteUse()
            alive.turn.unlock()
        }
        let limit = deadline ?? uptime() + patience
        while true {
            guard isUsable else { throw gone() }
            if let value = make() { return value }
            let (code, _) = calls.lastError(session)
            guard code == SSHCode.again else { throw failure(code) }
            try wait(until: limit)
        }
    }

    /// Gives up the connection: whatever blocks on it returns, and nothing is sent any more.
    func abandon() {
        isUsable = false
        _ = shutdown(socket, Int32(SHUT_RDWR))
    }

    /// - Returns: `false` where the other side has ended the connection meanwhile.
    func staySilent(for length: Duration) throws(SSHFailure) -> Bool {
        guard isUsable else { throw gone() }
        let wasKept = Silence.isKept(on: socket, for: length, uptime: uptime)
        if stop.isPulled {
            abandon()
            throw .cancelled
        }
        return wasKept
    }

    /// Calls of the library that are not waited for.
    func inTurn<Value>(_ body: () -> Value) -> Value { alive.turn.withLock(body) }

    /// The turn is let go of meanwhile: it is held exactly once by whoever waits.
    private func wait(until limit: Duration) throws(SSHFailure) {
        let directions = calls.blockDirections(session)
        var events: Int16 = 0
        if directions & 1 != 0 { events |= Int16(POLLIN) }
        if directions & 2 != 0 { events |= Int16(POLLOUT) }
        if events == 0 { events = Int16(POLLIN) }
        let remaining = limit - uptime()
        var descriptor = pollfd(fd: socket, events: events, revents: 0)
        alive.noteUse()
        alive.turn.unlock()
        let ready = remaining > .zero ? poll(&descriptor, 1, Int32(clamping: remaining.wholeMilliseconds + 1)) : 0
        alive.turn.lock()
        if ready > 0 || (ready < 0 && errno == EINTR) { return }
        abandon()
        if stop.isPulled { throw .cancelled }
        throw .silent(deadline == nil ? patience : connecting)
    }

    private func failure(_ code: Int) -> SSHFailure {
        if stop.isPulled {
            abandon()
            return .cancelled
        }
        if code == SSHCode.sftp {
            guard let sftp else { return lost(code) }
            let number = calls.status(sftp)
            let status = SFTPStatus(rawValue: number) ?? .failure
            // -31 without a status is the library's own complaint about a malformed answer.
            if status == .connectionLost || status == .noConnection || status == .ok { return lost(code) }
            return .refused(status, number: number)
        }
        switch code {
        case SSHCode.file, SSHCode.methodNone, SSHCode.authenticationFailed, SSHCode.publicKeyUnverified,
            SSHCode.keyFileAuthenticationFailed, SSHCode.methodNotSupported, SSHCode.bufferTooSmall,
            SSHCode.keyExchangeFailed:
            return .library(code: code, text: calls.lastError(session).text)
        default:
            return lost(code)
        }
    }

    private func lost(_ code: Int) -> SSHFailure {
        let text = calls.lastError(session).text
        abandon()
        return .lost(code: code, text: text)
    }

    private func gone() -> SSHFailure {
        stop.isPulled ? .cancelled : .lost(code: SSHCode.timeout, text: "the connection was given up before")
    }
}
