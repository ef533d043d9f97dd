import Domain
import Endpoints
import Foundation
import StateStore
import Synchronization
import TestKit
import Testing

@testable import Engine

/// A holder of the flow that is stopped in the middle of placing a file, a second one that takes over and finishes, and the first
/// one waking up: on the wire already, past every proof.
struct TwoHoldersTests {
    /// Orders that are ready and stay so.
    private struct Ready: DocumentSource {
        let count: Int

        private func observation(_ number: Int64) -> DocumentSighting {
            DocumentSighting(
                place: number, identity: RecordKey("\(1000 + number)"), modified: UTCInstant(milliseconds: number), readiness: .ready)
        }

        func sweep(since: UTCInstant?, _ visit: ([DocumentSighting]) async throws -> Void) async throws -> UTCInstant? {
            try await visit((1...Int64(count)).map(observation))
            return UTCInstant(milliseconds: Int64(count))
        }

        func fetch(_ places: [Int64]) async throws -> [OutboundDocument] {
            places.map { OutboundDocument(observation: observation($0), content: Array("\(1000 + $0)".utf8)) }
        }
    }

    /// Stops before the change of a number, after everything that could have kept it from leaving, until it is told to go on.
    private final class Stopping: Endpoint {
        let inbox: InboxEndpoint
        let stopAt: Int
        private let changes = Mutex(0)
        private let reached = DispatchSemaphore(value: 0)
        private let goOn = DispatchSemaphore(value: 0)

        init(_ inbox: InboxEndpoint, stopAt: Int) { (self.inbox, self.stopAt) = (inbox, stopAt) }

        var name: String { inbox.name }
        var sessionLimit: Int { 1 }
        func wake() { goOn.signal() }
        var wasStopped: Bool { changes.withLock { $0 >= stopAt } }
        func finish() { reached.signal() }
        func waitForStop() { reached.wait() }

        func withSession<Result: Sendable>(_ body: @escaping @Sendable (any EndpointSession) throws -> Result) async throws -> Result {
            // On a thread of its own, as every real session: it blocks.
            try await withCheckedThrowingContinuation { continuation in
                Thread.detachNewThread {
                    let session = StoppingSession(base: self.inbox.session) {
                        let number = self.changes.withLock {
                            $0 += 1; return $0
                        }
                        guard number == self.stopAt else { return }
                        self.reached.signal()
                        self.goOn.wait()
                    }
                    continuation.resume(with: Swift.Result { try body(session) })
                }
            }
        }
    }

    private struct StoppingSession: EndpointSession {
        let base: any EndpointSession
        let stop: () -> Void

        var capabilities: EndpointCapabilities { base.capabilities }
        func list(folder: String, _ visit: (RemoteFile) throws -> Void) throws { try base.list(folder: folder, visit) }
        func stat(_ path: RemotePath) throws -> RemoteFile? { try base.stat(path) }
        func read(
            _ path: RemotePath, accept: (RemoteFile) throws -> Void, _ chunk: (UnsafeRawBufferPointer) throws -> Void
        ) throws -> RemoteFile? { try base.read(path, accept: accept, chunk) }
        func put(_ path: RemotePath, _ bytes: UnsafeRawBufferPointer) throws { stop(); try base.put(path, bytes) }
        func rename(_ path: RemotePath, to target: RemotePath) throws { stop(); try base.rename(path, to: target) }
        func replace(_ path: RemotePath, with source: RemotePath) throws { stop(); try base.replace(path, with: source) }
        func remove(_ path: RemotePath) throws { stop(); try base.remove(path) }
        func makeFolder(_ folder: String) throws { stop(); try base.makeFolder(folder) }
    }

    @Test(arguments: [false, true], [0, 1, 2, 3])
    func `F90 H1 D3 a paused holder that wakes up puts nothing into the inbox that is short, second or in the way`(_ hasDone: Bool, _ appetite: Int)
        async throws
    {
        var stops = 0
        for point in 1... {
            let world = try OutboundWorld()
            let inbox = InboxEndpoint()
            inbox.state.withLock { $0.appetite = appetite }
            let first = Stopping(inbox, stopAt: point)
            let source = Ready(count: 5)
            var stopped = try world.flow("orders", inbox, source, batch: 2, done: hasDone)
            stopped.push.endpoint = first
            let flow = try world.flow("orders", inbox, source, batch: 2, done: hasDone)
            let paused = Task.detached { [stopped] in
                defer { first.finish() }
                return try await world.runner().run(stopped, cause: "schedule")
            }
            await Self.blocking { first.waitForStop() }

            // Nobody can see the first one, and its lease has run out.
            _ = try await world.runner().run(flow, cause: "schedule")
            first.wake()
            let outcome = await paused.result
            // What is left is tidied by the run after that.
            for _ in 0..<2 { _ = try await world.runner().run(flow, cause: "schedule") }

            let (numbers, faults) = OutboundWorld.numbers(in: inbox.delivered)
            #expect(numbers.sorted() == (1001...1005).map(String.init), "stopped before change \(point)")
            #expect(faults == [] && inbox.state.withLock { $0.wrongs } == [], "stopped before change \(point)")
            #expect(inbox.state.withLock { $0.files.keys.filter { $0.hasSuffix(".part") } } == [], "stopped before change \(point)")
            #expect(try world.ledger.read { try $0.unbalancedRuns() } == [])
            guard first.wasStopped else { break }
            if case .success(let report) = outcome { #expect(report.trouble?.code == "LEASE-LOST", "stopped before change \(point)") }
            stops += 1
        }
        #expect(stops >= 6)
    }

    private static func blocking(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                body()
                continuation.resume()
            }
        }
    }
}
