import Domain

/// A UTF-16 file as UTF-8, while streaming.
///
/// Lossless in both directions: a surrogate without its partner becomes its three-byte form, which strict UTF-8 refuses
/// later, record by record, and which `UTF16Form` turns back into the very bytes of the file.
struct UTF16Source: ByteSource {
    private var source: any ByteSource
    private let isBigEndian: Bool
    private let file: String
    private var pending: [UInt8] = []
    private var raw = [UInt8](repeating: 0, count: 32 * 1024)
    private var converted: [UInt8] = []
    private var taken = 0
    private var isAtEnd = false

    init(_ source: any ByteSource, encoding: TextEncoding, file: String) {
        self.source = source
        isBigEndian = encoding == .utf16BigEndian
        self.file = file
    }

    /// Throws `ENCODING-CUT` where the file ends inside a character's two bytes.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while taken == converted.count {
            if isAtEnd { return 0 }
            try convertMore()
        }
        let count = min(buffer.count, converted.count - taken)
        buffer.copyBytes(from: converted[taken..<taken + count])
        taken += count
        return count
    }

    private mutating func convertMore() throws {
        let count = try raw.withUnsafeMutableBytes { try source.read(into: $0) }
        converted.removeAll(keepingCapacity: true)
        taken = 0
        if count == 0 { isAtEnd = true }
        pending.append(contentsOf: raw[0..<count])
        var position = 0
        while let unit = unit(at: position) {
            if unit & 0xFC00 == 0xD800 {
                let next = self.unit(at: position + 2)
                if next == nil, !isAtEnd { break }
                if let next, next & 0xFC00 == 0xDC00 {
                    append(0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(next & 0x3FF)))
                    position += 4
                    continue
                }
            }
            append(UInt32(unit))
            position += 2
        }
        pending.removeFirst(position)
        if isAtEnd, !pending.isEmpty {
            throw Diagnostic(
                "ENCODING-CUT",
                "the file is UTF-16 and ends in the middle of a character",
                at: .init(file: file),
                fix: "the upload was probably cut off: wait for the whole file, or ask the sender to send it again"
            )
        }
    }

    private func unit(at position: Int) -> UInt16? {
        guard position + 1 < pending.count else { return nil }
        let first = UInt16(pending[position])
        let second = UInt16(pending[position + 1])
        return isBigEndian ? first << 8 | second : second << 8 | first
    }

    private mutating func append(_ code: UInt32) {
        switch code {
        case 0..<0x80: converted.append(UInt8(code))
        case 0x80..<0x800: converted += [0xC0 | UInt8(code >> 6), continuation(code)]
        case 0x800..<0x10000: converted += [0xE0 | UInt8(code >> 12), continuation(code >> 6), continuation(code)]
        default:
            converted += [
                0xF0 | UInt8(code >> 18), continuation(code >> 12), continuation(code >> 6), continuation(code),
            ]
        }
    }

    private func continuation(_ bits: UInt32) -> UInt8 { 0x80 | UInt8(bits & 0x3F) }
}
