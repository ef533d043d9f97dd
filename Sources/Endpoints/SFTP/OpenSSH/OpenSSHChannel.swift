import Domain

/// Our own SFTP conversation, over the streams of an `ssh` program.
///
/// Requests carry numbers and are answered in any order; each answer goes to whoever waits for it. An answer to a number that
/// nobody gave, or that cannot be taken apart, ends the connection: nothing after it could be believed.
final class OpenSSHChannel: SFTPChannel {
    typealias Sink = (_ kind: UInt8, inout SFTPReply) throws -> Void

    private enum Waiting {
        case kept
        case forgotten
        case sink(Sink)
    }

    let process: SSHProcess
    private let uptime: @Sendable () -> Duration
    private var lastID: UInt32 = 0
    private var waiting: [UInt32: Waiting] = [:]
    private var answers: [UInt32: [UInt8]] = [:]
    private(set) var extensions: Set<String> = []
    private(set) var limits = Limits()
    /// As the server said it.
    private var toldLimits: ServerProbe.Limits?
    private var limitsID: UInt32?

    /// What a request may carry at most, as the server says it (limits@openssh.com).
    struct Limits {
        var read = 32 << 10
        var write = 32 << 10
    }

    /// A malformed first answer, to be explained by whoever connects.
    struct NoSFTP: Error { var text: String }

    init(_ process: SSHProcess, uptime: @escaping @Sendable () -> Duration) {
        self.process = process
        self.uptime = uptime
    }

    var isClosed: Bool { process.isClosed }
    var renamesOver: Bool { extensions.contains(Extension.renameOver) }
    var unsent: Int { process.unsent }

    func close() { process.close() }
    func abandon() { process.abandon() }

    enum Extension {
        static let renameOver = "posix-rename@openssh.com"
        static let flush = "fsync@openssh.com"
        static let limits = "limits@openssh.com"
        static let freeSpace = "statvfs@openssh.com"
    }

    /// The first exchange: versions, and what the server can do beside the standard.
    func begin() throws {
        var hello: [UInt8] = []
        hello.append(number: 5)
        hello.append(SFTPPacket.Kind.initialise.rawValue)
        hello.append(number: SFTPPacket.version)
        process.send(hello)
        var isReady = false
        while !isReady {
            var refusal: NoSFTP?
            try process.takePackets { packet throws(SSHFailure) in
                if isReady || refusal != nil { throw malformed() }
                var reply = SFTPReply(packet)
                do {
                    guard try reply.byte() == SFTPPacket.Kind.version.rawValue else { throw SFTPReply.Malformed() }
                    let version = try reply.number()
                    if version < SFTPPacket.version { refusal = NoSFTP(text: "it speaks version \(version) of SFTP, and 3 is needed") }
                    while reply.count > 0, extensions.count < 64 {
                        extensions.insert(String(decoding: try reply.text(), as: UTF8.self))
                        _ = try reply.text()
                    }
                } catch {
                    refusal = NoSFTP(text: "its first answer is no version of SFTP")
                }
                isReady = true
            }
            if let refusal { throw refusal }
            if !isReady { try process.exchange(until: process.limit) }
        }
        process.becomeConnected()
        if extensions.contains(Extension.limits) {
            limitsID = ask(.extended) { $0.append(text: Extension.limits.utf8) }
        }
    }

    // MARK: Asking

    /// Queues a request whose answer is fetched with `answer`.
    func ask(_ kind: SFTPPacket.Kind, room: Int = 64, _ fill: (inout [UInt8]) -> Void) -> UInt32 {
        lastID &+= 1
        waiting[lastID] = .kept
        process.send(SFTPPacket.request(kind, lastID, room: room, fill))
        return lastID
    }

    /// Queues a request whose answer goes to `sink` as it comes.
    @discardableResult
    func ask(_ kind: SFTPPacket.Kind, sink: @escaping Sink, _ fill: (inout [UInt8]) -> Void) -> UInt32 {
        let id = ask(kind, fill)
        waiting[id] = .sink(sink)
        return id
    }

    /// An answer that does not matter any more is passed over when it comes.
    func forget(_ id: UInt32) {
        if answers.removeValue(forKey: id) == nil, waiting[id] != nil { waiting[id] = .forgotten }
    }

    /// Waits within the idle deadline for the answer to a request.
    func answer<Value>(_ id: UInt32, _ read: (_ kind: UInt8, inout SFTPReply) throws -> Value) throws(SSHFailure) -> Value {
        let limit = process.limit
        while answers[id] == nil { try turn(until: limit) }
        let bytes = answers.removeValue(forKey: id) ?? []
        do {
            return try bytes.withUnsafeBytes { bytes in
                var reply = SFTPReply(bytes)
                let kind = try reply.byte()
                _ = try reply.number()
                return try read(kind, &reply)
            }
        } catch let failure as SSHFailure {
            throw failure
        } catch {
            throw malformed()
        }
    }

    /// One exchange with the server; answers go where they are waited for.
    func turn(until limit: Duration) throws(SSHFailure) {
        // What came behind the last packet may be whole already.
        if try !distribute() {
            try process.exchange(until: limit)
            _ = try distribute()
        }
    }

    var limit: Duration { process.limit }

