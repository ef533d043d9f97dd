import Glibc

/// An open file or folder of this machine, closed at the end of its life.
struct Descriptor: ~Copyable {
    let number: Int32

    /// Takes ownership of `number`.
    init(owning number: Int32) { self.number = number }

    deinit { _ = close(number) }

    /// - Throws: `SystemError` with the call's `errno`.
    static func open(_ path: [UInt8], in folder: Int32, flags: Int32, mode: mode_t = 0) throws(SystemError) -> Descriptor {
        while true {
            let number = path.asCString { openat(folder, $0, flags | O_CLOEXEC | O_NOFOLLOW, mode) }
            if number >= 0 { return Descriptor(owning: number) }
            if errno != EINTR { throw SystemError(errno) }
        }
    }

    func status() throws(SystemError) -> stat {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw SystemError(errno) }
        return status
    }

    /// Flushes to the disk. A failure is final for this file: the kernel reports it once and forgets it (reliability G5).
    func flush() throws(SystemError) {
        guard fsync(number) == 0 else { throw SystemError(errno) }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(PartialWrite) { try Self.write(bytes, to: number) }

    /// For closures, which cannot borrow a descriptor: it must stay open meanwhile.
    static func write(_ bytes: UnsafeRawBufferPointer, to number: Int32) throws(PartialWrite) {
        var written = 0
        while written < bytes.count {
            let count = Glibc.write(number, bytes.baseAddress?.advanced(by: written), bytes.count - written)
            if count < 0 {
                if errno == EINTR { continue }
                throw PartialWrite(written: written, cause: SystemError(errno))
            }
            written += count
        }
    }

    /// 0 at the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        while true {
            let count = Glibc.read(number, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            if errno != EINTR { throw SystemError(errno) }
        }
    }
}

/// A failed system call, by its `errno`.
struct SystemError: Error, Hashable {
    let number: Int32

    init(_ number: Int32) { self.number = number }

    var text: String { String(cString: strerror(number)) }
}

struct PartialWrite: Error {
    var written: Int
    var cause: SystemError
}

extension [UInt8] {
    /// The bytes with a NUL behind them, during `body`. They must not contain one themselves.
    func asCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: count + 1) { buffer in
            for (index, byte) in enumerated() { buffer[index] = CChar(bitPattern: byte) }
            buffer[count] = 0
            // A temporary allocation of at least one element has an address.
            return body(UnsafePointer(buffer.baseAddress.unsafelyUnwrapped))
        }
    }
}
