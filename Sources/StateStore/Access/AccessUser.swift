package import Domain

/// What a person may do in a shop. Each may do what those before may.
package enum AccessRole: String, Sendable, CaseIterable, Comparable {
    case viewer, `operator`, approver

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    package static func < (left: AccessRole, right: AccessRole) -> Bool { left.rank < right.rank }
}

/// A role in one shop, or in all of them.
package struct AccessGrant: Hashable, Sendable {
    /// `*`: every shop.
    package var shop: String
    package var role: AccessRole
    /// Whether what tells of people is shown: names, addresses, lines of orders.
    package var seesPeople: Bool

    package init(shop: String, role: AccessRole, seesPeople: Bool) {
        self.shop = shop
        self.role = role
        self.seesPeople = seesPeople
    }
}

/// A person who may sign in.
package struct AccessUser: Hashable, Sendable {
    package var name: String
    /// May add people, change their roles and end their sessions. Gives no right in a shop beyond seeing it.
    package var isAdmin: Bool
    /// `nil` until the person has chosen one by a link.
    package var passwordHash: String?
    /// The shared secret of the authenticator; `nil` where none is set up.
    package var factor: [UInt8]?
    package var isLocked: Bool
    package var created: UTCInstant
    package var lastSignIn: UTCInstant?
    package var grants: [AccessGrant]

    /// The grant that counts in a shop: its own, or that of all shops.
    package func grant(in shop: String) -> AccessGrant? {
        if let own = grants.first(where: { $0.shop == shop }) ?? grants.first(where: { $0.shop == "*" }) { return own }
        return isAdmin ? AccessGrant(shop: shop, role: .viewer, seesPeople: false) : nil
    }
}

/// A browser that is signed in.
package struct AccessSession: Hashable, Sendable {
    /// SHA-256 of what the cookie carries.
    package var id: String
    package var user: String
    package var created: UTCInstant
    package var seen: UTCInstant
    /// When the person last proved who they are.
    package var proven: UTCInstant
    package var address: String

    package init(id: String, user: String, created: UTCInstant, seen: UTCInstant, proven: UTCInstant, address: String) {
        self.id = id
        self.user = user
        self.created = created
        self.seen = seen
        self.proven = proven
        self.address = address
    }
}

/// Something that happened at the door: a sign-in, a refusal, a look at personal data.
package struct AccessEvent: Hashable, Sendable {
    package var at: UTCInstant
    package var who: String
    package var address: String
    package var what: String
    package var detail: String

    package init(at: UTCInstant, who: String, address: String, what: String, detail: String = "") {
        self.at = at
        self.who = who
        self.address = address
        self.what = what
        self.detail = detail
    }
}
