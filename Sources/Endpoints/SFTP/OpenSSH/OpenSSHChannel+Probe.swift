import Domain

/// What a probe asks.
extension OpenSSHChannel {
    var knowsRenamesOver: Bool { true }

    var greeting: ServerGreeting {
        let report = process.report
        return ServerGreeting(banner: report.banner, hostKey: report.hostKey, algorithms: report.agreed)
    }

    func setTime(of path: [UInt8], to seconds: UInt32) throws(SSHFailure) {
        try succeed(
            ask(.setAttributes) {
                $0.append(text: path)
                $0.append(number: 8)
                $0.append(number: seconds)
                $0.append(number: seconds)
            })
    }

    func freeSpace(at path: [UInt8]) throws(SSHFailure) -> UInt64 {
        let id = ask(.extended) {
            $0.append(text: Extension.freeSpace.utf8)
            $0.append(text: path)
        }
        return try answer(id) { kind, reply in
            guard kind == SFTPPacket.Kind.extendedReply.rawValue else {
                throw try Self.failure(kind, &reply) ?? SSHFailure.refused(.badMessage, number: 5)
            }
            // The size of a block twice, the blocks, those that are free, and those that are free for us.
            _ = try reply.wide()
            let block = try reply.wide()
            _ = (try reply.wide(), try reply.wide())
            return block.multipliedReportingOverflow(by: try reply.wide()).partialValue
        }
    }

    func staySilent(for length: Duration) throws(SSHFailure) -> Bool { try process.staySilent(for: length) }
}
