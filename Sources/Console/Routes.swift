import Domain
package import StateStore

/// What a page asks of whoever calls it.
package enum RouteRight: Hashable, Sendable {
    /// Anybody, signed in or not.
    case open
    case signedIn
    case admin
    /// At least this role in the shop that the path names.
    case shop(AccessRole)
}

/// One page or action, by method and path. A part of a pattern that begins with a colon stands for anything.
package struct Route: Sendable {
    typealias Handler = @Sendable (Visit) async throws -> ConsoleResponse

    package let method: String
    package let pattern: String
    package let right: RouteRight
    let handler: Handler
    /// The same page for programs, at the same address with `.json` behind it.
    let json: (@Sendable (Visit) throws -> any Encodable)?
    /// Whether its form brings a file, which is not held in memory.
    let takesFiles: Bool
    private let parts: [String]

    init(
        _ method: String, _ pattern: String, _ right: RouteRight, takesFiles: Bool = false, json: (@Sendable (Visit) throws -> any Encodable)? = nil,
        _ handler: @escaping Handler
    ) {
        self.method = method
        self.pattern = pattern
        self.right = right
        self.handler = handler
        self.takesFiles = takesFiles
        self.json = json
        parts = pattern.split(separator: "/").map(String.init)
    }

    /// What the placeholders stand for; `nil` where the path is another page's.
    func match(_ path: String) -> [String: String]? {
        let given = path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        guard given.count == parts.count else { return nil }
        var found: [String: String] = [:]
        for (part, text) in zip(parts, given) {
            if part.hasPrefix(":") {
                found[String(part.dropFirst())] = FormReader.decoded(text[...])
            } else if part != text {
                return nil
            }
        }
        return found
    }
}

