/// How one request was dealt with.
package struct Handled: Sendable {
    package var answer: ShopAnswer
    package var caller: String
    /// The resource that the caller lacked.
    package var refusedResource: String?
    package var committed: [JournalItem]

    init(_ answer: ShopAnswer, caller: String = Caller.guest.name, refused: String? = nil, committed: [JournalItem] = []) {
        self.answer = answer
        self.caller = caller
        refusedResource = refused
        self.committed = committed
    }
}

extension ShopState {
    /// Answers a request and does what it asks. A handler changes nothing before everything is checked.
    package mutating func handle(_ request: ShopRequest, now: Int64) -> Handled {
        if isInMaintenance { return Handled(.maintenance) }
        do throws(ShopError) {
            return try route(request, now: now)
        } catch {
            // HEAD has a head only.
            return Handled(request.method == "HEAD" ? ShopAnswer(status: error.status, body: []) : error.answer)
        }
    }

    /// Whether the stand-in has the route at all; what it has not is no statement about Magento.
    package func covers(method: String, target: String) -> Bool {
        let path = target.prefix { $0 != "?" }
        switch try? RoutedPath(path, storeCodes: storeCodes) {
        case .api(_, let segments)?: return RouteTable.find(method, segments) != nil
        case .async(_, _, let segments)?: return method == "GET" || RouteTable.find(method, segments) != nil
        case .version?, .storefront?, nil: return true
        }
    }

    /// Store 0 for `all`; without a code the default store view.
    private func store(of scope: String?) -> Int {
        guard let scope else { return storeViews.filter { $0.id != 0 }.map(\.id).min() ?? 0 }
        return storeViews.first { $0.code == scope }?.id ?? 0
    }

    private var storeCodes: Set<String> { Set(storeViews.map(\.code)) }

    private mutating func route(_ request: ShopRequest, now: Int64) throws(ShopError) -> Handled {
        let path = try RoutedPath(request.path, storeCodes: storeCodes)
        guard ["GET", "POST", "PUT", "DELETE"].contains(request.method) else {
            throw .methodNotSupported(request.method)
        }
        switch path {
        case .storefront: return Handled(answerShopper(request, now: now))
        case .version:
            return Handled(ShopAnswer(status: 200, contentType: ShopAnswer.html, body: Array("Magento/2.4 (Community)".utf8)))
        case .api(let scope, let segments):
            guard let (route, variables) = RouteTable.find(request.method, segments) else { throw .noRoute }
            return try call(route, variables, scope: scope, request, now: now, .atOnce)
        case .async(let scope, let isBulk, let segments):
            // Only what changes something can be done later.
            guard request.method != "GET" else { throw .cannotBeProcessed }
            guard let (route, variables) = RouteTable.find(request.method, segments) else { throw .noRoute }
            return try call(route, variables, scope: scope, request, now: now, isBulk ? .laterInBulk : .later)
        }
    }

    private enum Moment { case atOnce, later, laterInBulk }

    private mutating func call(
        _ route: Route, _ variables: [String: String], scope: String?, _ request: ShopRequest, now: Int64,
        _ moment: Moment
    ) throws(ShopError) -> Handled {
        var caller = Caller.guest
        if case .resource(let resource) = route.access {
            caller = try access.caller(of: request, now: now)
            guard caller.resources.allows(resource) else {
                return Handled(ShopError.notAuthorised(resource).answer, caller: caller.name, refused: resource)
            }
        }
        let query = QueryTree.parse(request.query)
        var call = RouteCall(
            variables: variables, query: query, body: .null, store: store(of: scope),
            baseURL: configuration.baseURL.isEmpty ? "http://\(request.host)/" : configuration.baseURL, now: now
        )
        do throws(ShopError) {
            call.body = try body(of: request)
            switch moment {
            case .atOnce: break
            case .later: return Handled(try accept(route, variables, bodies: [call.body], call), caller: caller.name)
            case .laterInBulk:
                // An object is looped over as if its members were the bodies.
                let bodies = call.body.elements ?? call.body.members?.map(\.value) ?? []
                return Handled(try accept(route, variables, bodies: bodies, call), caller: caller.name)
            }
            let value = try route.handler(&self, &call)
            var answer = AnswerRenderer.render(value, accept: request.headers["accept"], fields: query["fields"]?.text)
            answer.rows = (value["items"] ?? value).elements?.count ?? 1
            return Handled(answer, caller: caller.name, committed: call.committed)
        } catch {
            return Handled(error.answer, caller: caller.name)
        }
    }

    private func body(of request: ShopRequest) throws(ShopError) -> JSONValue {
        guard request.method == "POST" || request.method == "PUT" else { return .null }
        guard let type = request.headers["content-type"], !type.isEmpty else {
            // Where nothing is sent, nobody asks what it is.
            if request.body.isEmpty { return .null }
            throw .contentTypeEmpty
        }
        let media = type.prefix { $0 != ";" }
        guard media == "application/json" else { throw .contentTypeUnknown(String(media)) }
        let charset = type[media.endIndex...].dropFirst().drop { $0 == " " }.lowercased()
        guard charset.isEmpty || charset == "charset=utf-8" else { throw .contentTypeUnknown(type) }
        guard !request.body.isEmpty else { return .null }
        do throws(JSONParser.Malformed) {
            return try JSONParser.parse(request.body)
        } catch {
            throw .decoding
        }
    }
}
