import Foundation
import Glibc

/// Standard output and standard error: the only way to them.
///
/// Nobody may be listening any more, the disk behind them may be full, the caller may have closed them. None of that is the work's
/// business: what cannot be written is dropped, the work continues, and the exit code tells how that went. Nothing here traps,
/// throws, or ends the process.
enum StandardStream: Int32, Sendable {
    case output = 1
    case error = 2

    /// What is done about a reader that does not read: wait for it, as a pager wants; or only so long, and go without.
    enum Patience {
        case endless
        case atMost(milliseconds: Int32)
    }

    /// Writes text. `false` where not all of it arrived.
    @discardableResult
    func write(_ text: String, patience: Patience = .endless) -> Bool { write(Array(text.utf8), patience: patience) }

    @discardableResult
    func write(_ bytes: [UInt8], patience: Patience = .endless) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard isReady(patience) else { return false }
            // A pipe that is ready takes this much without waiting.
            let piece = rest.prefix(patience.pieceSize)
            let count = piece.withUnsafeBytes { Glibc.write(rawValue, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count == 0 || errno != EINTR && errno != EAGAIN {
                return false
            }
        }
        return true
    }

    /// Waits until something can be written, or it is clear that nothing can. A descriptor that the caller left in non-blocking mode is
    /// waited for here as well.
    private func isReady(_ patience: Patience) -> Bool {
        let limit: Int32 = if case .atMost(let milliseconds) = patience { milliseconds } else { -1 }
        while true {
            var look = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
            let count = poll(&look, 1, limit)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            return count > 0 && look.revents & Int16(POLLOUT) != 0
        }
    }

    /// To be called before anything is opened. A descriptor that the caller has closed would be given to the next file or
    /// connection, and what is said would be written into the ledger or to the shop. A reader that leaves is an error of the write, and
    /// not the end of the process; programs that we start have the signal as usual.
    static func prepare() {
        for number in 0...2 as ClosedRange<Int32> where fcntl(number, F_GETFD) < 0 && errno == EBADF {
            let opened = open("/dev/null", number == 0 ? O_RDONLY : O_WRONLY)
            if opened >= 0, opened != number {
                dup2(opened, number)
                close(opened)
            }
            if number == output.rawValue { isOutputClosed.set() }
        }
        signal(SIGPIPE) { _ in }
    }

    /// Whether the caller had closed standard output: whoever has nothing to do but to write there has failed then.
    static var wasOutputClosed: Bool { isOutputClosed.isSet }
    private static let isOutputClosed = Mark()

    /// All of standard input, up to `limit` bytes; `nil` where it cannot be read, or holds more.
    static func input(limit: Int) -> [UInt8]? {
        var content: [UInt8] = []
        var window = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = read(0, &window, window.count)
            if count == 0 { return content }
            if count < 0 {
                guard errno == EINTR else { return nil }
                continue
            }
            content += window[..<count]
            if content.count > limit { return nil }
        }
    }
}

extension StandardStream.Patience {
    fileprivate var pieceSize: Int {
        switch self {
        case .endless: 1 << 20
        case .atMost: 4096
        }
    }
}
