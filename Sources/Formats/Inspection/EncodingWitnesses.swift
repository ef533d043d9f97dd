/// Collects the lines of a stream that are not ASCII, up to a limit: what tells the encoding of a long file may stand near its end.
struct EncodingWitnesses {
    private let limit: Int
    private var lines: [UInt8] = []
    private var line: [UInt8] = []
    private var isTelling = false

    /// Longer lines are cut here.
    private static let longestLine = 4096

    init(limit: Int) { self.limit = limit }

    mutating func look(at bytes: ArraySlice<UInt8>) {
        for byte in bytes {
            if byte == 0x0A || byte == 0x0D { close() } else { add(byte) }
        }
    }

    mutating func end() -> [UInt8] {
        close()
        return lines
    }

    private mutating func add(_ byte: UInt8) {
        // Not within a character of UTF-8, which has three further bytes at most.
        if line.count >= Self.longestLine, byte & 0xC0 != 0x80 || line.count > Self.longestLine + 3 { close() }
        line.append(byte)
        if byte >= 0x80 { isTelling = true }
    }

    private mutating func close() {
        if isTelling, lines.count + line.count < limit { lines += line + [0x0A] }
        line.removeAll(keepingCapacity: true)
        isTelling = false
    }
}
