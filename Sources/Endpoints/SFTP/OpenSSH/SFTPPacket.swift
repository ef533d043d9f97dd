/// The packets of SFTP version 3 that we send and read.
enum SFTPPacket {
    enum Kind: UInt8 {
        case initialise = 1
        case version, open, close, read, write, lstat, fstat, setAttributes
        case openFolder = 11
        case readFolder, remove, makeFolder
        case rename = 18
        case status = 101
        case handle, data, names, attributes
        case extended = 200
        case extendedReply
    }

    /// The version we speak, which every server does.
    static let version: UInt32 = 3
    /// As OpenSSH bounds them in both directions. A server that says more cannot be trusted with our memory.
    static let longest = 256 << 10

    /// A packet with room for its length in front.
    static func request(_ kind: Kind, _ id: UInt32, room: Int = 64, _ fill: (inout [UInt8]) -> Void) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(9 + room)
        bytes.append(number: 0)
        bytes.append(kind.rawValue)
        bytes.append(number: id)
        fill(&bytes)
        let count = UInt32(bytes.count - 4)
        for index in 0..<4 { bytes[index] = UInt8(truncatingIfNeeded: count >> (24 - 8 * UInt32(index))) }
        return bytes
    }
}

extension [UInt8] {
    mutating func append(number: UInt32) {
        for shift in [24, 16, 8, 0] as [UInt32] { append(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    mutating func append(wide number: UInt64) {
        append(number: UInt32(truncatingIfNeeded: number >> 32))
        append(number: UInt32(truncatingIfNeeded: number))
    }

    mutating func append(text: some Collection<UInt8>) {
        append(number: UInt32(text.count))
        append(contentsOf: text)
    }
}

/// Takes a packet apart. Everything in it is the server's: each length is held against what is there.
struct SFTPReply {
    struct Malformed: Error {}

    private var rest: UnsafeRawBufferPointer

    /// - Parameter bytes: behind the packet's length; must live as long as this.
    init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

    var count: Int { rest.count }

    mutating func byte() throws(Malformed) -> UInt8 {
        guard let first = rest.first else { throw Malformed() }
        rest = UnsafeRawBufferPointer(rebasing: rest[1...])
        return first
    }

    mutating func number() throws(Malformed) -> UInt32 {
        guard rest.count >= 4 else { throw Malformed() }
        let number = UInt32(bigEndian: rest.loadUnaligned(as: UInt32.self))
        rest = UnsafeRawBufferPointer(rebasing: rest[4...])
        return number
    }

    mutating func wide() throws(Malformed) -> UInt64 { try UInt64(number()) << 32 | UInt64(number()) }

    mutating func text() throws(Malformed) -> UnsafeRawBufferPointer {
        let count = try Int(number())
        guard count <= rest.count else { throw Malformed() }
        defer { rest = UnsafeRawBufferPointer(rebasing: rest[count...]) }
        return UnsafeRawBufferPointer(rebasing: rest[..<count])
    }

    /// Each part may be left out (RFC draft 02, section 5); what is not for us is passed over.
    mutating func attributes() throws(Malformed) -> SFTPAttributes {
        let flags = try number()
        var attributes = SFTPAttributes()
        if flags & 1 != 0 { attributes.size = try wide() }
        if flags & 2 != 0 { _ = (try number(), try number()) }
        if flags & 4 != 0 { attributes.permissions = UInt(try number()) }
        if flags & 8 != 0 {
            _ = try number()
            attributes.modified = UInt(try number())
        }
        if flags & 0x8000_0000 != 0 {
            for _ in 0..<(try number()) { _ = (try text(), try text()) }
        }
        return attributes
    }

    mutating func entry() throws(Malformed) -> SFTPEntry {
        let name = Array(try text())
        let line = try text().first
        return SFTPEntry(name: name, attributes: try attributes(), line: line)
    }
}