    private func distribute() throws(SSHFailure) -> Bool {
        var isAny = false
        try process.takePackets { packet throws(SSHFailure) in
            isAny = true
            var reply = SFTPReply(packet)
            do {
                let kind = try reply.byte()
                let id = try reply.number()
                switch waiting.removeValue(forKey: id) {
                case nil: throw SFTPReply.Malformed()
                case .forgotten: break
                case .kept: answers[id] = Array(packet)
                case .sink(let sink): try sink(kind, &reply)
                }
            } catch let failure as SSHFailure {
                throw failure
            } catch {
                throw malformed()
            }
        }
        return isAny
    }

    func malformed() -> SSHFailure { process.malformed("the server sent an answer that cannot be understood") }

    // MARK: Answers

    /// The failure that a status says, or `nil` where it says that all is well.
    static func failure(_ kind: UInt8, _ reply: inout SFTPReply) throws -> SSHFailure? {
        guard kind == SFTPPacket.Kind.status.rawValue else { throw SFTPReply.Malformed() }
        let number = UInt(try reply.number())
        switch SFTPStatus(rawValue: number) ?? .failure {
        case .ok: return nil
        case .connectionLost, .noConnection: return .lost(code: SSHCode.sftp, text: "the server says that it lost the connection")
        case let status: return .refused(status, number: number)
        }
    }

    func succeed(_ id: UInt32) throws(SSHFailure) {
        let failure = try answer(id) { try Self.failure($0, &$1) }
        if let failure { throw fatal(failure) }
    }

    func attributes(_ id: UInt32) throws(SSHFailure) -> SFTPAttributes {
        try answer(id) { kind, reply in
            if kind == SFTPPacket.Kind.attributes.rawValue { return try reply.attributes() }
            throw fatal(try Self.failure(kind, &reply) ?? SSHFailure.refused(.badMessage, number: 5))
        }
    }

    private func fatal(_ failure: SSHFailure) -> SSHFailure {
        if failure.isFatal { abandon() }
        return failure
    }

    // MARK: Operations

    func look(at path: [UInt8]) throws(SSHFailure) -> SFTPAttributes { try attributes(ask(.lstat) { $0.append(text: path) }) }

    func open(_ path: [UInt8], for purpose: SFTPOpenPurpose) throws(SSHFailure) -> any SFTPHandle {
        takeLimits()
        let id: UInt32
        switch purpose {
        case .listing: id = ask(.openFolder) { $0.append(text: path) }
        case .reading:
            id = ask(.open) {
                $0.append(text: path)
                $0.append(number: UInt32(SFTPOpenFlags.read))
                $0.append(number: 0)
            }
        case .creating:
            id = ask(.open) {
                $0.append(text: path)
                $0.append(number: UInt32(SFTPOpenFlags.createExclusively))
                $0.append(number: 4)
                $0.append(number: 0o644)
            }
        }
        let handle = try answer(id) { kind, reply -> [UInt8] in
            if kind == SFTPPacket.Kind.handle.rawValue {
                let handle = Array(try reply.text())
                // As the protocol bounds it.
                guard handle.count <= 256 else { throw SFTPReply.Malformed() }
                return handle
            }
            throw fatal(try Self.failure(kind, &reply) ?? SSHFailure.refused(.badMessage, number: 5))
        }
        return OpenSSHHandle(handle, of: self)
    }

    func rename(_ path: [UInt8], to target: [UInt8]) throws(SSHFailure) {
        try succeed(
            ask(.rename) {
                $0.append(text: path)
                $0.append(text: target)
            })
    }

    func renameOver(_ path: [UInt8], to target: [UInt8]) throws(SSHFailure) {
        try succeed(
            ask(.extended) {
                $0.append(text: Extension.renameOver.utf8)
                $0.append(text: path)
                $0.append(text: target)
            })
    }

    func unlink(_ path: [UInt8]) throws(SSHFailure) { try succeed(ask(.remove) { $0.append(text: path) }) }

    func makeFolder(_ path: [UInt8]) throws(SSHFailure) {
        try succeed(
            ask(.makeFolder) {
                $0.append(text: path)
                $0.append(number: 4)
                $0.append(number: 0o755)
            })
    }

    func saidLimits() throws(SSHFailure) -> ServerProbe.Limits? {
        let limit = process.limit
        while let id = limitsID, answers[id] == nil { try turn(until: limit) }
        takeLimits()
        return toldLimits
    }

    /// The answer is there by the time a first file is opened: nothing waits for it.
    private func takeLimits() {
        guard let id = limitsID, let bytes = answers.removeValue(forKey: id) else { return }
        limitsID = nil
        bytes.withUnsafeBytes { bytes in
            var reply = SFTPReply(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(5)))
            guard bytes.first == SFTPPacket.Kind.extendedReply.rawValue, let packet = try? reply.wide(),
                let read = try? reply.wide(), let write = try? reply.wide()
            else { return }
            toldLimits = ServerProbe.Limits(packet: packet, read: read, write: write, handles: (try? reply.wide()) ?? 0)
            // 0 is "no limit is known".
            if read > 0 { limits.read = Int(min(UInt64(limits.read), max(read, 512))) }
            if write > 0 { limits.write = Int(min(UInt64(limits.write), max(write, 512))) }
        }
    }
}
