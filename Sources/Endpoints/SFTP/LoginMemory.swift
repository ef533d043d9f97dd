package import Domain

/// What all flows and processes know of an account's logins, so that they do not lock it together (F11): servers count refused
/// logins whoever tries them.
package struct LoginMemory: Sendable {
    package enum Caller: Sendable {
        case flow
        /// Somebody who has just changed something and wants to see it: never made to wait.
        case person
    }

    private let caller: Caller
    private let folder: String
    private let find: @Sendable (_ account: String) throws -> LastLogin?
    private let keep: @Sendable (_ account: String, LastLogin) throws -> Void
    let timeline: Timeline

    /// - Parameter folder: where the lock files are made.
    package init(
        _ caller: Caller, folder: String, timeline: Timeline, find: @escaping @Sendable (_ account: String) throws -> LastLogin?,
        keep: @escaping @Sendable (_ account: String, LastLogin) throws -> Void
    ) {
        (self.caller, self.folder, self.timeline, self.find, self.keep) = (caller, folder, timeline, find, keep)
    }

    /// After the first refusal, the second and so on, until `SFTPSettings.loginFailures` ends it.
    private static let rests: [Duration] = [.seconds(900), .seconds(1800), .seconds(3600)]

    /// Before a login.
    /// - Returns: a lock to hold until `note`, while it is not known whether the credential is good: one at a time tries it.
    /// - Throws: `AUTH-RESTING` while the account is left alone.
    func prepare(_ settings: SFTPSettings, place: String) async throws -> MachineLock? {
        if try isKnownGood(settings) { return nil }
        let path = "\(folder)/login-\(ContentHash(of: Array(settings.account.utf8)).short).lock"
        while true {
            if let lock = try MachineLock.take(path) {
                do {
                    // Whoever was before may have been let in or refused.
                    if caller == .flow { try refuseResting(settings, place) }
                } catch {
                    lock.release()
                    throw error
                }
                return lock
            }
            try await timeline.sleep(.milliseconds(50))
            if try isKnownGood(settings) { return nil }
        }
    }

    /// After a login: what it told.
    func note(_ settings: SFTPSettings, _ refusal: Diagnostic?) throws {
        let known = try find(settings.account)
        let isSame = known?.credential == settings.credentialMark
        guard let refusal else {
            if !isSame || known?.refused != 0 {
                try keep(settings.account, LastLogin(credential: settings.credentialMark, refused: 0, at: timeline.now()))
            }
            return
        }
        guard refusal.code == "AUTH-REFUSED" else { return }
        let before = isSame ? known?.refused ?? 0 : 0
        try keep(settings.account, LastLogin(credential: settings.credentialMark, refused: before + 1, at: timeline.now()))
    }

    private func isKnownGood(_ settings: SFTPSettings) throws -> Bool {
        let known = try find(settings.account)
        return known?.refused == 0 && known?.credential == settings.credentialMark
    }

    private func refuseResting(_ settings: SFTPSettings, _ place: String) throws {
        guard let known = try find(settings.account), known.refused > 0, known.credential == settings.credentialMark else { return }
        let times = known.refused == 1 ? "once" : "\(known.refused) times in a row"
        let said = "\(place): the server refused the login of \(Escaped(settings.user)) \(times), last at \(known.at)"
        guard known.refused < settings.loginFailures else {
            throw Self.resting("\(said). No flow tries it any more, so that the account is not locked")
        }
        let rest = Self.rests[min(known.refused, Self.rests.count) - 1]
        let passed = timeline.now().since(known.at)
        // A clock that was put back must not make the rest longer than it is.
        guard passed < rest, .zero - passed < rest else { return }
        throw Self.resting("\(said). It is left alone until \(known.at.adding(rest)), so that the account is not locked")
    }

    private static func resting(_ summary: String) -> Diagnostic {
        Diagnostic(
            "AUTH-RESTING", summary,
            fix: "Correct the credential, or have the server's owner mend the account, then run `tallyman doctor`: it tries at once",
            kind: .unauthorised)
    }
}
