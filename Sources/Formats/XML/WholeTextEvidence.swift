/// Whether all of a file's bytes would be valid UTF-8: a single-byte file of that kind was declared wrongly.
final class WholeTextEvidence {
    private var expected = 0
    private var isPossible = true
    private var characters = 0

    var contradiction: String? {
        guard isPossible, expected == 0, characters > 0 else { return nil }
        return "utf-8: all \(characters) special characters are valid UTF-8"
    }

    /// Nobody will ask.
    func dismiss() { isPossible = false }

    private func note(_ bytes: UnsafeRawBufferPointer) {
        guard isPossible else { return }
        for byte in bytes where byte >= 0x80 || expected > 0 {
            if expected > 0 {
                guard byte & 0xC0 == 0x80 else { return isPossible = false }
                expected -= 1
            } else {
                characters += 1
                switch byte {
                case 0xC2...0xDF: expected = 1
                case 0xE0...0xEF: expected = 2
                case 0xF0...0xF4: expected = 3
                default: return isPossible = false
                }
            }
        }
    }

    /// Passes everything on and takes note of it.
    struct Source: ByteSource {
        private var source: any ByteSource
        let evidence = WholeTextEvidence()

        init(_ source: any ByteSource) { self.source = source }

        mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            let count = try source.read(into: buffer)
            if evidence.isPossible { evidence.note(.init(rebasing: buffer[..<count])) }
            return count
        }
    }
}
