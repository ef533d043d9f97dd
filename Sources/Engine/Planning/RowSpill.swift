import Domain
import Glibc

/// Keyed rows on their way from file order to key order, in bounded memory: spread over parts by their key's key hash, buffered,
/// and written to one unnamed temporary file, many full buffers at a time.
///
/// One part at a time is then read back, sorted and decided. All rows of a key, and of keys that Magento would merge, are
/// in the same part. The file has no name, so a crash leaves nothing behind.
struct RowSpill: ~Copyable {
    /// Five million rows make parts of ten thousand; the buffers together take 2 MB.
    static let parts = 512
    private static let bufferSize = 4 << 10
    /// Full buffers stand here until there are enough for one large write: small ones that begin and end within pages cost more than twice as much.
    private static let stageSize = 256 << 10
    /// Of an encoded row, all but key and payload: key hash, mark, and six numbers of at most ten bytes.
    private static let headSize = 9 + 6 * 10

    private struct Block {
        var offset: Int64
        var length: Int
    }

    private let descriptor: Int32
    /// What the file holds, and what the stage holds of what comes behind it.
    private var end: Int64 = 0
    private var staged = 0
    private let stage = UnsafeMutableRawPointer.allocate(byteCount: stageSize, alignment: 4096)
    /// A buffer per part, side by side, and how much of each is filled.
    private let buffers = UnsafeMutableRawPointer.allocate(byteCount: parts * bufferSize, alignment: 16)
    private let filled = UnsafeMutablePointer<Int>.allocate(capacity: parts)
    private var blocks = [[Block]](repeating: [], count: parts)

    init(folder: String) throws {
        filled.initialize(repeating: 0, count: Self.parts)
        var template = Array("\(folder)/spill.XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw Self.failure("opened", in: folder) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unlink(template)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        stage.deallocate()
        buffers.deallocate()
        filled.deallocate()
    }

    mutating func append(_ rows: KeyedRows) throws {
        for row in rows.rows {
            let keyHash = rows.bytes.withUnsafeBytes { KeyHash.of(UnsafeRawBufferPointer(rebasing: $0[row.key])) }
            let part = KeyHash.part(of: keyHash, parts: Self.parts)
            let size = Self.headSize + row.key.count + row.payload.count
            if filled[part] + size > Self.bufferSize { try flush(part) }
            guard size <= Self.bufferSize else {
                try writeAlone(row, keyHash: keyHash, of: rows, part: part, size: size)
                continue
            }
            let end = rows.bytes.withUnsafeBytes { bytes in
                Self.encode(row, keyHash: keyHash, bytes, into: buffers + part * Self.bufferSize + filled[part])
            }
            filled[part] = end - (buffers + part * Self.bufferSize)
        }
    }

    /// A row that no buffer can take.
    private mutating func writeAlone(_ row: KeyedRows.Row, keyHash: Int64, of rows: KeyedRows, part: Int, size: Int) throws {
        let room = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        defer { room.deallocate() }
        let end = rows.bytes.withUnsafeBytes { Self.encode(row, keyHash: keyHash, $0, into: room) }
        try write(room, count: end - room, part: part)
    }

    /// Reads one part back in the order of (key hash, key, file).
    mutating func load(_ part: Int, into rows: inout SpilledRows) throws {
        rows.removeAll()
        try writeStage()
        for block in blocks[part] { try read(block, into: &rows.bytes) }
        rows.bytes.append(
            contentsOf: UnsafeRawBufferPointer(start: buffers + part * Self.bufferSize, count: filled[part])
        )
        try rows.index()
    }

    private mutating func flush(_ part: Int) throws {
        try write(buffers + part * Self.bufferSize, count: filled[part], part: part)
        filled[part] = 0
    }

    private mutating func write(_ start: UnsafeMutableRawPointer, count length: Int, part: Int) throws {
        guard length > 0 else { return }
        if staged + length > Self.stageSize { try writeStage() }
        blocks[part].append(Block(offset: end + Int64(staged), length: length))
        guard length <= Self.stageSize else { return try write(start, count: length) }
        (stage + staged).copyMemory(from: start, byteCount: length)
        staged += length
    }

    private mutating func writeStage() throws {
        let count = staged
        staged = 0
        try write(stage, count: count)
    }

    private mutating func write(_ start: UnsafeMutableRawPointer, count length: Int) throws {
        var written = 0
        while written < length {
            let count = pwrite(descriptor, start + written, length - written, off_t(end) + off_t(written))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("written", in: "the working folder") }
            written += count
        }
        end += Int64(length)
    }

    private func read(_ block: Block, into bytes: inout [UInt8]) throws {
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: block.length))
        var done = 0
        while done < block.length {
            let count = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress! + start + done, block.length - done, off_t(block.offset) + off_t(done))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("read", in: "the working folder") }
            done += count
        }
    }

    /// Writes a row at `target`, which has room for it, and answers where it ends.
    @inline(__always)
    private static func encode(
        _ row: KeyedRows.Row, keyHash: Int64, _ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        target.storeBytes(of: keyHash.littleEndian, as: Int64.self)
        target.storeBytes(of: row.isIncomplete ? 1 : 0, toByteOffset: 8, as: UInt8.self)
        var end = target + 9
        put(row.origin.number, at: &end)
        put(row.origin.line, at: &end)
        put(row.origin.offset, at: &end)
        put(row.origin.length, at: &end)
        put(bytes, row.key, at: &end)
        put(bytes, row.payload, at: &end)
        return end
    }

    @inline(__always)
    private static func put(_ number: Int, at end: inout UnsafeMutableRawPointer) {
        var rest = UInt64(number)
        while rest >= 0x80 {
            end.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
            end += 1
            rest >>= 7
        }
        end.storeBytes(of: UInt8(rest), as: UInt8.self)
        end += 1
    }

    @inline(__always)
    private static func put(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, at end: inout UnsafeMutableRawPointer) {
        put(range.count, at: &end)
        guard !range.isEmpty else { return }
        memcpy(end, bytes.baseAddress! + range.lowerBound, range.count)
        end += range.count
    }

    private static func failure(_ verb: String, in folder: String) -> Diagnostic {
        Diagnostic(
            "WORK-DISK", "a temporary file cannot be \(verb): \(String(cString: strerror(errno)))",
            at: Diagnostic.Location(file: folder),
            fix: "free space there, or point `state` at a disk with more; nothing was sent", kind: .transient
        )
    }
}
