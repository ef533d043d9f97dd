import Domain
import Glibc

/// Keyed rows on their way from file order to key order, in bounded memory: spread over parts by their key's fold, buffered,
/// and written to one unnamed temporary file when a buffer is full.
///
/// One part at a time is then read back, sorted and decided. All rows of a key, and of keys that Magento would merge, are
/// in the same part. The file has no name, so a crash leaves nothing behind.
struct RowSpill: ~Copyable {
    /// Five million rows make parts of five thousand; the buffers together take 2 MB.
    static let parts = 1024
    private static let bufferSize = 2 << 10

    private struct Block {
        var offset: Int64
        var length: Int
    }

    private let descriptor: Int32
    private var end: Int64 = 0
    private var buffers = [[UInt8]](repeating: [], count: parts)
    private var blocks = [[Block]](repeating: [], count: parts)

    init(folder: String) throws {
        var template = Array("\(folder)/spill.XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("opened", in: folder) }
        unlink(template)
    }

    deinit { close(descriptor) }

    mutating func append(_ rows: KeyedRows) throws {
        for row in rows.rows {
            let key = rows.bytes[row.key]
            let fold = KeyFold.of(key)
            let part = KeyFold.part(of: fold, parts: Self.parts)
            Self.encode(row, fold: fold, key: key, payload: rows.bytes[row.payload], into: &buffers[part])
            if buffers[part].count >= Self.bufferSize { try flush(part) }
        }
    }

    /// Reads one part back in the order of (fold, key, file).
    mutating func load(_ part: Int, into rows: inout SpilledRows) throws {
        rows.removeAll()
        for block in blocks[part] { try read(block, into: &rows.bytes) }
        rows.bytes.append(contentsOf: buffers[part])
        try rows.index()
    }

    private mutating func flush(_ part: Int) throws {
        let buffer = buffers[part]
        var written = 0
        while written < buffer.count {
            let count = buffer.withUnsafeBytes { bytes in
                pwrite(descriptor, bytes.baseAddress! + written, buffer.count - written, off_t(end) + off_t(written))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("written", in: "the working folder") }
            written += count
        }
        blocks[part].append(Block(offset: end, length: buffer.count))
        end += Int64(buffer.count)
        buffers[part].removeAll(keepingCapacity: true)
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

    @inline(__always)
    private static func encode(
        _ row: KeyedRows.Row, fold: Int64, key: ArraySlice<UInt8>, payload: ArraySlice<UInt8>, into bytes: inout [UInt8]
    ) {
        withUnsafeBytes(of: fold.littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(row.isSpoiled ? 1 : 0)
        ByteWriter.varint(UInt64(row.origin.number), into: &bytes)
        ByteWriter.varint(UInt64(row.origin.line), into: &bytes)
        ByteWriter.varint(UInt64(row.origin.offset), into: &bytes)
        ByteWriter.varint(UInt64(row.origin.length), into: &bytes)
        ByteWriter.nested(key, into: &bytes)
        ByteWriter.nested(payload, into: &bytes)
    }

    private static func failure(_ verb: String, in folder: String) -> Diagnostic {
        Diagnostic(
            "WORK-DISK", "a temporary file cannot be \(verb): \(String(cString: strerror(errno)))",
            at: Diagnostic.Location(file: folder),
            hint: "free space there, or point `state` at a disk with more; nothing was sent", kind: .transient
        )
    }
}
