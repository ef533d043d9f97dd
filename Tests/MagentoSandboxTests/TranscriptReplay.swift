import Testing

@testable import MagentoSandbox

/// What came of the replay of recorded exchanges, and how one is replayed.
struct TranscriptReplay {
    enum Verdict: Hashable {
        case matched(isIdentical: Bool)
        case differing(String)
        case uncovered
    }

    private(set) var verdicts: [String: Verdict] = [:]

    var matched: [String] { names { if case .matched = $0 { true } else { false } } }
    var identical: [String] { names { $0 == .matched(isIdentical: true) } }
    var differing: [String] { names { if case .differing = $0 { true } else { false } } }
    var uncovered: [String] { names { $0 == .uncovered } }

    private static let noRoute = "Request does not match any route."

    mutating func leaveOut(_ transcript: Transcript) { verdicts[transcript.name] = .uncovered }

    /// - Parameter bytes: what is sent; `nil`: what was recorded.
    mutating func replay(_ transcript: Transcript, to shop: SandboxShop, port: Int, bytes: [UInt8]? = nil) async throws {
        verdicts[transcript.name] = try await verdict(transcript, shop, port, bytes ?? transcript.bytes)
    }

    private func verdict(_ transcript: Transcript, _ shop: SandboxShop, _ port: Int, _ bytes: [UInt8]) async throws -> Verdict {
        // A route that neither shop has is covered; one that only the live shop has is not.
        let message = (try? JSONParser.parse(transcript.answer))?["message"]?.text
        let isCovered = shop.withState { $0.covers(method: transcript.method, target: transcript.target) }
        guard isCovered || message == Self.noRoute || transcript.status == 405 else { return .uncovered }
        let reply = try await RawHTTP.exchange(bytes, port: port)
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

    private func names(_ isWanted: (Verdict) -> Bool) -> [String] { verdicts.filter { isWanted($0.value) }.map(\.key).sorted() }

    /// - Parameter listed: the groups whose uncovered exchanges are named one by one.
    func report(as name: String, listed: [String]) {
        print(
            "\(name): matched \(matched.count) (\(identical.count) word for word), differing \(differing.count), uncovered \(uncovered.count)"
        )
        for (transcript, verdict) in verdicts.sorted(by: { $0.key < $1.key }) {
            if case .differing(let text) = verdict { print("\(name): \(transcript) differs: \(text)") }
        }
        let groups = Dictionary(grouping: uncovered) { $0.prefix { $0 != "-" } }.mapValues(\.count)
        print("\(name): uncovered by group: " + groups.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
        for prefix in listed {
            let left = uncovered.filter { $0.hasPrefix(prefix + "-") }
            if !left.isEmpty { print("\(name): uncovered in \(prefix): \(left.joined(separator: " "))") }
        }
    }
}
