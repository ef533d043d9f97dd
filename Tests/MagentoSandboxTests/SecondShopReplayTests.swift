import Foundation
import Synchronization
import Testing

@testable import MagentoSandbox

/// The exchanges of the second recorded shop (transcripts-2) against the sandbox, and its findings.
struct SecondShopReplayTests {
    private static let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    @Test func `each of the second shop's 22 findings is cited by a test of the sandbox, with its files`() throws {
        let sources = try FileManager.default.subpathsOfDirectory(atPath: Self.here.path).filter { $0.hasSuffix(".swift") }
        let lines = try sources.flatMap { name in
            try String(contentsOf: Self.here.appendingPathComponent(name), encoding: .utf8).split(separator: "\n").map(String.init)
        }
        let files = Set(try SharedRecordings.names(of: "transcripts-2"))
        for number in 1...22 {
            let cited = lines.filter { $0.contains("///") && $0.range(of: "(?i)finding \(number)\\b", options: .regularExpression) != nil }
            #expect(!cited.isEmpty, "finding \(number)")
            guard SharedRecordings.areAtHand else { continue }
            let groups = cited.flatMap { $0.matches(of: /[a-z]+-[0-9]+/).map { String($0.output) } }
            #expect(groups.contains { group in files.contains { $0.hasPrefix(group) } }, "finding \(number) names none of the recorded files")
        }
    }

    @Test(.enabled(if: SharedRecordings.areAtHand, "the recordings are not beside the project"))
    func `every exchange of the second shop whose state can be set up is answered as that shop did`() async throws {
        let time = Mutex<Int64>(0)
        let shop = SandboxShop(RecordedSecondShop.state, clock: ShopClock { time.withLock { $0 } })
        shop.withState { SecondShopOrders.place(in: &$0) }
        let server = try await SandboxServer.start(shop: shop)

        var replay = TranscriptReplay()
        for transcript in try SharedRecordings.transcripts(of: "transcripts-2") {
            // Seconds are what the recordings tell; a call that waited for another one was answered once that one was done.
            let waited = transcript.name.hasSuffix("second-post") && transcript.status == 400 ? shop.lateCommits.next : nil
            time.withLock { $0 = max(transcript.time, waited ?? 0) }
            guard !transcript.isElided, SecondShopSteps.take(before: transcript, shop) else {
                replay.leaveOut(transcript)
                continue
            }
            try await replay.replay(transcript, to: shop, port: server.port, bytes: RecordedSecondShop.bytes(of: transcript))
        }
        await server.stop()

        replay.report(as: "second replay", listed: Set(replay.uncovered.map { String($0.prefix { $0 != "-" }) }).sorted())
        #expect(replay.differing.isEmpty)
        #expect(replay.verdicts.count > 220)
        #expect(replay.uncovered.count * 3 < replay.verdicts.count)
        // What clients read word for word: what exists, by which spelling; what sells.
        #expect(replay.matched.filter { $0.hasPrefix("exist-") && !replay.identical.contains($0) } == [])
    }
}
