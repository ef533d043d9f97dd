import Engine
import Foundation
import Synchronization

/// One line on the terminal that says what is going on; nothing at all where standard error is not a terminal.
final class ProgressLine: Sendable {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let lastRecords = Mutex(0)

    func show(_ event: FlowEvent) {
        guard isTerminal else { return }
        switch event {
        case .connecting(let endpoint): write("connecting to \(endpoint) …")
        case .downloading(let file, let bytes): write("fetching \(file), \(bytes) bytes …")
        case .observing(let entity): write("reading the shop's present \(entity) …")
        case .reading(let records):
            let isWorthShowing = lastRecords.withLock { last in
                guard records - last >= 50_000 || records < last else { return false }
                last = records
                return true
            }
            if isWorthShowing { write("reading: \(records) records …") }
        case .comparing(let entity): write("comparing \(entity) …")
        case .applying(let sent, let total): write("applying: \(Self.bar(sent, of: total)) \(sent) of \(total)")
        }
    }

    func show(_ text: String) {
        if isTerminal { write(text + " …") }
    }

    func clear() {
        if isTerminal { StandardStream.error.write("\r\u{1B}[K", patience: Self.patience) }
    }

    /// A terminal that was stopped must not stop the work.
    private static let patience = StandardStream.Patience.atMost(milliseconds: 0)

    private func write(_ text: String) { StandardStream.error.write("\r\u{1B}[K\(text)", patience: Self.patience) }

    private static func bar(_ done: Int, of total: Int) -> String {
        let width = 24
        let filled = total == 0 ? width : min(width, done * width / total)
        return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled) + "]"
    }
}
