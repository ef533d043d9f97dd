/// The SHA-256 of a file's bytes, in lower-case hex: the name of a delivery.
package struct ContentHash: Hashable, Sendable, CustomStringConvertible {
    package let hex: String

    /// `nil` unless it is 64 lower-case hex digits.
    package init?(hex: String) {
        guard hex.utf8.count == 64, hex.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) }) else { return nil }
        self.hex = hex
    }

    package init(digest: some Sequence<UInt8>) { hex = Hex.string(digest) }

    package var description: String { hex }
    /// Enough to tell deliveries apart on a screen.
    package var short: String { String(hex.prefix(12)) }
}
