import Crypto

/// `integration/admin/token`: a password for a token, with a lock-out after six wrong ones.
enum AdminTokens {
    static let routes = [
        Route("POST", "integration/admin/token", .anonymous) { (state, call) throws(ShopError) in
            let username = try call.required("username").text ?? ""
            let password = try call.required("password").text ?? ""
            return try issue(&state.access, username: username, password: password, now: call.now)
        }
    ]

    private static func issue(
        _ access: inout AccessState, username: String, password: String, now: Int64
    ) throws(ShopError) -> JSONValue {
        guard let index = access.adminUsers.firstIndex(where: { $0.username == username }),
            access.adminUsers[index].lockedUntil <= now
        else { throw .signIn }
        guard access.adminUsers[index].password == password else {
            access.adminUsers[index].failures += 1
            if access.adminUsers[index].failures >= 6 { access.adminUsers[index].lockedUntil = now + 1800 }
            throw .signIn
        }
        access.adminUsers[index].failures = 0
        guard !access.demandsSecondFactor else { throw .secondFactor }
        let serial = access.adminTokens.count + 1
        let digest = SHA256.hash(data: Array("\(username) \(now) \(serial)".utf8))
        let token = "sandbox." + digest.map { PercentCoding.escape($0).dropFirst().lowercased() }.joined()
        access.adminTokens[token] = AdminToken(username: username, expires: now + access.adminTokenLife)
        return .string(token)
    }
}
