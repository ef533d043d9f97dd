import Domain
import StateStore
import TestKit
import Testing

@testable import Console

/// Who may open which page and carry out which action: made from the table of routes, so that no route is left out.
@Suite struct RightsMatrixTests {
    /// An address of each route. One that is not here fails the test.
    private static func address(_ route: Route, run: Int64, error: Int64) -> String? {
        [
            "GET /health": "/health", "GET /a/:hash/:name": Assets.path("console.css"), "GET /sign-in": "/sign-in", "POST /sign-in": "/sign-in",
            "GET /welcome": "/welcome", "POST /welcome": "/welcome", "POST /sign-out": "/sign-out", "GET /": "/", "GET /users": "/users",
            "POST /users": "/users", "GET /users/:name": "/users/viewer", "POST /users/:name": "/users/viewer", "GET /overview": "/overview",
            "GET /s/:shop": "/s/acme", "GET /s/:shop/errors": "/s/acme/errors", "GET /s/:shop/errors/:id": "/s/acme/errors/\(error)",
            "GET /s/:shop/runs": "/s/acme/runs", "GET /s/:shop/runs/:id": "/s/acme/runs/\(run)", "GET /s/:shop/plans": "/s/acme/plans",
            "POST /s/:shop/errors/cause": "/s/acme/errors/cause", "POST /s/:shop/errors/:id": "/s/acme/errors/\(error)",
            "GET /s/:shop/runs/:id/decide": "/s/acme/runs/\(run)/decide", "POST /s/:shop/runs/:id/decide": "/s/acme/runs/\(run)/decide",
            "GET /s/:shop/runs/:id/undo": "/s/acme/runs/\(run)/undo", "POST /s/:shop/runs/:id/undo": "/s/acme/runs/\(run)/undo",
            "GET /s/:shop/resend": "/s/acme/resend?entity=stock&key=SKU-1", "POST /s/:shop/resend": "/s/acme/resend",
            "GET /s/:shop/errors/cause.csv": "/s/acme/errors/cause.csv?cause_flow=stock&cause_entity=stock&cause_code=NUMBER-FORMAT",
            "POST /s/:shop/errors/replace": "/s/acme/errors/replace", "GET /s/:shop/runs/:id/changes.csv": "/s/acme/runs/\(run)/changes.csv",
            "POST /s/:shop/alarms/care": "/s/acme/alarms/care", "GET /s/:shop/schedule": "/s/acme/schedule",
            "POST /s/:shop/flows/:flow/run": "/s/acme/flows/stock/run", "POST /s/:shop/flows/:flow/pause": "/s/acme/flows/stock/pause",
            "POST /s/:shop/flows/:flow/resume": "/s/acme/flows/stock/resume", "GET /s/:shop/flows/:flow/upload": "/s/acme/flows/stock/upload",
            "POST /s/:shop/flows/:flow/upload": "/s/acme/flows/stock/upload", "GET /s/:shop/files": "/s/acme/files",
            "GET /s/:shop/files/:id/content": "/s/acme/files/1/content", "GET /s/:shop/compare": "/s/acme/compare",
            "GET /s/:shop/compare/adopt": "/s/acme/compare/adopt?flow=stock&what=adopt", "POST /s/:shop/compare/adopt": "/s/acme/compare/adopt",
            "POST /s/:shop/compare": "/s/acme/compare", "GET /s/:shop/orders": "/s/acme/orders", "GET /s/:shop/reports": "/s/acme/reports",
            "GET /s/:shop/training": "/s/acme/training", "GET /s/:shop/audit": "/s/acme/audit?verify=1",
            "GET /s/:shop/audit.csv": "/s/acme/audit.csv",
            "GET /s/:shop/settings": "/s/acme/settings",
            "GET /help": "/help", "GET /help/:code": "/help/FILE-OVERDUE",
            "GET /s/:shop/do/:id": "/s/acme/do/1", "POST /s/:shop/do/:id/withdraw": "/s/acme/do/1/withdraw",
            "GET /s/:shop/search": "/s/acme/search?q=SKU-1", "GET /s/:shop/alarms": "/s/acme/alarms",
        ]["\(route.method) \(route.pattern)"]
    }

    private enum Caller: CaseIterable {
        case nobody, stranger, viewer, `operator`, approver, admin

        func may(_ right: RouteRight) -> Bool {
            switch right {
            case .open: true
            case .signedIn: self != .nobody
            case .admin: self == .admin
            case .shop(.viewer): ![.nobody, .stranger].contains(self)
            case .shop(.operator): [.operator, .approver].contains(self)
            case .shop(.approver): self == .approver
            }
        }
    }

    private func browser(_ caller: Caller, _ world: ConsoleWorld) async throws -> ConsoleWorld.Browser {
        switch caller {
        case .nobody: return ConsoleWorld.Browser(world)
        case .stranger:
            if try world.store.user("stranger") == nil {
                try await world.add("stranger", [AccessGrant(shop: "other", role: .approver, seesPeople: true)])
            }
            return try world.signedIn("stranger")
        case .viewer: return try await world.member(.viewer)
        case .operator: return try await world.member(.operator)
        case .approver: return try await world.member(.approver)
        case .admin:
            if try world.store.user("root") == nil { try await world.add("root", admin: true, []) }
            return try world.signedIn("root")
        }
    }

    @Test func `each page and each action is open to whom its right says, and to nobody else`() async throws {
        let world = try ConsoleWorld()
        let run = try world.acme.arrange(texts: ["SKU-1"], held: true)
        let error = try #require(try world.acme.ledger.read { try $0.errors().first?.id })
        for route in Routes.all {
            let address = try #require(Self.address(route, run: run, error: error), "\(route.method) \(route.pattern) is in no list of this test")
            for caller in Caller.allCases {
                let browser = try await browser(caller, world)
                let answer = route.method == "GET" ? await browser.get(address) : await browser.post(address)
                let isTurnedAway =
                    answer.status == 403
                    || (answer.status == 303 && answer.header("Location")?.hasPrefix("/sign-in") == true && caller == .nobody)
                #expect(isTurnedAway != caller.may(route.right), "\(caller) \(route.method) \(address): \(answer.status)")
                #expect(answer.status < 500 || answer.status == 503, "\(caller) \(route.method) \(address): \(answer.status)")
                world.clocks.advance(by: .seconds(11))
            }
        }
    }

    @Test func `an address that is no page answers so, whoever asks`() async throws {
        let world = try ConsoleWorld()
        let browser = try await world.member(.viewer)
        #expect(await browser.get("/nothing").status == 404)
        #expect(await browser.get("/s/acme/runs/999999").status == 404)
        #expect(await browser.get("/s/acme/errors/x").status == 404)
        #expect(await browser.post("/s/acme/runs").status == 405)
        #expect(await browser.get("/s/unknown").status == 403)
    }
}
