package import Domain
import Glibc

/// The local folder of deliveries, each named by the SHA-256 of its bytes. A file is there completely and durably or not
/// at all; names of the outside world never reach a path here (B8, S1).
///
/// Reception writes `<random>.part` (created exclusively, 0600), hashes on the way, compares sizes and times around the
/// transfer, flushes, renames and flushes the folder: a crash leaves a `.part` at most, and the next `Spool` clears it.
package struct Spool: Sendable {
    /// Files above this are refused before and during the transfer.
    package static let standardCap: Int64 = 4 << 30

    package let folder: String
    private let cap: Int64
    private let timeline: Timeline

    /// Makes the folder (0700) where it is missing, and removes what interrupted receptions left.
    package init(folder: String, cap: Int64 = Spool.standardCap, timeline: Timeline) throws {
        self.folder = folder
        self.cap = cap
        self.timeline = timeline
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw fault("make the folder", SystemError(errno)) }
        try removeLeftovers()
    }

    package func path(of hash: ContentHash) -> String { "\(folder)/\(hash.hex)" }

    /// The size of a delivery; `nil` where it is not held.
    package func size(of hash: ContentHash) -> Int64? {
        var status = stat()
        guard lstat(path(of: hash), &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int64(status.st_size)
    }

    /// Forgets a delivery. Safe to repeat.
    package func remove(_ hash: ContentHash) throws {
        guard unlink(path(of: hash)) == 0 || errno == ENOENT else { throw fault("remove a delivery", SystemError(errno)) }
    }

    /// Takes a remote file. Safe to repeat: the same bytes are held once.
    /// - Parameters:
    ///   - file: as the listing showed it; the transfer must agree with it before, during and after.
    ///   - limit: the largest size that is taken; the spool's own where it is `nil`.
    /// - Throws: `FILE-CHANGED` (transient) where the file moved under us (F29, F30), `FILE-TOO-LARGE`, `FILE-SLOW` and `SPOOL-FAILED`
    ///   (transient), and what the session throws.
    package func receive(
        _ file: RemoteFile, at path: RemotePath, limit: Int64? = nil, session: any EndpointSession
    ) throws -> SpooledFile {
        let home = try openFolder()
        let part = Array((timeline.randomHex(byteCount: 16) + ".part").utf8)
        let output: Descriptor
        do {
            output = try Descriptor.open(part, in: home.number, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        } catch { throw fault("create a file", error) }
        do {
            // Tells a second process that this one is not a leftover.
            _ = flock(output.number, LOCK_EX | LOCK_NB)
            let (hash, count) = try copy(file, at: path, limit: limit ?? cap, session: session, to: output)
            do { try output.flush() } catch { throw fault("flush a file", error) }
            try settle(part, as: hash, size: count, in: home)
            return SpooledFile(hash: hash, size: count, path: self.path(of: hash))
        } catch {
            _ = part.asCString { unlinkat(home.number, $0, 0) }
            throw error
        }
    }

    private func copy(
        _ file: RemoteFile,
        at path: RemotePath,
        limit: Int64,
        session: any EndpointSession,
        to output: borrowing Descriptor
    ) throws -> (hash: ContentHash, count: Int64) {
        let writer = HashingWriter(output.number)
        let deadline = timeline.uptime() + Self.longest(file.size)
        var count: Int64 = 0
        var mark = file.mark
        let after: RemoteFile?
        do {
            after = try session.read(path) { before in
                guard before.size <= limit else { throw EndpointFault.tooLarge(path, size: before.size, cap: limit) }
                // Where the server says no time, the mark is of the content, which is compared at the end.
                let isMarked = before.gaps.contains(.time) || mark == nil || before.mark == mark
                guard before.isInstance(of: file), isMarked else {
                    throw EndpointFault.changed(path, "it changed since it was listed")
                }
                mark = before.mark
            } _: { bytes in
                count += Int64(bytes.count)
                // A size that lied must not fill the disk (F25).
                guard count <= limit else { throw EndpointFault.tooLarge(path, size: count, cap: limit) }
                guard timeline.uptime() < deadline else { throw EndpointFault.slow(path, count: count, of: file.size) }
                do throws(SystemError) { try writer.take(bytes) } catch { throw fault("write a file", error) }
            }
        } catch {
            writer.abandon()
            guard let missing = error as? Diagnostic, missing.code == "FILE-MISSING" else { throw error }
            throw EndpointFault.changed(path, "it vanished before it was read")
        }
        let hash: ContentHash
        do throws(SystemError) { hash = try writer.finish() } catch { throw fault("write a file", error) }
        let isSame = after.map { ($0.gaps.contains(.size) || $0.size == count) && $0.hasTime(of: file) && $0.mark == mark } ?? false
        let isContent = after?.gaps.contains(.time) != true || file.mark == nil || file.mark == FileMark(content: hash)
        if let after, after.isInstance(of: file), after.mark == mark, !file.gaps.contains(.size), file.size != count {
            throw EndpointFault.sizeUntrue(path, said: file.size, count: count)
        }
        // A size that was found out by reading is compared like one that was said.
        guard isSame, isContent, file.size == count || (file.gaps.contains(.size) && file.size < 0) else {
            throw EndpointFault.changed(
                path, "\(file.size) bytes before, \(count) read, \(after.map { "\($0.size) after" } ?? "gone after")"
            )
        }
        return (hash, count)
    }

    /// How long a transfer may take: a server that gives a byte now and then keeps a connection alive for ever.
    private static func longest(_ size: Int64) -> Duration { .seconds(900) + .seconds(max(size, 0) / slowest) }

    /// Bytes a second.
    private static let slowest: Int64 = 4096

    /// Writes `bytes` beside their final name, flushes and renames.
    func write(_ bytes: [UInt8], as hash: ContentHash) throws {
        let home = try openFolder()
        let part = Array((timeline.randomHex(byteCount: 16) + ".part").utf8)
        let output: Descriptor
        do {
            output = try Descriptor.open(part, in: home.number, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        } catch { throw fault("create a file", error) }
        do {
            _ = flock(output.number, LOCK_EX | LOCK_NB)
            let number = output.number
            do { try bytes.withUnsafeBytes { try Descriptor.write($0, to: number) } } catch let error as PartialWrite {
                throw fault("write a file", error.cause)
            }
            do { try output.flush() } catch { throw fault("flush a file", error) }
            try settle(part, as: hash, size: Int64(bytes.count), in: home)
        } catch {
            _ = part.asCString { unlinkat(home.number, $0, 0) }
            throw error
        }
    }

    /// Gives the received file its final name. Content that is held already stays, once its bytes are confirmed; what has become of it
    /// otherwise is replaced by the good ones.
    private func settle(_ part: [UInt8], as hash: ContentHash, size: Int64, in home: borrowing Descriptor) throws {
        if self.size(of: hash) == size, holding(of: hash) == .good {
            _ = part.asCString { unlinkat(home.number, $0, 0) }
            return
        }
        let number = home.number
        let renamed = part.asCString { old in
            Array(hash.hex.utf8).asCString { renameat(number, old, number, $0) == 0 ? 0 : errno }
        }
        guard renamed == 0 else { throw fault("rename a file", SystemError(renamed)) }
        do { try home.flush() } catch { throw fault("flush the folder", error) }
    }

    private func openFolder() throws -> Descriptor {
        let number = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw fault("open the folder", SystemError(errno)) }
        return Descriptor(owning: number)
    }

    private func removeLeftovers() throws {
        let home = try openFolder()
        guard let stream = fdopendir(dup(home.number)) else { throw fault("list the folder", SystemError(errno)) }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            guard name.suffix(5).elementsEqual(".part".utf8) else { continue }
            guard let part = try? Descriptor.open(name, in: home.number, flags: O_RDONLY) else { continue }
            // Another process is receiving into it.
            guard flock(part.number, LOCK_EX | LOCK_NB) == 0 else { continue }
            _ = name.asCString { unlinkat(home.number, $0, 0) }
        }
    }

    private func fault(_ action: String, _ error: SystemError) -> Diagnostic {
        Diagnostic(
            "SPOOL-FAILED",
            "Could not \(action) in the spool: \(error.text)",
            at: .init(file: folder),
            fix: "Check free space, rights and the health of the disk; the delivery was not taken and is fetched again",
            kind: .transient
        )
    }
}

/// A delivery that we hold byte for byte.
package struct SpooledFile: Hashable, Sendable {
    package var hash: ContentHash
    package var size: Int64
    /// Where it is on this machine.
    package var path: String

    package init(hash: ContentHash, size: Int64, path: String) {
        self.hash = hash
        self.size = size
        self.path = path
    }
}
