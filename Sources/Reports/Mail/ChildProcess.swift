import Domain
import Glibc

/// A program that is fed through its standard input and listened to for a while. It leads a group of its own, so that it can be ended
/// with everything that it has started.
struct ChildProcess: ~Copyable {
    struct Ending {
        /// `nil` where a signal ended it.
        var status: Int32?
        /// The beginning of what it wrote to standard error.
        var said: [UInt8]
    }

    private let process: pid_t
    private var input: Int32
    private var errors: Int32

    /// `nil` where it cannot be started.
    init?(_ program: String, _ arguments: [String]) {
        var feeding: [Int32] = [-1, -1]
        var saying: [Int32] = [-1, -1]
        // Sockets, because both ends are closed in other children from the first moment on, and writing raises no signal.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &feeding) == 0 else { return nil }
        guard socketpair(AF_UNIX, kind, 0, &saying) == 0 else {
            for end in feeding { close(end) }
            return nil
        }
        let started = Self.spawn(program, arguments, input: feeding[0], errors: saying[1])
        close(feeding[0])
        close(saying[1])
        guard let started else {
            close(feeding[1])
            close(saying[0])
            return nil
        }
        process = started
        input = feeding[1]
        errors = saying[0]
        for descriptor in [input, errors] { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
    }

    private static func spawn(_ program: String, _ arguments: [String], input: Int32, errors: Int32) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        var all = sigset_t()
        var none = sigset_t()
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, program, &actions, &attributes, &words, environ)
        return code == 0 ? process : nil
    }

    /// Writes `content`, listens, and waits for the end. `nil` where the time is over: it was ended then.
    consuming func feed(_ content: [UInt8], within limit: Duration, keeping most: Int) -> Ending? {
        let end = Self.now() + limit
        var rest = content[...]
        var said: [UInt8] = []
        defer { for descriptor in [input, errors] where descriptor >= 0 { close(descriptor) } }
        while true {
            if rest.isEmpty, input >= 0 {
                close(input)
                input = -1
            }
            let isOver = Self.now() >= end
            if let status = reaped(end: isOver) {
                // What it said at last is in the pipe; a child of its own that still holds the other end is not waited for.
                if errors >= 0 { _ = Self.listen(errors, &said, most) }
                return isOver && status < 0 ? nil : Ending(status: status < 0 ? nil : status, said: said)
            }
            // Looked at every few milliseconds: nothing tells when a process ends without a descriptor of its own.
            var waits = [pollfd(fd: input, events: Int16(POLLOUT), revents: 0), pollfd(fd: errors, events: Int16(POLLIN), revents: 0)]
            _ = poll(&waits, 2, 10)
            if input >= 0, waits[0].revents != 0, !Self.write(input, &rest) { rest = [] }
            if errors >= 0, waits[1].revents != 0, !Self.listen(errors, &said, most) {
                close(errors)
                errors = -1
            }
        }
    }

    /// The status where it has ended, -1 where by a signal; `end` ends it with all that it has started.
    private func reaped(end: Bool) -> Int32? {
        var status: Int32 = 0
        var found = waitpid(process, &status, WNOHANG)
        if found == 0, end {
            kill(-process, SIGKILL)
            found = waitpid(process, &status, 0)
        }
        guard found != 0 else { return nil }
        return found == process && status & 0x7F == 0 ? (status >> 8) & 0xFF : -1
    }

    /// `false` where nobody reads any more.
    private static func write(_ descriptor: Int32, _ rest: inout ArraySlice<UInt8>) -> Bool {
        let count = rest.prefix(1 << 16).withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        let code = errno
        if count > 0 { rest = rest.dropFirst(count) }
        return count >= 0 || code == EAGAIN || code == EINTR
    }

    /// Everything is read, so that it can go on; the beginning is kept. `false` where no more comes.
    private static func listen(_ descriptor: Int32, _ said: inout [UInt8], _ most: Int) -> Bool {
        var window = [UInt8](repeating: 0, count: 1 << 14)
        // So much at a time: whoever talks without end does not keep us from looking at the clock.
        for _ in 0..<16 {
            let count = window.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return false }
            if count < 0 { return errno == EAGAIN || errno == EINTR }
            said += window[..<min(count, max(0, most - said.count))]
        }
        return true
    }

    private static func now() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
