import Domain
import Endpoints
import Synchronization

/// An ERP's folder in memory that misbehaves on order, with an independent reader of what becomes visible in it.
final class InboxEndpoint: Endpoint, Sendable {
    /// What happens at one of the changing calls.
    enum Fault: Hashable, Sendable, CaseIterable {
        /// The process dies before the call.
        case diesBefore
        /// The call is done, the process dies.
        case diesAfter
        /// Half of the file is there, and the process dies.
        case diesInside
        /// The call is done, the answer is lost; the process lives.
        case replyLost
        /// A rename stops between link and unlink, and the answer is lost.
        case bothNames
        /// No space: part of a file is left.
        case diskFull
    }

    /// Stands for the death of the process: nothing in the program catches it.
    struct Stopped: Error {}

    struct State: Sendable {
        var files: [String: [UInt8]] = [:]
        /// What the ERP has read, in its order.
        var taken: [(name: String, bytes: [UInt8])] = []
        var faults: [Int: Fault] = [:]
        var changes = 0
        /// Final names whose bytes were seen to be others later, or short.
        var wrongs: [String] = []
        var seen: [String: [UInt8]] = [:]
        /// The ERP reads its folder after every so many changes; 0: never.
        var appetite = 0
        var isDown = false
        /// A server that renames nothing.
        var refusesRenames = false
        /// A gateway that takes each file away as it is closed.
        var takesClosed = false
    }

    let name = "erp"
    let sessionLimit = 1
    let state = Mutex(State())

    func withSession<Result: Sendable>(
        _ body: @escaping @Sendable (any EndpointSession) throws -> Result
    ) async throws -> Result {
        if state.withLock({ $0.isDown }) {
            throw Diagnostic("ENDPOINT-CONNECT", "nobody answers", fix: "wait", kind: .transient)
        }
        return try body(InboxSession(endpoint: self))
    }

    var session: any EndpointSession { InboxSession(endpoint: self) }

    /// Every final file there ever was, once for each time it was there to be taken.
    var delivered: [(name: String, bytes: [UInt8])] {
        state.withLock { state in
            state.taken + state.files.filter { !$0.key.hasSuffix(".part") }.map { (name: $0.key, bytes: $0.value) }
        }
    }

    /// One changing call: `effect` on the files, under whatever fault is due.
    func change(
        _ partial: ((inout [String: [UInt8]]) -> Void)? = nil, both: ((inout [String: [UInt8]]) -> Void)? = nil,
        _ effect: (inout [String: [UInt8]]) throws -> Void
    ) throws {
        try state.withLock { state in
            state.changes += 1
            let fault = state.faults.removeValue(forKey: state.changes)
            // A server that stopped between link and unlink serves the ERP no better than us: its reader comes later.
            defer { Self.observe(&state, isReading: fault != .bothNames) }
            switch fault {
            case nil: try effect(&state.files)
            case .diesBefore: throw Stopped()
            case .diesAfter:
                try effect(&state.files)
                throw Stopped()
            case .diesInside:
                (partial ?? { _ in })(&state.files)
                throw Stopped()
            case .replyLost:
                try effect(&state.files)
                throw Diagnostic("ENDPOINT-LOST", "no answer", fix: "look", kind: .ambiguous)
            case .bothNames:
                if let both { both(&state.files) } else { try effect(&state.files) }
                throw Diagnostic("ENDPOINT-LOST", "no answer", fix: "look", kind: .ambiguous)
            case .diskFull:
                (partial ?? { _ in })(&state.files)
                throw Diagnostic("WRITE-FAILED", "the disk is full", fix: "free space", kind: .transient)
            }
        }
    }

    /// What anyone sees who looks after every change: under a final name the bytes never change.
    private static func observe(_ state: inout State, isReading: Bool) {
        for (name, bytes) in state.files where !name.hasSuffix(".part") {
            if let before = state.seen[name], before != bytes { state.wrongs.append("\(name) changed under its final name") }
            state.seen[name] = bytes
        }
        guard isReading, state.appetite > 0, state.changes % state.appetite == 0 else { return }
        for (name, bytes) in state.files where !name.hasSuffix(".part") {
            state.taken.append((name, bytes))
            state.files[name] = nil
        }
    }
}

private struct InboxSession: EndpointSession {
    let endpoint: InboxEndpoint

    var capabilities: EndpointCapabilities {
        EndpointCapabilities(replacement: .swapped, flushing: .confirmed, timestampPrecision: .seconds(1))
    }

    private func file(_ name: [UInt8], _ size: Int) -> RemoteFile {
        RemoteFile(name: name, size: Int64(size), modified: UTCInstant(milliseconds: 0), kind: .regular)
    }

    func list(folder: String, _ visit: (RemoteFile) throws -> Void) throws {
        for (name, bytes) in endpoint.state.withLock({ $0.files }) where name.hasPrefix("\(folder)/") {
            try visit(file(Array(name.dropFirst(folder.count + 1).utf8), bytes.count))
        }
    }

    func stat(_ path: RemotePath) throws -> RemoteFile? {
        endpoint.state.withLock { $0.files["\(path)"] }.map { file(path.name, $0.count) }
    }

    func read(
        _ path: RemotePath, accept: (RemoteFile) throws -> Void, _ chunk: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> RemoteFile? {
        guard let bytes = endpoint.state.withLock({ $0.files["\(path)"] }) else {
            throw Diagnostic("FILE-MISSING", "not there", fix: "look", kind: .transient)
        }
        try accept(file(path.name, bytes.count))
        try bytes.withUnsafeBytes(chunk)
        return try stat(path)
    }

    func put(_ path: RemotePath, _ bytes: UnsafeRawBufferPointer) throws {
        let content = Array(bytes)
        try endpoint.change {
            $0["\(path)"] = Array(content.prefix(content.count / 2))
        } _: { files in
            guard files["\(path)"] == nil else { throw EndpointFault.targetExists("\(path)", at: "erp") }
            files["\(path)"] = content
        }
        let isTaken = endpoint.state.withLock { state in
            guard state.takesClosed, let bytes = state.files.removeValue(forKey: "\(path)") else { return false }
            state.taken.append(("\(path)", bytes))
            return true
        }
        if isTaken { throw EndpointFault.taken("\(path)", at: "erp") }
    }

    func rename(_ path: RemotePath, to target: RemotePath) throws {
        if endpoint.state.withLock({ $0.refusesRenames }) { throw EndpointFault.failed(.rename, "\(path)", reason: "no renames here", at: "erp") }
        try endpoint.change(both: { $0["\(target)"] = $0["\(path)"] }) { files in
            guard files["\(target)"] == nil else { throw EndpointFault.targetExists("\(target)", at: "erp") }
            guard let bytes = files.removeValue(forKey: "\(path)") else {
                throw Diagnostic("FILE-MISSING", "not there", fix: "look", kind: .transient)
            }
            files["\(target)"] = bytes
        }
    }

    func replace(_ path: RemotePath, with source: RemotePath) throws {
        try endpoint.change { $0["\(path)"] = $0.removeValue(forKey: "\(source)") }
    }

    func remove(_ path: RemotePath) throws {
        try endpoint.change { $0["\(path)"] = nil }
    }

    func makeFolder(_ folder: String) throws {}
}
