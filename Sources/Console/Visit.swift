import Domain
import Foundation
import Reports
import StateStore

/// One request of somebody: who, in which shop, with which right.
struct Visit: Sendable {
    /// Somebody who is signed in.
    struct Guest: Sendable {
        var session: AccessSession
        var user: AccessUser
        /// As the cookie carries it.
        var cookie: String
    }

    let app: ConsoleApp
    let request: ConsoleRequest
    let values: [String: String]
    let guest: Guest?
    let house: (any ShopHouse)?
    let grant: AccessGrant?
    let now: UTCInstant

    /// A page that nobody without a shop reaches.
    var shop: any ShopHouse {
        get throws {
            guard let house else { throw Self.notFound }
            return house
        }
    }

    var person: Guest {
        get throws {
            guard let guest else { throw Self.notFound }
            return guest
        }
    }

    static let notFound = Diagnostic("PAGE-UNKNOWN", "there is no such page", fix: "check the address, or begin at the first page")

    /// A number of the path. Throws `PAGE-UNKNOWN`.
    func number(_ name: String) throws -> Int64 {
        guard let number = values[name].flatMap({ Int64($0) }) else { throw Self.notFound }
        return number
    }

    func may(_ role: AccessRole) -> Bool { grant.map { $0.role >= role } ?? false }
    /// Whether what tells of people is shown.
    var seesPeople: Bool { grant?.seesPeople ?? false }

    /// The address of a page of the shop.
    func path(_ rest: String = "") throws -> String { "/s/\(FormReader.encoded(try shop.name))\(rest)" }

    func read<Result>(_ body: (LedgerReader) throws -> Result) throws -> Result { try shop.window().read(body) }

    /// The field that each form of this session carries.
    var formToken: HTML {
        guard let guest else { return .empty }
        return "<input type=\"hidden\" name=\"token\" value=\"\(Token.form(for: guest.cookie))\">"
    }

    /// Who acts, as the audit names them.
    var actor: String { "\(guest?.user.name ?? "-") (console, \(request.address))" }

    func time(_ instant: UTCInstant?) -> HTML {
        guard let instant else { return "–" }
        let zone = house?.zone ?? .gmt
        return "<time datetime=\"\(instant.description)\">\(LocalTime(instant, in: zone).description)</time>"
    }

    /// How long ago, in the largest unit that says something.
    func age(_ instant: UTCInstant) -> String {
        let seconds = max(0, now.since(instant).wholeSeconds)
        switch seconds {
        case ..<90: return "\(seconds) s"
        case ..<5400: return "\(seconds / 60) min"
        case ..<172_800: return "\(seconds / 3600) h"
        default: return "\(seconds / 86_400) days"
        }
    }
}
