import Foundation
import TestKit
import Testing

/// The simulated world, played in processes of its own: their hashing has no chance in it, so that a seed is one history everywhere.
struct HistoriesTests {
    private static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("simulation").path
    private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    private static func play(_ arguments: [String]) throws -> String {
        try ChildProcess.run([program, "--project", project] + arguments, environment: ["SWIFT_DETERMINISTIC_HASHING": "1"])
    }

    @Test func `a seed is one history: played twice it crosses the same boundaries`() throws {
        let first = try Self.play(["--from", "1", "--count", "20", "--trail", "--most", "100"])

        #expect(try Self.play(["--from", "1", "--count", "20", "--trail", "--most", "100"]) == first)
        #expect(first.contains("ledger.commit"))
    }
}
