/// An open file or folder on a server that we speak to ourselves.
final class OpenSSHHandle: SFTPHandle {
    /// Requests that travel at a time: with 32 KiB each as much as `ssh` lets be under way.
    private static let depth = 64
    /// Listings that are asked for ahead.
    private static let listingsAhead = 4
    private static let pieceSize = 256 << 10
    /// Packets that may wait for the line.
    private static let longestQueue = 512 << 10

    private let handle: [UInt8]
    private let channel: OpenSSHChannel

    private var entries: [SFTPEntry] = []
    private var listings: [UInt32] = []
    private var hasListed = false
    private var isListed = false

    private var reading: SFTPDownload?
    private var delivered = 0

    init(_ handle: [UInt8], of channel: OpenSSHChannel) {
        self.handle = handle
        self.channel = channel
    }

    // MARK: Listing

    func nextEntry() throws(SSHFailure) -> SFTPEntry? {
        while entries.isEmpty, !isListed {
            // A small folder is one answer and its end.
            let ahead = hasListed ? Self.listingsAhead : 2
            while listings.count < ahead { listings.append(channel.ask(.readFolder) { $0.append(text: handle) }) }
            let page: [SFTPEntry]? = try channel.answer(listings.removeFirst()) { kind, reply in
                if kind == SFTPPacket.Kind.names.rawValue {
                    let count = Int(try reply.number())
                    // Each has three lengths and flags at least.
                    guard count <= reply.count / 12 else { throw SFTPReply.Malformed() }
                    return try (0..<count).map { _ in try reply.entry() }
                }
                let failure = try OpenSSHChannel.failure(kind, &reply)
                if case .refused(.endOfFile, _) = failure { return nil }
                throw failure ?? SSHFailure.refused(.badMessage, number: 5)
            }
            hasListed = true
            entries = page?.reversed() ?? []
            // A page without an entry would go on for ever.
            isListed = entries.isEmpty
        }
        return entries.popLast()
    }

    // MARK: Reading

    func beginReading(expecting size: Int64) throws(SSHFailure) -> SFTPAttributes {
        let looked = channel.ask(.fstat) { $0.append(text: handle) }
        let download = SFTPDownload(expecting: size, piece: channel.limits.read, depth: Self.depth)
        reading = download
        askAhead(download)
        return try channel.attributes(looked)
    }

    func nextPiece() throws(SSHFailure) -> UnsafeRawBufferPointer? {
        guard let download = reading else { return nil }
        download.release(delivered)
        delivered = 0
        askAhead(download)
        var limit = channel.limit
        // Small pieces cost a call each, and the whole window would leave nothing under way.
        while !download.isEnough(Self.pieceSize) {
            let before = download.arrived
            try channel.turn(until: limit)
            if download.arrived != before { limit = channel.limit }
            askAhead(download)
        }
        let piece = UnsafeRawBufferPointer(rebasing: download.ready.prefix(Self.pieceSize))
        if piece.isEmpty {
            if let failure = download.failure { throw failure }
            return nil
        }
        delivered = piece.count
        return piece
    }

    private func askAhead(_ download: SFTPDownload) {
        while let wanted = download.next() {
            let id = channel.ask(.read, sink: { kind, reply in try download.take(wanted, kind, &reply) }) {
                $0.append(text: handle)
                $0.append(wide: wanted.offset)
                $0.append(number: UInt32(wanted.count))
            }
            download.asked(wanted, id)
        }
    }

    // MARK: Writing

    func write(_ bytes: UnsafeRawBufferPointer) throws(PartialUpload) {
        let progress = Upload()
        var queued = 0
        do throws(SSHFailure) {
            var limit = channel.limit
            while progress.written < bytes.count {
                while queued < bytes.count, progress.failure == nil, progress.underWay < Self.depth, channel.unsent < Self.longestQueue {
                    let piece = UnsafeRawBufferPointer(rebasing: bytes[queued..<min(queued + channel.limits.write, bytes.count)])
                    send(piece, at: UInt64(queued), progress)
                    queued += piece.count
                }
                if let failure = progress.failure, progress.underWay == 0 { throw failure }
                // Bytes that leave are progress: a long upload over a slow line is not a stall (F6).
                let before = (progress.written, progress.underWay, channel.unsent)
                try channel.turn(until: limit)
                if before != (progress.written, progress.underWay, channel.unsent) { limit = channel.limit }
            }
        } catch {
            throw PartialUpload(written: progress.written, cause: error)
        }
    }

    private final class Upload {
        var written = 0
        var underWay = 0
        var failure: SSHFailure?
    }

    private func send(_ piece: UnsafeRawBufferPointer, at offset: UInt64, _ progress: Upload) {
        progress.underWay += 1
        channel.ask(
            .write,
            sink: { kind, reply in
                progress.underWay -= 1
                guard let failure = try OpenSSHChannel.failure(kind, &reply) else {
                    progress.written += piece.count
                    return
                }
                if failure.isFatal { throw failure }
                progress.failure = progress.failure ?? failure
            },
            {
                $0.reserveCapacity($0.count + handle.count + 16 + piece.count)
                $0.append(text: handle)
                $0.append(wide: offset)
                $0.append(text: piece)
            })
    }

    func flush() throws(SSHFailure) {
        guard channel.extensions.contains(OpenSSHChannel.Extension.flush) else {
            throw .refused(.unsupported, number: SFTPStatus.unsupported.rawValue)
        }
        try channel.succeed(
            channel.ask(.extended) {
                $0.append(text: OpenSSHChannel.Extension.flush.utf8)
                $0.append(text: handle)
            })
    }

    // MARK: Closing

    func close() throws(SSHFailure) {
        forgetReads()
        try channel.succeed(channel.ask(.close) { $0.append(text: handle) })
    }

    func close(lookingAt path: [UInt8]) throws(SSHFailure) -> SFTPAttributes {
        forgetReads()
        let closing = channel.ask(.close) { $0.append(text: handle) }
        defer { channel.forget(closing) }
        return try channel.look(at: path)
    }

    func release() {
        forgetReads()
        if channel.isClosed { return }
        // Without waiting: the answer is passed over when it comes.
        channel.forget(channel.ask(.close) { $0.append(text: handle) })
    }

    private func forgetReads() {
        for id in listings { channel.forget(id) }
        if let reading { for id in reading.underWay { channel.forget(id) } }
        listings = []
        reading = nil
    }
}
