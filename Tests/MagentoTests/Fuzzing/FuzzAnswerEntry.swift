import Domain

@testable import Magento

/// The readers of the shop's answers, each with what must hold whatever the bytes are. Driven by `make fuzz` and by `FuzzAnswerTests`.
enum FuzzAnswerEntry: String, CaseIterable, Sendable {
    case json, answer

    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    /// Throws `Fault` and nothing else.
    func run(_ bytes: [UInt8]) throws {
        switch self {
        case .json: try Self.json(bytes)
        case .answer: if let first = bytes.first { try Self.answer(first, Array(bytes.dropFirst())) }
        }
    }

    private static func require(_ condition: Bool, _ text: @autoclosure () -> String) throws {
        if !condition { throw Fault(description: text()) }
    }

    /// What is read can be written and read again as the same; numbers are exact or none.
    private static func json(_ bytes: [UInt8]) throws {
        guard let read = try? JSONReader.read(bytes) else { return }
        let written = read.bytes
        try require((try? JSONReader.read(written)) == read, "it reads otherwise when it is written again")
        try walk(read)
    }

    private static func walk(_ json: JSON) throws {
        switch json {
        case .array(let elements): for element in elements { try walk(element) }
        case .object(let members):
            try require(Set(members.names).count == members.count, "a name twice")
            for name in members.names { if let member = members[name] { try walk(member) } }
        case .number:
            if let whole = json.whole { try require(json.decimal == ExactDecimal(Int64(whole)), "\(whole) is not what its digits say") }
        case .null, .bool, .string: break
        }
        _ = (SalesDocument(json), OrderSnapshot(json))
    }

    private static let expectations: [ShopCall.Expectation] = [.emptyList, .object, .list, .wholeNumber, .text, .yes, .flag, .page, .plainText]
    private static let statuses = [200, 201, 302, 400, 401, 403, 404, 413, 429, 500, 502, 503, 504]

    /// A read is never left unknown, a call that must not be made twice is never called undone after an answer that does not say so, and
    /// every refusal has words and a place in the catalogue.
    private static func answer(_ choice: UInt8, _ bytes: [UInt8]) throws {
        let status = statuses[Int(choice) % statuses.count]
        let expects = expectations[Int(choice / 16) % expectations.count]
        let type = choice & 1 == 0 ? "application/json" : "text/html"
        let reply = ShopReply(
            status: status, contentType: type, retryAfter: choice & 2 == 0 ? nil : String(decoding: bytes.prefix(30), as: UTF8.self), body: bytes)
        for effect in [ShopCall.Effect.read, .absolute, .once] {
            let call = ShopCall(.post, ["order", "1", "ship"], effect: effect, expects: expects)
            let answer = AnswerClassifier.classify(reply, to: call, now: UTCInstant(seconds: 1_795_224_000))
            if case .unknown = answer { try require(effect != .read, "a read is unknown") }
            if case .notDone(let refusal) = answer, effect == .once {
                try require(status < 500 || refusal.reason == .maintenance, "\(status) is called not done")
            }
            if case .done = answer { try require(status < 300, "\(status) is called done") }
            if let refusal = answer.refusal {
                try require(DiagnosticCatalogue.entries[refusal.diagnostic.code] != nil, "\(refusal.diagnostic.code) is in no catalogue")
                try require(refusal.diagnostic.summary.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a control character is shown")
            }
        }
    }
}
