package import Domain
import Foundation
import Synchronization
package import StateStore

/// The console without its sockets: a request in, an answer out.
package final class ConsoleApp: Sendable {
    let settings: ConsoleSettings
    let store: AccessStore
    let houses: [any ShopHouse]
    let timeline: Timeline
    let passwords: PasswordDesk
    private let entry: RequestGuard
    private let bySession = Mutex(RateLimiter(limit: 120, in: .seconds(10)))
    private let signIns = Mutex(RateLimiter(limit: 20, in: .seconds(60)))
    /// Makes entity tags of one start unlike those of another.
    private let start: String

    package init(settings: ConsoleSettings, store: AccessStore, houses: [any ShopHouse], timeline: Timeline) {
        self.settings = settings
        self.store = store
        self.houses = houses
        self.timeline = timeline
        passwords = PasswordDesk(timeline: timeline)
        let host = settings.authority
        entry = RequestGuard(hosts: [host], origins: [settings.isEncrypted ? "https://\(host)" : "http://\(host)"])
        start = timeline.randomHex(byteCount: 8)
    }

    /// Forms of people; files come by another way.
    package static let maximumBody = 1 << 20

    package func answer(_ request: ConsoleRequest) async -> ConsoleResponse {
        var response: ConsoleResponse
        do {
            response = try await route(request)
        } catch let refusal as Refused {
            response = refusal.response
        } catch {
            response = .text("something went wrong\n", status: 500)
        }
        SecurityHeaders.add(to: &response, isEncrypted: settings.isEncrypted)
        if request.method == "HEAD" {
            response.body = []
            response.file = nil
        }
        return response
    }

    /// An answer instead of a page.
    struct Refused: Error {
        var response: ConsoleResponse
    }

    private func route(_ request: ConsoleRequest) async throws -> ConsoleResponse {
        guard entry.isOurs(host: request.headers["host"]) else { return .text("this is another address\n", status: 421) }
        guard ["GET", "HEAD", "POST"].contains(request.method) else { return .text("", status: 405) }
        let now = timeline.now()
        if let answer = try signOn(request, at: now) { return answer }
        guard let (route, values) = Routes.find(request.method, request.path) else {
            let isOther = !Routes.methods(of: request.path).isEmpty
            if request.isJSON { return PageJSON.problem(Visit.notFound, status: 404) }
            let visit = Visit(app: self, request: request, values: [:], guest: try guest(request, at: now), house: nil, grant: nil, now: now)
            return Frame.problem(visit, Visit.notFound, status: isOther ? 405 : 404)
        }
        let guest = try guest(request, at: now)
        let house = values["shop"].flatMap { name in houses.first { $0.name == name } }
        let visit = Visit(
            app: self, request: request, values: values, guest: guest, house: house, grant: house.flatMap { guest?.user.grant(in: $0.name) }, now: now
        )
        try admit(visit, route, isWhole: true)
        let tag = request.method == "POST" || route.right == .open ? nil : entityTag(visit)
        if let tag, request.headers["if-none-match"] == tag { return ConsoleResponse(status: 304, headers: [("ETag", tag)]) }
        let clock = timeline.uptime()
        var response: ConsoleResponse
        do {
            if request.isJSON {
                guard let json = route.json else { throw Visit.notFound }
                response = try PageJSON.answer(try json(visit))
            } else {
                response = try await route.handler(visit)
            }
        } catch let diagnostic as Diagnostic {
            if request.isJSON { return PageJSON.problem(diagnostic, status: Self.status(of: diagnostic)) }
            return Frame.problem(visit, diagnostic, status: Self.status(of: diagnostic))
        }
        if let tag, response.status == 200 { response.headers.append(("ETag", tag)) }
        response.headers.append(("Server-Timing", "page;dur=\((timeline.uptime() - clock).wholeMilliseconds)"))
        return response
    }

    private static func status(of diagnostic: Diagnostic) -> Int {
        switch diagnostic.code {
        case "PAGE-UNKNOWN", "RUN-UNKNOWN", "ERROR-UNKNOWN": 404
        case "CONSOLE-STALE": 409
        case "CONSOLE-RIGHT": 403
        case _ where diagnostic.kind == .transient || diagnostic.code.hasPrefix("LEDGER-"): 503
        default: 422
        }
    }

    // MARK: Who

    /// The cookie's name says to the browser that it is ours alone; on plain HTTP of this machine browsers do not take that name.
    var cookieName: String { settings.isEncrypted ? "__Host-tallyman" : "tallyman" }
    var deviceCookieName: String { settings.isEncrypted ? "__Host-tallyman-device" : "tallyman-device" }

    func cookie(_ name: String, _ value: String, lasts: Duration? = nil) -> (name: String, value: String) {
        let secure = settings.isEncrypted ? "; Secure" : ""
        let age = lasts.map { "; Max-Age=\($0.wholeSeconds)" } ?? ""
        return ("Set-Cookie", "\(name)=\(value); Path=/; HttpOnly; SameSite=Lax\(secure)\(age)")
    }

    private func guest(_ request: ConsoleRequest, at now: UTCInstant) throws -> Visit.Guest? {
        if let token = request.bearer {
            guard let user = try store.user(ofToken: Token.hash(token), at: now) else { return nil }
            let session = AccessSession(
                id: "token \(Token.hash(token).prefix(16))", user: user.name, created: now, seen: now, proven: UTCInstant(milliseconds: 0),
                address: request.address)
            return Visit.Guest(session: session, user: user, cookie: "")
        }
        guard let cookie = request.cookie(cookieName), cookie.utf8.count == 64 else { return nil }
        let id = Token.hash(cookie)
        guard let (session, user) = try store.session(id) else { return nil }
        let isOver = now.since(session.created) > ConsoleSettings.longest || now.since(session.seen) > ConsoleSettings.idle
        if isOver {
            try store.end(session: id)
            return nil
        }
        if now.since(session.seen) > .seconds(60) { try store.touch(session: id, at: now) }
        return Visit.Guest(session: session, user: user, cookie: cookie)
    }

    /// What the single sign-on in front says of a request: `nil` where it says nothing that changes anything. Whoever it names and has no
    /// session, or that of another person, gets one and asks again.
    private func signOn(_ request: ConsoleRequest, at now: UTCInstant) throws -> ConsoleResponse? {
        guard let proxy = settings.proxy else { return nil }
        let visit = Visit(app: self, request: request, values: [:], guest: try guest(request, at: now), house: nil, grant: nil, now: now)
        switch proxy.verdict(request) {
        case .none: return nil
        case .forged:
            try note(visit, "forged sign-on", "\(request.path) as \(request.headers[proxy.header] ?? "nobody")", who: "-")
            return .text("the single sign-on did not send this\n", status: 401)
        case .user(let name):
            if visit.guest?.user.name == name { return nil }
            guard let user = try store.user(name), !user.isLocked else {
                if let guest = visit.guest { try store.end(session: guest.session.id) }
                try note(visit, "unknown to the console", "by single sign-on", who: Escaped(name, limit: 100).description)
                return Frame.problem(
                    visit,
                    Diagnostic(
                        "CONSOLE-RIGHT", "\(Escaped(name, limit: 100)) is not a user of the console",
                        fix: "ask an administrator of the console to add you"),
                    status: 403)
            }
            // A form of another session is not carried out in the name of this one.
            let target = request.method == "POST" ? "/" : request.target
            return try SignInPages.begin(user, visit, back: target, isProven: false)
        }
    }

    // MARK: May they

    /// Before the body of a form that brings a file is read: who sends it, from where and to what. `nil` where it may come.
    package func refusal(ofUpload request: ConsoleRequest) -> ConsoleResponse? {
        do {
            guard entry.isOurs(host: request.headers["host"]) else { return .text("this is another address\n", status: 421) }
            if let answer = try signOn(request, at: timeline.now()) { throw Refused(response: answer) }
            guard let (route, values) = Routes.find("POST", request.path), route.takesFiles else { return .text("", status: 415) }
            let now = timeline.now()
            let guest = try guest(request, at: now)
            let house = values["shop"].flatMap { name in houses.first { $0.name == name } }
            let grant = house.flatMap { guest?.user.grant(in: $0.name) }
            try admit(Visit(app: self, request: request, values: values, guest: guest, house: house, grant: grant, now: now), route, isWhole: false)
            return nil
        } catch let refusal as Refused {
            var response = refusal.response
            SecurityHeaders.add(to: &response, isEncrypted: settings.isEncrypted)
            return response
        } catch {
            return .text("something went wrong\n", status: 500)
        }
    }

    /// - Parameter isWhole: whether the form is here; without it its token cannot be asked for yet.
    private func admit(_ visit: Visit, _ route: Route, isWhole: Bool) throws {
        let request = visit.request
        if request.method == "POST" {
            guard entry.isFromOwnPage(request) else {
                try note(visit, "foreign form", request.path)
                throw Refused(response: .text("this form was not sent from a page of the console\n", status: 403))
            }
            let isSignIn = route.right == .open
            let isWithin =
                isSignIn
                ? signIns.withLock { $0.admit(request.address, at: timeline.uptime()) }
                : bySession.withLock { $0.admit(visit.guest?.session.id ?? request.address, at: timeline.uptime()) }
            guard isWithin else { throw Refused(response: Frame.tooMany(visit, seconds: isSignIn ? 60 : 10)) }
            guard request.body.count <= Self.maximumBody else { throw Refused(response: .text("the form is too large\n", status: 413)) }
        } else if let guest = visit.guest {
            guard bySession.withLock({ $0.admit(guest.session.id, at: timeline.uptime()) }) else {
                throw Refused(response: Frame.tooMany(visit, seconds: 10))
            }
        }
        if route.right == .open { return }
        guard let guest = visit.guest else {
            guard request.method != "POST" else { throw Refused(response: .seeOther("/sign-in")) }
            if request.isJSON { throw Refused(response: PageJSON.problem(Self.tokenMissing, status: 401)) }
            throw Refused(response: .seeOther("/sign-in?back=\(FormReader.encoded(request.target))"))
        }
        if request.method == "POST", isWhole, !Token.isEqual(Form(request)["token"] ?? "", Token.form(for: guest.cookie)) {
            try note(visit, "form without its token", request.path)
            throw Refused(response: .text("this form belongs to another sign-in: go back, load the page anew, and send it again\n", status: 403))
        }
        guard isAllowed(visit, route.right) else {
            try note(visit, "refused", "\(route.method) \(request.path)")
            if request.isJSON { throw Refused(response: PageJSON.problem(Frame.rightMissing, status: 403)) }
            throw Refused(response: Frame.forbidden(visit))
        }
    }

    private static let tokenMissing = Diagnostic(
        "CONSOLE-TOKEN", "a session or a token is needed", fix: "send `Authorization: Bearer TOKEN`; `tallyman user token NAME` makes one")

    private func isAllowed(_ visit: Visit, _ right: RouteRight) -> Bool {
        switch right {
        case .open, .signedIn: true
        case .admin: visit.guest?.user.isAdmin ?? false
        // A shop that does not exist and one that is not theirs are the same to whoever asks.
        case .shop(let role): visit.house != nil && visit.may(role)
        }
    }

    func note(_ visit: Visit, _ what: String, _ detail: String = "", who: String? = nil) throws {
        try store.log(
            AccessEvent(
                at: visit.now, who: who ?? visit.guest?.user.name ?? "-", address: visit.request.address, what: what,
                detail: Escaped(detail, limit: 200).description))
    }

    /// Changes with the books, the person's rights, the address and the minute; asks the ledger nothing but whether it has changed.
    private func entityTag(_ visit: Visit) -> String? {
        guard let guest = visit.guest else { return nil }
        var version = Int64(0)
        if let house = visit.house {
            guard let known = try? house.window().version() else { return nil }
            version = known
        }
        let minute = visit.now.milliseconds / 60_000
        let grants = guest.user.grants.map { "\($0.shop) \($0.role.rawValue) \($0.seesPeople)" }.joined(separator: ",")
        let text = "\(start) \(version) \(guest.session.id) \(guest.user.isAdmin) \(grants) \(minute) \(visit.request.isJSON) \(visit.request.target)"
        return "\"\(Token.hash(text).prefix(32))\""
    }
}
