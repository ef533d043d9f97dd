/// The bytes of a file on their way: which are asked for, which are there, where the end is.
///
/// Answers come in any order and may bring less than was asked for; the gap is asked for again. What is there of the beginning
/// is `ready`, without a gap.
final class SFTPDownload {
    struct Wanted: Hashable {
        var offset: UInt64
        var count: Int
    }

    private let room: UnsafeMutableRawBufferPointer
    private let piece: Int
    private let depth: Int
    private let expected: UInt64

    /// Everything before it was handed on.
    private var start: UInt64 = 0
    /// Everything before it is there.
    private var complete: UInt64 = 0
    /// Everything before it was asked for.
    private var asked: UInt64 = 0
    /// What is there behind a gap: where it begins and ends.
    private var islands: [UInt64: UInt64] = [:]
    private var gaps: [Wanted] = []
    private var requests: [UInt32: Wanted] = [:]
    /// The file's end as far as the server said one.
    private var end: UInt64?
    private var failures: [UInt64: SSHFailure] = [:]
    /// How many requests behind the size that was said may travel: one finds the end; a file that goes on gets more.
    private var beyond = 1
    private var ahead = 0

    /// How many answers brought bytes.
    private(set) var arrived = 0

    /// - Parameter size: what the server said; below 0 where it said nothing.
    init(expecting size: Int64, piece: Int, depth: Int) {
        expected = UInt64(max(size, 0))
        self.piece = piece
        self.depth = depth
        let whole = expected.addingReportingOverflow(1).partialValue
        let count = min(UInt64(depth * piece), max(whole, UInt64(2 * piece)))
        room = .allocate(byteCount: Int(count), alignment: 64)
    }

    deinit { room.deallocate() }

    var underWay: Dictionary<UInt32, Wanted>.Keys { requests.keys }

    /// Whether `count` bytes are ready, or waiting would bring no more of them.
    func isEnough(_ count: Int) -> Bool {
        let ready = ready
        if isComplete || ready.count >= count || requests.isEmpty { return true }
        return !ready.isEmpty && Int(start % UInt64(room.count)) + ready.count == room.count
    }

    /// Nothing more comes behind `ready`.
    private var isComplete: Bool { failure != nil || end.map { complete >= $0 } ?? false }

    /// Of the first byte that is missing.
    var failure: SSHFailure? { failures[complete] }

    /// What is there from the first byte that was not handed on, as far as it lies in one piece.
    var ready: UnsafeRawBufferPointer {
        let begin = Int(start % UInt64(room.count))
        let count = min(Int(complete - start), room.count - begin)
        return UnsafeRawBufferPointer(rebasing: room[begin..<(begin + count)])
    }

    /// Makes room of the first `count` bytes of `ready`.
    func release(_ count: Int) { start += UInt64(count) }

    /// What is to be asked for next; `nil` while enough travels.
    func next() -> Wanted? {
        if requests.count >= depth { return nil }
        if let gap = gaps.popLast() { return gap }
        if end != nil || !failures.isEmpty { return nil }
        let free = start + UInt64(room.count) - asked
        let position = Int(asked % UInt64(room.count))
        var count = min(piece, Int(min(free, UInt64(Int.max))), room.count - position)
        if asked < expected {
            count = Int(min(UInt64(count), expected - asked))
        } else if ahead >= beyond {
            return nil
        }
        guard count > 0, asked < UInt64(Int64.max) - UInt64(count) else { return nil }
        if asked >= expected { ahead += 1 }
        defer { asked += UInt64(count) }
        return Wanted(offset: asked, count: count)
    }

    func asked(_ wanted: Wanted, _ id: UInt32) { requests[id] = wanted }

    /// Takes an answer.
    func take(_ wanted: Wanted, _ kind: UInt8, _ reply: inout SFTPReply) throws {
        if let id = requests.first(where: { $0.value == wanted })?.key { requests[id] = nil }
        if kind != SFTPPacket.Kind.data.rawValue {
            guard let failure = try OpenSSHChannel.failure(kind, &reply) else { throw SFTPReply.Malformed() }
            if failure.isFatal { throw failure }
            if case .refused(.endOfFile, _) = failure {
                end = min(end ?? .max, wanted.offset)
            } else {
                failures[wanted.offset] = failure
            }
            settleAhead(wanted, grew: false)
            return
        }
        let bytes = try reply.text()
        guard !bytes.isEmpty, bytes.count <= wanted.count else { throw SFTPReply.Malformed() }
        arrived += 1
        let position = Int(wanted.offset % UInt64(room.count))
        UnsafeMutableRawBufferPointer(rebasing: room[position..<(position + bytes.count)]).copyMemory(from: bytes)
        let reached = wanted.offset + UInt64(bytes.count)
        if bytes.count < wanted.count {
            gaps.append(Wanted(offset: reached, count: wanted.count - bytes.count))
        }
        settleAhead(wanted, grew: true)
        islands[wanted.offset] = reached
        while let further = islands.removeValue(forKey: complete) { complete = further }
    }

    private func settleAhead(_ wanted: Wanted, grew: Bool) {
        guard wanted.offset >= expected else { return }
        ahead = max(ahead - 1, 0)
        if grew { beyond = min(2 * beyond, depth) }
    }
}
