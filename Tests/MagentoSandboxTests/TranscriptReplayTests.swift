import Synchronization
import Testing

@testable import MagentoSandbox

struct TranscriptReplayTests {
    private enum Verdict: Hashable {
        case matched(isIdentical: Bool)
        case differing(String)
        case uncovered
    }

    /// Failures of PHP, nginx or the database, and content coding: no route of the API answers these.
    private static let outsideTheAPI: Set<String> = ["err", "http"]
    /// Recorded before the shop was set up to the end; the very same call was accepted later (`auth-03-oauth-all-scope`).
    private static let contradicted: Set<String> = ["auth-03-oauth-default-scope"]
    private static let noRoute = "Request does not match any route."
    private static let mustMatch = [
        "src", "auth", "prod", "seed", "limit", "url", "price", "special", "tier", "orders", "ship", "idem", "inv", "refund", "cancel",
        "hold", "comment", "cust", "tax", "msi", "async",
    ]

    @Test(.enabled(if: SharedRecordings.areAtHand, "the recordings are not beside the project"))
    func `every recorded exchange of a route we have is answered as the live shop did`() async throws {
        let time = Mutex<Int64>(0)
        let shop = SandboxShop(RecordedShop.state, clock: ShopClock { time.withLock { $0 } })
        let server = try await SandboxServer.start(shop: shop)
        let transcripts = try SharedRecordings.transcripts()

        var verdicts: [String: Verdict] = [:]
        for transcript in transcripts {
            time.withLock { $0 = transcript.time }
            RecordedShop.prepare(shop, for: transcript)
            verdicts[transcript.name] = try await verdict(transcript, shop, server.port)
        }
        await server.stop()

        report(verdicts)
        let differing = verdicts.filter { if case .differing = $0.value { true } else { false } }
        #expect(differing.filter { Self.mustMatch.contains(String($0.key.prefix { $0 != "-" })) }.isEmpty)
        #expect(verdicts.count > 400)
        #expect(differing.isEmpty)
        #expect(verdicts.values.filter { if case .matched = $0 { true } else { false } }.count > 380)
    }

    private func verdict(_ transcript: Transcript, _ shop: SandboxShop, _ port: Int) async throws -> Verdict {
        let isMaintenance = transcript.name.hasPrefix("err-503")
        guard isMaintenance || !Self.outsideTheAPI.contains(transcript.group), !transcript.isElided,
            !Self.contradicted.contains(transcript.name)
        else { return .uncovered }
        // A route that neither shop has is covered; one that only the live shop has is not.
        let message = (try? JSONParser.parse(transcript.answer))?["message"]?.text
        let isCovered = shop.withState { $0.covers(method: transcript.method, target: transcript.target) }
        guard isCovered || message == Self.noRoute || transcript.status == 405 else { return .uncovered }
        let reply = try await RawHTTP.exchange(transcript.bytes, port: port)
        guard reply.status == transcript.status else {
            return .differing("status \(reply.status) instead of \(transcript.status)")
        }
        let type = { (text: String) in text.prefix { $0 != ";" }.lowercased() }
        guard type(reply.headers["content-type"] ?? "") == type(transcript.contentType) else {
            return .differing("\(reply.headers["content-type"] ?? "") instead of \(transcript.contentType)")
        }
        if let difference = BodyShape.difference(recorded: transcript.answer, answered: reply.body) {
            return .differing(difference)
        }
        return .matched(isIdentical: BodyShape.isIdentical(recorded: transcript.answer, answered: reply.body))
    }

    private func report(_ verdicts: [String: Verdict]) {
        func names(_ isWanted: (Verdict) -> Bool) -> [String] { verdicts.filter { isWanted($0.value) }.map(\.key).sorted() }
        let matched = names { if case .matched = $0 { true } else { false } }
        let identical = names { $0 == .matched(isIdentical: true) }
        let uncovered = names { $0 == .uncovered }
        print(
            "replay: matched \(matched.count) (\(identical.count) word for word), differing \(verdicts.count - matched.count - uncovered.count), uncovered \(uncovered.count)"
        )
        for (name, verdict) in verdicts.sorted(by: { $0.key < $1.key }) {
            if case .differing(let text) = verdict { print("replay: \(name) differs: \(text)") }
        }
        let groups = Dictionary(grouping: uncovered) { $0.prefix { $0 != "-" } }.mapValues(\.count)
        print("replay: uncovered by group: " + groups.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
        for prefix in Self.mustMatch {
            let left = uncovered.filter { $0.hasPrefix(prefix + "-") }
            if !left.isEmpty { print("replay: uncovered in \(prefix): \(left.joined(separator: " "))") }
        }
    }
}
