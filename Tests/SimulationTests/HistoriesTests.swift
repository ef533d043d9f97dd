import Foundation
import TestKit
import Testing

/// The simulated world, played in processes of its own: their hashing has no chance in it, so that a seed is one history everywhere.
struct HistoriesTests {
    private static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("simulation").path
    private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    private static let count = ProcessInfo.processInfo.environment["TALLYMAN_WORLDS"].flatMap { Int($0) } ?? 3000

    private static let part = 200

    /// On a thread of its own: the few threads of tasks are for the other tests.
    private static func play(_ arguments: [String]) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        try ChildProcess.run([program, "--project", project] + arguments, environment: ["SWIFT_DETERMINISTIC_HASHING": "1"])
                    })
            }
        }
    }

    @Test(.timeLimit(.minutes(30)), arguments: [1, 2])
    func `A1 B2 B7 C1 D1 D2 E1 E3 G1 G2 H1 in a world that misbehaves nothing is lost, nothing is done twice, and everything comes to rest`(lane: Int)
        async throws
    {
        // In parts that no busy machine takes minutes for.
        for start in stride(from: 0, to: Self.count, by: Self.part) {
            let said = try await Self.play(["--from", "\(start + lane)", "--stride", "2", "--count", "\(Self.part)", "--tell"])

            #expect(said.contains("histories \(Self.part / 2), findings 0"), "\(said)")
        }
    }

    @Test func `a seed is one history: played twice it crosses the same boundaries`() async throws {
        let first = try await Self.play(["--from", "1", "--count", "20", "--trail", "--most", "100"])

        #expect(try await Self.play(["--from", "1", "--count", "20", "--trail", "--most", "100"]) == first)
        #expect(first.contains("ledger.commit"))
    }
}
