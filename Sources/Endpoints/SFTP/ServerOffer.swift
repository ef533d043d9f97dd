import Domain
import Glibc

/// The algorithms a server offers, read from its first packet, which is not encrypted. Asked for only after the library
/// found nothing in common, to say what would have been needed (F20).
struct ServerOffer: Hashable {
    var banner: String
    var keyExchange: [String]
    var hostKeys: [String]
    var ciphers: [String]
    var macs: [String]

    /// The families in which `policy` and the server have nothing in common: `ciphers: server offers 3des-cbc`.
    func mismatches(with policy: AlgorithmPolicy) -> [String] {
        let families = [
            ("key exchange", keyExchange, policy.keyExchange), ("host keys", hostKeys, policy.hostKeys),
            ("ciphers", ciphers, policy.ciphers), ("MACs", macs, policy.macs),
        ]
        return families.filter { Set($0.1).isDisjoint(with: $0.2) }.map { "\($0.0): the server offers only \($0.1.joined(separator: ", "))" }
    }

    /// Asks the server over a connection of its own; `nil` where it does not behave like one.
    static func asking(_ settings: SFTPSettings, place: String, timeline: Timeline, stop: SessionStop) throws -> ServerOffer? {
        let socket = try TCPSocket.connect(
            host: settings.host, port: settings.port, within: settings.deadlines.connect, timeline: timeline, stop: stop, place: place
        )
        defer { stop.close(socket) }
        return ServerOffer(socket: socket, within: settings.deadlines.connect)
    }

    /// Exchanges banners on a connected socket and reads one packet. `nil` where the server does not behave like one.
    init?(socket: Int32, within limit: Duration) {
        guard
            "SSH-2.0-tallyman\r\n".utf8.withContiguousStorageIfAvailable({ send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) })
                ?? -1 > 0
        else { return nil }
        var reader = Reader(socket: socket, limit: limit)
        var banner = ""
        var lines = 0
        repeat {
            lines += 1
            guard lines <= Self.mostLines, let line = reader.line() else { return nil }
            banner = line
        } while !banner.hasPrefix("SSH-")
        guard let length = reader.number(), (20...35_000).contains(length), let packet = reader.take(length) else { return nil }
        self.init(banner: banner, payload: packet.dropFirst())
    }

    /// A greeting before the banner may be of several lines; one without an end is none.
    private static let mostLines = 100

    /// From a key-exchange packet: its number, a cookie of 16 bytes, then the lists, each with its length.
    init?(banner: String, payload: ArraySlice<UInt8>) {
        guard payload.first == 20 else { return nil }
        var rest = payload.dropFirst(17)
        var lists: [[String]] = []
        while lists.count < 8 {
            guard rest.count >= 4 else { return nil }
            let count = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(4)
            guard count <= rest.count else { return nil }
            lists.append(String(decoding: rest.prefix(count), as: UTF8.self).split(separator: ",").map(String.init))
            rest = rest.dropFirst(count)
        }
        self.banner = banner
        keyExchange = lists[0]
        hostKeys = lists[1]
        ciphers = lists[2]
        macs = lists[4]
    }

    private struct Reader {
        let socket: Int32
        /// For everything that is read: a byte now and then keeps nobody waiting for ever.
        private let deadline: ContinuousClock.Instant
        var buffer: [UInt8] = []

        init(socket: Int32, limit: Duration) {
            self.socket = socket
            deadline = .now + limit
        }

        mutating func take(_ count: Int) -> [UInt8]? {
            while buffer.count < count { guard fill() else { return nil } }
            defer { buffer.removeFirst(count) }
            return Array(buffer.prefix(count))
        }

        mutating func number() -> Int? { take(4).map { $0.reduce(0) { $0 << 8 | Int($1) } } }

        mutating func line() -> String? {
            var line: [UInt8] = []
            while line.count < 1024 {
                guard let byte = take(1)?.first else { return nil }
                if byte == UInt8(ascii: "\n") { return String(decoding: line.filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self) }
                line.append(byte)
            }
            return nil
        }

        private mutating func fill() -> Bool {
            var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            let patience = deadline - .now
            guard patience > .zero, poll(&waiting, 1, Int32(clamping: patience.wholeMilliseconds + 1)) > 0 else { return false }
            var piece = [UInt8](repeating: 0, count: 4096)
            let count = recv(socket, &piece, piece.count, 0)
            guard count > 0 else { return false }
            buffer += piece[..<count]
            return true
        }
    }
}