/// Every page and action. What is not here does not exist; the test of rights is made from this list.
package enum Routes {
    package static let all: [Route] =
        [
            Route("GET", "/health", .open) { _ in .text("ok\n", status: 200) },
            Route("GET", "/a/:hash/:name", .open) { visit in Assets.answer(visit) },
            Route("GET", "/sign-in", .open) { visit in try SignInPages.show(visit) },
            Route("POST", "/sign-in", .open) { visit in try await SignInPages.signIn(visit) },
            Route("GET", "/welcome", .open) { visit in try WelcomePages.show(visit) },
            Route("POST", "/welcome", .open) { visit in try await WelcomePages.accept(visit) },
            Route("POST", "/sign-out", .signedIn) { visit in try SignInPages.signOut(visit) },
            Route("GET", "/", .signedIn) { visit in try ShopsPage.show(visit) },
            Route("GET", "/overview", .signedIn, json: ShopsPage.json) { visit in try ShopsPage.show(visit) },
            Route("GET", "/users", .admin, json: UsersPage.json) { visit in try UsersPage.show(visit) },
            Route("POST", "/users", .admin) { visit in try await UserActions.add(visit) },
            Route("GET", "/users/:name", .admin) { visit in try UserActions.show(visit) },
            Route("POST", "/users/:name", .admin) { visit in try await UserActions.change(visit) },
            Route("GET", "/s/:shop", .shop(.viewer), json: PageJSON.home) { visit in try HomePage.show(visit) },
            Route("GET", "/s/:shop/errors", .shop(.viewer), json: PageJSON.errors) { visit in try ErrorsPage.show(visit) },
            Route("GET", "/s/:shop/errors/cause.csv", .shop(.viewer)) { visit in try Downloads.errors(visit) },
            Route("POST", "/s/:shop/errors/replace", .shop(.operator)) { visit in try Replacements.carryOut(visit) },
            Route("GET", "/s/:shop/runs/:id/changes.csv", .shop(.viewer)) { visit in try Downloads.changes(visit) },
            Route("GET", "/s/:shop/errors/:id", .shop(.viewer), json: PageJSON.error) { visit in try ErrorPage.show(visit) },
            Route("GET", "/s/:shop/runs", .shop(.viewer), json: PageJSON.runs) { visit in try RunsPage.show(visit) },
            Route("GET", "/s/:shop/runs/:id", .shop(.viewer), json: PageJSON.run) { visit in try RunPage.show(visit) },
            Route("GET", "/s/:shop/plans", .shop(.viewer), json: PageJSON.plans) { visit in try PlansPage.show(visit) },
            Route("GET", "/s/:shop/search", .shop(.viewer), json: PageJSON.search) { visit in try SearchPage.show(visit) },
            Route("POST", "/s/:shop/errors/cause", .shop(.operator)) { visit in try CauseActions.carryOut(visit) },
            Route("POST", "/s/:shop/errors/:id", .shop(.operator)) { visit in try await ErrorActions.carryOut(visit) },
            Route("GET", "/s/:shop/runs/:id/decide", .shop(.approver)) { visit in try Decisions.show(visit) },
            Route("POST", "/s/:shop/runs/:id/decide", .shop(.approver)) { visit in try await Decisions.carryOut(visit) },
            Route("GET", "/s/:shop/runs/:id/undo", .shop(.approver)) { visit in try UndoActions.show(visit) },
            Route("POST", "/s/:shop/runs/:id/undo", .shop(.approver)) { visit in try await UndoActions.carryOut(visit) },
            Route("GET", "/s/:shop/resend", .shop(.approver)) { visit in try ResendActions.show(visit) },
            Route("POST", "/s/:shop/resend", .shop(.approver)) { visit in try await ResendActions.carryOut(visit) },
            Route("GET", "/s/:shop/do/:id", .shop(.viewer), json: PageJSON.instruction) { visit in try InstructionPage.show(visit) },
            Route("POST", "/s/:shop/do/:id/withdraw", .shop(.operator)) { visit in try InstructionPage.withdraw(visit) },
            Route("GET", "/s/:shop/alarms", .shop(.viewer), json: PageJSON.alarms) { visit in try AlarmsPage.show(visit) },
            Route("POST", "/s/:shop/alarms/care", .shop(.operator)) { visit in try CareActions.carryOut(visit) },
            Route("GET", "/s/:shop/schedule", .shop(.viewer), json: PageJSON.schedule) { visit in try SchedulePage.show(visit) },
            Route("POST", "/s/:shop/flows/:flow/run", .shop(.operator)) { visit in try FlowActions.run(visit) },
            Route("POST", "/s/:shop/flows/:flow/pause", .shop(.operator)) { visit in try FlowActions.pause(visit) },
            Route("POST", "/s/:shop/flows/:flow/resume", .shop(.operator)) { visit in try FlowActions.resume(visit) },
            Route("GET", "/s/:shop/flows/:flow/upload", .shop(.operator)) { visit in try UploadPage.show(visit) },
            Route("POST", "/s/:shop/flows/:flow/upload", .shop(.operator), takesFiles: true) { visit in try await UploadPage.carryOut(visit) },
            Route("GET", "/s/:shop/files", .shop(.viewer), json: PageJSON.files) { visit in try FilesPage.show(visit) },
            Route("GET", "/s/:shop/files/:id/content", .shop(.viewer)) { visit in try FilesPage.content(visit) },
            Route("GET", "/s/:shop/compare", .shop(.viewer), json: PageJSON.compare) { visit in try ComparePage.show(visit) },
            Route("GET", "/s/:shop/compare/adopt", .shop(.approver)) { visit in try AdoptActions.show(visit) },
            Route("POST", "/s/:shop/compare/adopt", .shop(.approver)) { visit in try await AdoptActions.carryOut(visit) },
            Route("POST", "/s/:shop/compare", .shop(.operator)) { visit in try ComparePage.carryOut(visit) },
            Route("GET", "/s/:shop/orders", .shop(.viewer), json: PageJSON.orders) { visit in try OrdersPage.show(visit) },
            Route("GET", "/s/:shop/reports", .shop(.viewer), json: PageJSON.report) { visit in try ReportsPage.show(visit) },
            Route("GET", "/s/:shop/training", .shop(.viewer)) { visit in try TrainingPage.show(visit) },
            Route("GET", "/s/:shop/audit", .admin, json: PageJSON.audit) { visit in try AuditPage.show(visit) },
            Route("GET", "/s/:shop/audit.csv", .admin) { visit in try AuditPage.csv(visit) },
            Route("GET", "/s/:shop/settings", .admin, json: PageJSON.settings) { visit in try SettingsPage.show(visit) },
            Route("GET", "/help", .signedIn) { visit in try HelpPage.list(visit) },
            Route("GET", "/help/:code", .signedIn) { visit in try HelpPage.show(visit) },
        ]

    /// The route of a request with what its placeholders stand for; the methods that the path has, where it is another one.
    static func find(_ method: String, _ path: String) -> (route: Route, values: [String: String])? {
        let method = method == "HEAD" ? "GET" : method
        for route in all where route.method == method {
            if let values = route.match(path) { return (route, values) }
        }
        return nil
    }

    static func methods(of path: String) -> [String] { all.filter { $0.match(path) != nil }.map(\.method) }
}
