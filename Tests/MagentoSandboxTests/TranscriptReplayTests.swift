import Synchronization
import Testing

@testable import MagentoSandbox

struct TranscriptReplayTests {
    /// Failures of PHP, nginx or the database, and content coding: no route of the API answers these.
    private static let outsideTheAPI: Set<String> = ["err", "http"]
    /// Recorded before the shop was set up to the end; the very same call was accepted later (`auth-03-oauth-all-scope`).
    private static let contradicted: Set<String> = ["auth-03-oauth-default-scope"]
    private static let mustMatch = [
        "src", "auth", "prod", "seed", "limit", "url", "price", "special", "tier", "orders", "ship", "idem", "inv", "refund", "cancel",
        "hold", "comment", "cust", "tax", "msi", "async",
    ]

    @Test(.enabled(if: SharedRecordings.areAtHand, "the recordings are not beside the project"))
    func `every recorded exchange of a route we have is answered as the live shop did`() async throws {
        let time = Mutex<Int64>(0)
        let shop = SandboxShop(RecordedShop.state, clock: ShopClock { time.withLock { $0 } })
        let server = try await SandboxServer.start(shop: shop)

        var replay = TranscriptReplay()
        for transcript in try SharedRecordings.transcripts() {
            time.withLock { $0 = transcript.time }
            RecordedShop.prepare(shop, for: transcript)
            let isMaintenance = transcript.name.hasPrefix("err-503")
            guard isMaintenance || !Self.outsideTheAPI.contains(transcript.group), !transcript.isElided,
                !Self.contradicted.contains(transcript.name)
            else {
                replay.leaveOut(transcript)
                continue
            }
            try await replay.replay(transcript, to: shop, port: server.port)
        }
        await server.stop()

        replay.report(as: "replay", listed: Self.mustMatch)
        #expect(replay.differing.filter { Self.mustMatch.contains(String($0.prefix { $0 != "-" })) }.isEmpty)
        #expect(replay.verdicts.count > 400)
        #expect(replay.differing.isEmpty)
        #expect(replay.matched.count > 380)
    }
}
