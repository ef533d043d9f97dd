/// Who may call: integrations, admin users, their tokens, and the nonces seen.
package struct AccessState: Sendable {
    package var integrations: [Integration] = []
    package var adminUsers: [AdminUser] = []
    /// `oauth/consumer/enable_integration_as_bearer`; off since 2.4.4.
    package var acceptsIntegrationBearer = false
    /// `webapi/jwtauth/admin_expiration`, in seconds.
    package var adminTokenLife: Int64 = 3600
    /// Set: an admin token needs a second factor, so the plain route always fails.
    package var demandsSecondFactor = false
    /// By token.
    package var adminTokens: [String: AdminToken] = [:]
    /// Signed-in customers of the storefront: token to customer group.
    package var customerTokens: [String: Int] = [:]
    /// By e-mail: what a customer of the shop signs in with.
    package var customerPasswords: [String: String] = [:]
    /// By token: the customers who have signed in with a password.
    package var customerSessions: [String: Int] = [:]
    /// `consumer id, nonce` of every accepted call.
    package var nonces: Set<String> = []

    package init() {}
}

package struct Integration: Hashable, Sendable {
    package var id: Int
    package var name: String
    package var consumerKey: String
    package var consumerSecret: String
    package var token: String
    package var tokenSecret: String
    package var resources: Resources

    package enum Resources: Hashable, Sendable {
        case all
        case only(Set<String>)

        package func allows(_ resource: String) -> Bool {
            switch self {
            case .all: true
            case .only(let granted): granted.contains(resource)
            }
        }
    }

    package init(
        id: Int,
        name: String,
        consumerKey: String,
        consumerSecret: String,
        token: String,
        tokenSecret: String,
        resources: Resources = .all
    ) {
        self.id = id
        self.name = name
        self.consumerKey = consumerKey
        self.consumerSecret = consumerSecret
        self.token = token
        self.tokenSecret = tokenSecret
        self.resources = resources
    }
}

package struct AdminUser: Hashable, Sendable {
    package var username: String
    package var password: String
    package var resources: Integration.Resources
    /// Wrong passwords in a row; six lock the account for half an hour.
    package var failures = 0
    package var lockedUntil: Int64 = 0

    package init(username: String, password: String, resources: Integration.Resources = .all) {
        self.username = username
        self.password = password
        self.resources = resources
    }
}

package struct AdminToken: Hashable, Sendable {
    package var username: String
    /// Seconds since 1970.
    package var expires: Int64

    package init(username: String, expires: Int64) {
        self.username = username
        self.expires = expires
    }
}
