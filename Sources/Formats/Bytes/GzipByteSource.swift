import CZlib
import Domain

/// A gzip file unpacked while it is read, for profiles that allow it (reliability F47, S9).
///
/// Two caps: no more than `maximumRatio` times the bytes that came in, and no more than `maximumLength` in all. Several
/// members one after another are one file. What is packed twice stays packed once, and is refused as such.
struct GzipByteSource: ByteSource {
    static let signature: [UInt8] = [0x1F, 0x8B]
    /// Unpacked bytes for each packed one, once there are some.
    static let maximumRatio = 100
    private static let ratioStart = 1 << 20

    private final class Stream {
        var state = z_stream()
        let input: UnsafeMutableBufferPointer<UInt8>

        /// `nil` where there is no memory.
        init?() {
            input = .allocate(capacity: 64 * 1024)
            input.initialize(repeating: 0)
            // 16 asks for gzip only, with the largest window.
            guard inflateInit2_(&state, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
        }

        deinit {
            inflateEnd(&state)
            input.deallocate()
        }
    }

    private var source: any ByteSource
    private let stream: Stream
    private let maximumLength: Int
    private let file: String
    private var packed = 0
    private var unpacked = 0
    private var isInsideMember = true
    private var isAtEnd = false

    /// Throws `MEMORY`.
    init(_ source: any ByteSource, maximumLength: Int, file: String) throws {
        guard let stream = Stream() else {
            throw Diagnostic("MEMORY", "there is no memory to unpack the file", fix: "try again later", kind: .transient)
        }
        self.source = source
        self.stream = stream
        self.maximumLength = maximumLength
        self.file = file
    }

    /// `source` unpacked if it is gzip, as it is otherwise. Throws what reading throws.
    static func unpackedIfGzip(_ source: some ByteSource, maximumLength: Int, file: String) throws -> any ByteSource {
        let (head, whole) = try PrefixedByteSource.peek(source, length: 2)
        return head == signature ? try GzipByteSource(whole, maximumLength: maximumLength, file: file) : whole
    }

    /// Throws `GZIP-CUT`, `GZIP-SYNTAX`, `GZIP-RATIO` and `GZIP-LENGTH`.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !isAtEnd, buffer.count > 0 else { return 0 }
        while true {
            if stream.state.avail_in == 0, try !fill() { return 0 }
            if !isInsideMember {
                guard inflateReset(&stream.state) == Z_OK else { throw syntax() }
                isInsideMember = true
            }
            let room = min(buffer.count, 1 << 24)
            stream.state.next_out = buffer.bindMemory(to: UInt8.self).baseAddress
            stream.state.avail_out = UInt32(room)
            let code = inflate(&stream.state, Z_NO_FLUSH)
            guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else { throw syntax() }
            if code == Z_STREAM_END { isInsideMember = false }
            let count = room - Int(stream.state.avail_out)
            unpacked += count
            try checkCaps()
            if count > 0 { return count }
        }
    }

    /// `false` at the end of a whole file.
    private mutating func fill() throws -> Bool {
        let count = try source.read(into: UnsafeMutableRawBufferPointer(stream.input))
        guard count == 0 else {
            packed += count
            stream.state.next_in = stream.input.baseAddress
            stream.state.avail_in = UInt32(count)
            return true
        }
        isAtEnd = true
        if !isInsideMember { return false }
        throw Diagnostic(
            "GZIP-CUT", "the packed file ends before its content does", at: .init(file: file),
            fix: "it was probably cut off: wait for the whole file, or ask the sender to send it again", kind: .transient)
    }

    private func checkCaps() throws {
        let fix = "ask the sender for smaller files; nothing of this one is applied"
        if unpacked > maximumLength {
            throw Diagnostic("GZIP-LENGTH", "the file unpacks to more than \(maximumLength) bytes", at: .init(file: file), fix: fix)
        }
        // What lies in the buffer was read but not yet unpacked.
        let used = packed - Int(stream.state.avail_in)
        if unpacked > Self.ratioStart, unpacked / max(1, used) > Self.maximumRatio {
            throw Diagnostic(
                "GZIP-RATIO", "the file unpacks to more than \(Self.maximumRatio) times its size, as only bombs do",
                at: .init(file: file), fix: fix)
        }
    }

    private func syntax() -> Diagnostic {
        Diagnostic(
            "GZIP-SYNTAX", "the packed file is damaged", at: .init(file: file),
            fix: "ask the sender to send it again; nothing of it is applied")
    }
}
