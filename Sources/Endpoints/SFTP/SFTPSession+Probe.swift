import Domain

extension SFTPSession: ProbedSession {
    var algorithms: [String] { channel.greeting.algorithms }

    func limits() throws -> ServerProbe.Limits? {
        try answered(.look, ".") { () throws(SSHFailure) in try channel.saidLimits() } ?? nil
    }

    func freeSpace(in folder: String) throws -> UInt64? {
        let path = try RemotePath.wireBytes(ofFolder: folder)
        return try answered(.look, folder) { () throws(SSHFailure) in try channel.freeSpace(at: path) }
    }

    func renameUnchecked(_ path: RemotePath, to target: RemotePath) throws -> Bool {
        let (old, new) = (try path.wireBytes(), try target.wireBytes())
        return try answered(.rename, path.description) { () throws(SSHFailure) in try channel.rename(old, to: new) } != nil
    }

    func renameOver(_ path: RemotePath, to target: RemotePath) throws -> Bool? {
        guard channel.knowsRenamesOver else { return nil }
        guard channel.renamesOver else { return false }
        let (old, new) = (try path.wireBytes(), try target.wireBytes())
        return try answered(.rename, path.description) { () throws(SSHFailure) in try channel.renameOver(old, to: new) } != nil
    }

    func setTime(of path: RemotePath, to time: UTCInstant) throws -> Bool {
        let wire = try path.wireBytes()
        return try answered(.write, path.description) { () throws(SSHFailure) in
            try channel.setTime(of: wire, to: UInt32(clamping: time.milliseconds / 1000))
        } != nil
    }

    func openTogether(_ path: RemotePath, most: Int) throws -> Int {
        let wire = try path.wireBytes()
        var open: [any SFTPHandle] = []
        defer { for handle in open { handle.release() } }
        while open.count < most {
            guard let handle = try answered(.read, path.description, { () throws(SSHFailure) in try channel.open(wire, for: .reading) }) else {
                break
            }
            open.append(handle)
        }
        return open.count
    }

    /// Says nothing for so long, then looks whether the connection is still good.
    func staySilent(for length: Duration) throws -> ProbeMemory.Silence {
        let began = connector.timeline.uptime()
        do {
            guard try channel.staySilent(for: length) else { return .cut(after: connector.timeline.uptime() - began) }
            _ = try channel.look(at: [UInt8(ascii: ".")])
            return .kept(length)
        } catch {
            if case .cancelled = error { throw CancellationError() }
            if case .refused = error { return .kept(length) }
            // A cut that nobody told us of, some time within the silence.
            return .cut(after: length)
        }
    }

    /// `nil` where the server refused. What is no answer is thrown.
    private func answered<Value>(
        _ operation: EndpointFault.Operation, _ shown: String, _ ask: () throws(SSHFailure) -> Value
    ) throws -> Value? {
        do {
            return try ask()
        } catch {
            if case .refused = error { return nil }
            throw diagnosis(operation, shown, error)
        }
    }
}
