import Domain
import Endpoints
import Synchronization
import TestKit
import Testing

struct RetryingEndpointTests {
    private let clock = ManualTimeline()
    private let home = TemporaryFolder()

    private var endpoint: RetryingEndpoint {
        let base = LocalDirectoryEndpoint(name: "erp", settings: LocalSettings(root: home.path))
        return RetryingEndpoint(base, backoff: Backoff(attempts: 3, first: .seconds(2)), timeline: clock.timeline)
    }

    private static func failure(_ kind: FailureKind) -> Diagnostic { Diagnostic("TEST", "scripted", fix: "none", kind: kind) }

    @Test func `a transient failure before any change is tried again, and its success is the result`() async throws {
        let runs = Atomic(0)

        let result = try await endpoint.withSession { session in
            _ = try session.stat(RemotePath(folder: "", name: "a"))
            if runs.add(1, ordering: .relaxed).newValue < 3 { throw Self.failure(.transient) }
            return 42
        }

        #expect(result == 42)
        #expect(clock.slept.count == 2)
    }

    @Test(arguments: [FailureKind.permanent, .ambiguous, .unauthorised])
    func `F11 other failures are not tried again`(_ kind: FailureKind) async throws {
        let runs = Mutex(0)

        let failure = try await diagnostic {
            try await endpoint.withSession { _ in
                runs.withLock { $0 += 1 }
                throw Self.failure(kind)
            }
        }

        #expect(failure.kind == kind)
        #expect(runs.withLock { $0 } == 1)
    }

    enum Change: CaseIterable { case put, rename, replace, remove, makeFolder }

    @Test(arguments: Change.allCases)
    func `after any change was begun nothing is tried again`(_ change: Change) async throws {
        home.write("a", [1])
        let runs = Mutex(0)
        let (a, b) = (RemotePath(folder: "", name: "a"), RemotePath(folder: "", name: "b"))

        _ = try await diagnostic {
            try await endpoint.withSession { session in
                runs.withLock { $0 += 1 }
                switch change {
                case .put: try session.put(b, [1])
                case .rename: try session.rename(a, to: b)
                case .replace: try session.replace(b, with: a)
                case .remove: try session.remove(a)
                case .makeFolder: try session.makeFolder("folder")
                }
                throw Self.failure(.transient)
            }
        }

        #expect(runs.withLock { $0 } == 1)
        #expect(clock.slept.isEmpty)
    }

    @Test func `a pause that was asked for is kept`() async throws {
        _ = try await diagnostic { try await endpoint.withSession { _ in throw Self.failure(.throttled(retryAfter: .seconds(77))) } }

        #expect(clock.slept == [.seconds(77), .seconds(77)])
    }

    @Test(arguments: 1...12)
    func `waits double, stay within half and whole, and never pass the longest`(_ attempt: Int) {
        let backoff = Backoff(attempts: 20, first: .seconds(1), longest: .seconds(30))
        let whole = min(Duration.seconds(1 << (attempt - 1)), .seconds(30))

        #expect(backoff.wait(after: attempt, chance: 0) == whole / 2)
        #expect(backoff.wait(after: attempt, chance: 255) == whole)
        #expect((whole / 2...whole).contains(backoff.wait(after: attempt, chance: 100)))
    }

    @Test func `a cancelled wait ends the attempts`() async throws {
        let waiting = ManualTimeline(sleeping: .waitsForAdvance)
        let base = LocalDirectoryEndpoint(name: "erp", settings: LocalSettings(root: home.path))
        let endpoint = RetryingEndpoint(base, timeline: waiting.timeline)
        let (failures, failed) = AsyncStream.makeStream(of: Void.self)

        let task = Task {
            try await endpoint.withSession { _ in
                failed.yield()
                throw Self.failure(.transient)
            }
        }
        for await _ in failures { break }
        task.cancel()

        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
