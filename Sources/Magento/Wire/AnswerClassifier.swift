package import Domain

/// Says what an answer means. A pure function: every recorded error body is a line of its test.
///
/// Two traps shape it. 400 is not permanent (a deadlock is 400), and 401 is not always a bad key (a missing permission is
/// 401 too). And whatever is not plainly a success or plainly a refusal leaves a write *unknown*: 502, 504 and 500 were all
/// seen with the rows saved.
package enum AnswerClassifier {
    package static func classify(_ reply: ShopReply, to call: ShopCall, now: UTCInstant) -> Answer {
        switch reply.status {
        case 200..<300: return success(reply, to: call)
        case 300..<400:
            let target = reply.location.map { Escaped($0).description } ?? "no Location"
            return .notDone(refusal(.redirected, .permanent, reply, call, target))
        case 400..<500: return refused(reply, to: call, now: now)
        default: return failed(reply, to: call, now: now)
        }
    }

    /// A failure of the connection: not done where no byte of the request left, unknown otherwise.
    package static func lost(_ failure: TransportFailure, to call: ShopCall) -> Answer {
        switch failure {
        case .unreachable(let text): .notDone(Refusal(.unreachable, .transient, message: text, call: call.label))
        case .certificate(let text): .notDone(Refusal(.certificate, .permanent, message: text, call: call.label))
        case .lost(let text): indeterminate(Refusal(.noAnswer, .ambiguous, message: text, call: call.label), call)
        case .tooLarge: indeterminate(Refusal(.tooLarge, .ambiguous, message: "", call: call.label), call)
        }
    }

    private static func success(_ reply: ShopReply, to call: ShopCall) -> Answer {
        if call.expects == .plainText, reply.body.count <= 200 {
            let text = String(decoding: reply.body, as: UTF8.self)
            return .done(Answer.Payload(json: .string(text), serverTime: reply.serverTime))
        }
        if call.expects == .page, reply.contentType.lowercased().hasPrefix("text/html") {
            let text = String(decoding: reply.body, as: UTF8.self)
            return .done(Answer.Payload(json: .string(text), serverTime: reply.serverTime))
        }
        guard ShopReply.isJSON(reply.contentType) else {
            return indeterminate(refusal(.page(status: reply.status), .ambiguous, reply, call, excerpt(reply)), call)
        }
        if let problem = reply.problem { return indeterminate(refusal(.malformed, .ambiguous, reply, call, describe(problem)), call) }
        // Its elements were taken as they came.
        if call.reader != nil, reply.body.isEmpty { return .done(Answer.Payload(json: .array([]), serverTime: reply.serverTime)) }
        do {
            let json = try JSONReader.read(reply.body)
            guard fits(json, call.expects) else {
                return indeterminate(refusal(.malformed, .ambiguous, reply, call, "the answer has another shape"), call)
            }
            return .done(Answer.Payload(json: json, serverTime: reply.serverTime))
        } catch {
            return indeterminate(refusal(.malformed, .ambiguous, reply, call, describe(error)), call)
        }
    }

    private static func fits(_ json: JSON, _ expectation: ShopCall.Expectation) -> Bool {
        switch (expectation, json) {
        case (.emptyList, .array(let elements)): elements.isEmpty
        case (.object, .object), (.list, .array), (.text, .string): true
        case (.wholeNumber, _): json.whole != nil
        case (.yes, .bool(let flag)): flag
        case (.flag, .bool): true
        case (.emptyList, _), (.object, _), (.list, _), (.text, _), (.yes, _), (.flag, _), (.plainText, _), (.page, _): false
        }
    }

    private static func refused(_ reply: ShopReply, to call: ShopCall, now: UTCInstant) -> Answer {
        let body = ErrorBody(reply.body)
        let said = body?.rendered ?? excerpt(reply)
        switch reply.status {
        case 401: return unauthorised(reply, body, call)
        case 403: return .notDone(refusal(.forbidden, .permanent, reply, call, said))
        case 408: return .notDone(refusal(.unreachable, .transient, reply, call, said))
        case 413, 414: return .notDone(refusal(.bodyTooLarge, .permanent, reply, call, ""))
        case 429:
            let pause = RetryAfter.duration(reply.retryAfter, now: now)
            return .notDone(refusal(.throttled(retryAfter: pause), .throttled(retryAfter: pause), reply, call, said))
        case 404:
            guard let body else { return .notDone(refusal(.page(status: 404), .permanent, reply, call, said)) }
            let isRoute = body.message.hasPrefix("Request does not match")
            return .notDone(refusal(isRoute ? .noRoute : .notFound, .permanent, reply, call, said))
        case 400:
            guard let body else { return .notDone(refusal(.page(status: 400), .permanent, reply, call, said)) }
            return badRequest(reply, body, call)
        default: return .notDone(refusal(.invalid, .permanent, reply, call, said))
        }
    }

    private static func badRequest(_ reply: ShopReply, _ body: ErrorBody, _ call: ShopCall) -> Answer {
        let maximum = body.parameters["max"].flatMap { Int($0) }
        if let maximum, body.message.hasPrefix("Maximum items") {
            return .notDone(refusal(.itemLimit(maximum: maximum), .permanent, reply, call, ""))
        }
        if let maximum, body.message.hasPrefix("Maximum SearchCriteria") {
            return .notDone(refusal(.pageLimit(maximum: maximum), .permanent, reply, call, ""))
        }
        if body.concernsOAuth || body.message.hasPrefix("The token length") || body.message.hasPrefix("Signature method") {
            return .notDone(refusal(.credential, .unauthorised, reply, call, body.rendered))
        }
        // The saving itself failed: a deadlock, a lock wait, a lost database connection, or a line that breaks a key.
        let isDatabase = body.code.map { [1205, 1213, 2006, 2013].contains($0) } ?? false
        if isDatabase || body.message.hasPrefix("Could not save") || body.message.hasPrefix("Database deadlock") {
            // Some releases save the parts of a document one by one: what could not be saved may be there in part.
            guard call.effect != .once else { return .unknown(refusal(.couldNotSave, .ambiguous, reply, call, body.rendered)) }
            return .notDone(refusal(.couldNotSave, .transient, reply, call, body.rendered))
        }
        return .notDone(refusal(.invalid, .permanent, reply, call, body.rendered))
    }

    private static func unauthorised(_ reply: ShopReply, _ body: ErrorBody?, _ call: ShopCall) -> Answer {
        guard let body else {
            return .notDone(refusal(.credential, .unauthorised, reply, call, "a server in front of Magento asks for a password"))
        }
        if let resource = body.parameters["resources"] {
            return .notDone(refusal(.permission(resource: resource), .unauthorised, reply, call, ""))
        }
        if body.message.hasPrefix("The nonce is already") {
            // Each of our tries has a nonce of its own, so somebody between us sent this one before: it may have been done.
            return indeterminate(refusal(.nonceReused, .ambiguous, reply, call, body.rendered), call)
        }
        if body.message.contains("validating the nonce") {
            return .notDone(refusal(.clock, .unauthorised, reply, call, body.rendered))
        }
        if body.message.hasPrefix("The signature is invalid") {
            return .notDone(refusal(.signature, .unauthorised, reply, call, body.rendered))
        }
        return .notDone(refusal(.credential, .unauthorised, reply, call, body.rendered))
    }

    private static func failed(_ reply: ShopReply, to call: ShopCall, now: UTCInstant) -> Answer {
        if reply.status == 503, isMaintenancePage(reply) {
            let pause = RetryAfter.duration(reply.retryAfter, now: now)
            return .notDone(refusal(.maintenance, .throttled(retryAfter: pause), reply, call, ""))
        }
        if let body = ErrorBody(reply.body) {
            return indeterminate(refusal(.internalError, .ambiguous, reply, call, body.rendered), call)
        }
        return indeterminate(refusal(.page(status: reply.status), .ambiguous, reply, call, excerpt(reply)), call)
    }

    /// Magento's own page (checked before anything else is done) or the web server's throttle. A 503 of a cache is
    /// something else: the shop may have worked behind it.
    private static func isMaintenancePage(_ reply: ShopReply) -> Bool {
        let page = String(decoding: reply.body.prefix(4096), as: UTF8.self)
        return page.contains("Service Temporarily Unavailable") || page.contains("Error 503: Service Unavailable")
    }

    /// Nothing can be half done by a read.
    private static func indeterminate(_ refusal: Refusal, _ call: ShopCall) -> Answer {
        guard call.effect == .read else { return .unknown(refusal) }
        var refusal = refusal
        if refusal.kind == .ambiguous { refusal.kind = .transient }
        return .notDone(refusal)
    }

    private static func refusal(
        _ reason: Refusal.Reason, _ kind: FailureKind, _ reply: ShopReply, _ call: ShopCall, _ message: String
    ) -> Refusal {
        Refusal(reason, kind, status: reply.status, message: message, call: call.label)
    }

    private static func excerpt(_ reply: ShopReply) -> String {
        reply.body.isEmpty ? "empty" : Escaped(reply.body.prefix(400), limit: 80).description
    }

    private static func describe(_ problem: JSONReader.Problem) -> String {
        switch problem {
        case .malformed(let offset): "no JSON from byte \(offset) on"
        case .tooDeep: "nested too deeply"
        case .tooManyParts: "more parts than an answer of its length can have"
        case .duplicateName(let name): "the name \(Escaped(name, limit: 40)) twice in one object"
        }
    }
}
