import Domain
import Testing

@testable import Magento

struct AnswerClassifierTests {
    enum Meaning: String, Sendable { case done, notDone, unknown }

    struct Case: Sendable, CustomStringConvertible {
        var name: String
        var status: Int
        var type = "application/json; charset=utf-8"
        var body: String
        var meaning: Meaning
        var kind: FailureKind?

        var description: String { name }
    }

    static let save = ShopCall(.post, ["inventory", "source-items"], body: [], effect: .absolute, expects: .emptyList)
    static let read = ShopCall(.get, ["inventory", "source-items"], effect: .read, expects: .object)

    static let cases: [Case] = [
        Case(name: "success", status: 200, body: "[]", meaning: .done),
        Case(name: "F55 200 with errors inside", status: 200, body: #"[{"message":"Invalid attribute"}]"#, meaning: .unknown, kind: .ambiguous),
        Case(name: "F65 empty 200", status: 200, body: "", meaning: .unknown, kind: .ambiguous),
        Case(name: "F65 null", status: 200, body: "null", meaning: .unknown, kind: .ambiguous),
        Case(name: "F65 truncated", status: 200, body: "[", meaning: .unknown, kind: .ambiguous),
        Case(name: "F65 byte order mark", status: 200, body: "\u{FEFF}[]", meaning: .unknown, kind: .ambiguous),
        Case(name: "F65 duplicate keys", status: 200, body: #"{"a":1,"a":2}"#, meaning: .unknown, kind: .ambiguous),
        Case(name: "F65 wrong type", status: 200, body: "true", meaning: .unknown, kind: .ambiguous),
        Case(
            name: "F65 HTML with 200", status: 200, type: "text/html; charset=UTF-8", body: "<b>Fatal error</b>", meaning: .unknown, kind: .ambiguous),
        Case(name: "F65 JSON that says it is text", status: 200, type: "text/html", body: "[]", meaning: .unknown, kind: .ambiguous),
        Case(name: "F64 redirect", status: 302, type: "text/html", body: "", meaning: .notDone, kind: .permanent),
        Case(name: "F57 could not save", status: 400, body: #"{"message":"Could not save Source Item"}"#, meaning: .notDone, kind: .transient),
        Case(
            name: "F57 deadlock by number", status: 400, body: #"{"message":"Try restarting transaction","code":1213}"#, meaning: .notDone,
            kind: .transient),
        Case(
            name: "F58 validation", status: 400, body: #"{"message":"Validation Failed: \"sku\" can not be empty."}"#, meaning: .notDone,
            kind: .permanent),
        Case(name: "bad gateway page with 400", status: 400, type: "text/html", body: "<html>", meaning: .notDone, kind: .permanent),
        Case(name: "F59 unknown token", status: 401, body: #"{"message":"Specified token does not exist"}"#, meaning: .notDone, kind: .unauthorised),
        Case(
            name: "a proxy that replays", status: 401,
            body: #"{"message":"The nonce is already being used by the consumer with ID %1","parameters":["1"]}"#, meaning: .unknown, kind: .ambiguous
        ),
        Case(name: "firewall", status: 403, type: "text/html", body: "<html>denied</html>", meaning: .notDone, kind: .permanent),
        Case(name: "request time-out", status: 408, type: "text/html", body: "", meaning: .notDone, kind: .transient),
        Case(name: "F61 throttle", status: 429, body: #"{"message":"Too Many Requests"}"#, meaning: .notDone, kind: .throttled(retryAfter: nil)),
        Case(
            name: "F53 masked 500", status: 500,
            body: #"{"message":"Internal Error. Details are available in Magento log file. Report ID: webapi-1"}"#, meaning: .unknown,
            kind: .ambiguous),
        Case(name: "F53 empty 500", status: 500, type: "text/html", body: "", meaning: .unknown, kind: .ambiguous),
        Case(
            name: "PHP's own error shape", status: 500, body: #"{"messages":{"error":[{"code":500,"message":"Fatal"}]}}"#, meaning: .unknown,
            kind: .ambiguous),
        Case(name: "F63 502", status: 502, type: "text/html", body: "<html>502 Bad Gateway</html>", meaning: .unknown, kind: .ambiguous),
        Case(name: "F63 504", status: 504, type: "text/html", body: "<html>504 Gateway Time-out</html>", meaning: .unknown, kind: .ambiguous),
        Case(name: "F63 a CDN's 524", status: 524, type: "text/html", body: "<html>", meaning: .unknown, kind: .ambiguous),
        Case(
            name: "F62 maintenance", status: 503, type: "text/html", body: "<h1>Service Temporarily Unavailable</h1>", meaning: .notDone,
            kind: .throttled(retryAfter: nil)),
        Case(
            name: "F63 a cache's 503", status: 503, type: "text/html", body: "<h1>Error 503 Backend fetch failed</h1>", meaning: .unknown,
            kind: .ambiguous),
    ]

    private func classify(_ status: Int, _ type: String, _ body: [UInt8], _ call: ShopCall) -> Answer {
        AnswerClassifier.classify(ShopReply(status: status, contentType: type, body: body), to: call, now: UTCInstant(seconds: 0))
    }

    private func meaning(_ answer: Answer) -> Meaning {
        switch answer {
        case .done: .done
        case .notDone: .notDone
        case .unknown: .unknown
        }
    }

    @Test(arguments: cases)
    func `an answer to a write means one of three things`(_ given: Case) {
        let answer = classify(given.status, given.type, Array(given.body.utf8), Self.save)

        #expect(meaning(answer) == given.meaning)
        #expect(answer.refusal?.kind == given.kind)
    }

    @Test(arguments: cases)
    func `a read leaves nothing half done, so it is never unknown`(_ given: Case) {
        let answer = classify(given.status, given.type, Array(given.body.utf8), Self.read)

        #expect(meaning(answer) != .unknown)
        #expect(answer.refusal?.kind != .ambiguous)
    }

    @Test(
        .enabled(if: SharedRecordings.areAtHand, "the recordings are not beside the project"),
        arguments: [
            ("auth-04-bad-signature", Refusal.Reason.signature), ("auth-05-unknown-token", .credential),
            ("auth-06-unknown-consumer", .credential), ("auth-07-short-token", .credential), ("auth-08-hmac-sha1", .credential),
            ("auth-11-nonce-reused", .nonceReused), ("auth-13-timestamp-future", .clock), ("auth-14-missing-params", .credential),
            ("auth-15-no-auth", .permission(resource: "Magento_Backend::store")),
            ("auth-19-admin-token-wrong-password", .credential),
            ("auth-22-403-source-items-write", .permission(resource: "Magento_InventoryApi::stock_source_item_assign")),
            ("auth-24-404-route", .noRoute), ("auth-26-wrong-method", .invalid), ("auth-28-unknown-store-code", .invalid),
            ("auth-29-no-rest-prefix", .page(status: 404)), ("auth-31-accept-unknown", .page(status: 500)),
            ("src-04-unknown-source", .couldNotSave), ("src-07-qty-text", .invalid), ("src-08-qty-null", .invalid),
            ("src-13-unknown-field", .invalid), ("src-14-empty", .invalid), ("src-18-status-2", .invalid),
            ("src-23-trailing-space", .invalid), ("src-27-malformed-json", .invalid), ("src-28-text-plain", .invalid),
            ("src-38-list-bad-field", .internalError), ("prod-04-404", .notFound), ("limit-01-101-items", .itemLimit(maximum: 100)),
            ("limit-03-page-size", .pageLimit(maximum: 50)), ("err-200-php-fatal-display-errors-on", .page(status: 200)),
            ("err-413-body-too-large", .bodyTooLarge), ("err-502-fpm-down", .page(status: 502)),
            ("err-502-worker-killed", .page(status: 502)), ("err-503-maintenance-post", .maintenance),
            ("err-504-gateway-timeout", .page(status: 504)), ("err-db-down-post", .page(status: 500)),
            ("err-php-memory-44M-display0", .page(status: 500)), ("err-500-internal-error-session-gc", .internalError),
            ("msi-e14-salable-unknown-sku", .page(status: 500)), ("ship-04-already-shipped", .invalid),
            ("msi-e5-ship-source-too-low", .couldNotSave),
        ])
    func `each recorded refusal is understood`(_ name: String, _ reason: Refusal.Reason) throws {
        let recorded = try #require(SharedRecordings.answers[name])

        let answer = classify(recorded.status, recorded.type, recorded.body, Self.save)

        #expect(answer.refusal?.reason == reason)
    }

    @Test(.enabled(if: SharedRecordings.areAtHand, "the recordings are not beside the project"))
    func `no recorded failure is taken for a success, and every success of source items is one`() {
        for (name, recorded) in SharedRecordings.answers where recorded.status != 200 {
            #expect(meaning(classify(recorded.status, recorded.type, recorded.body, Self.save)) != .done, "\(name)")
        }
        for name in ["src-01-ok-200", "src-02-ok-one", "src-16-wrong-key", "src-35-delete", "limit-02-100-items"] {
            let recorded = SharedRecordings.answers[name]
            #expect(meaning(classify(recorded?.status ?? 0, recorded?.type ?? "", recorded?.body ?? [], Self.save)) == .done, "\(name)")
        }
    }

    @Test func `placeholders are filled in and what the shop says is escaped`() {
        let body = #"{"message":"Bad %fieldName of %1\u001b[31m","parameters":{"fieldName":"Colour","1":"x"}}"#

        let answer = classify(400, "application/json", Array(body.utf8), Self.save)

        #expect(answer.refusal?.message == #"Bad Colour of x\x1b[31m"#)
    }

    @Test(arguments: [Refusal.Reason.unreachable, .maintenance, .credential, .couldNotSave, .itemLimit(maximum: 20), .page(status: 502)])
    func `every refusal tells people what to do`(_ reason: Refusal.Reason) {
        let diagnostic = Refusal(reason, .transient, status: 400, message: "said", call: "POST inventory/source-items").diagnostic

        #expect(diagnostic.code.hasPrefix("SHOP-") && !diagnostic.fix.isEmpty)
        #expect(diagnostic.summary.contains("POST inventory/source-items"))
    }

    @Test(arguments: [
        (TransportFailure.unreachable("x"), Meaning.notDone), (.certificate("x"), .notDone), (.lost("x"), .unknown), (.tooLarge, .unknown),
    ])
    func `a connection lost after sending is unknown, one that never stood is not done`(_ failure: TransportFailure, _ expected: Meaning) {
        #expect(meaning(AnswerClassifier.lost(failure, to: Self.save)) == expected)
        #expect(meaning(AnswerClassifier.lost(failure, to: Self.read)) == .notDone)
    }
}
