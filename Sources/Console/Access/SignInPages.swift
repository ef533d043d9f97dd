import Domain
import StateStore

/// Coming in and going out.
enum SignInPages {
    static func show(_ visit: Visit) throws -> ConsoleResponse {
        if visit.guest != nil { return .seeOther(back(visit.request.query("back"))) }
        if try visit.app.store.users().isEmpty {
            let body: HTML = """
                <h1>No users yet</h1>
                <p>Nobody can sign in before the first person is added. On this machine, as the user that runs Tallyman:</p>
                <pre tabindex="0" aria-label="Command">tallyman user add NAME --admin --role approver</pre>
                <p>It prints a link that is good once, for 24 hours.</p>
                """
            return Frame.response(visit, Page("No users yet", body))
        }
        return form(visit, back: visit.request.query("back") ?? "/")
    }

    private static func form(_ visit: Visit, back: String, name: String = "", problem: String? = nil, status: Int = 200) -> ConsoleResponse {
        let needsCode = visit.app.settings.secondFactor != .off
        let code: HTML =
            needsCode
            ? Parts.field(
                "code", "Code from your authenticator", hint: "Six digits. Or one of your recovery codes. Leave it empty if you have none.",
                autocomplete: "one-time-code") : ""
        let body: HTML = """
            \(Parts.errorSummary(problem.map { [("name", $0)] } ?? []))<h1>Sign in</h1>
            <form class="block" method="post" action="/sign-in">
            <input type="hidden" name="back" value="\(HTML.whole(back))">
            \(Parts.field("name", "Name", value: name, autocomplete: "username"))\
            \(Parts.field("password", "Password", type: "password", autocomplete: "current-password"))\(code)
            <button type="submit">Sign in</button>
            </form>
            <p class="hint">If you cannot sign in, ask an administrator for a new link: <code>tallyman user reset NAME</code>.</p>
            """
        return Frame.response(visit, Page(problem == nil ? "Sign in" : "Error: Sign in", status: status, body))
    }

    static func signIn(_ visit: Visit) async throws -> ConsoleResponse {
        let form = Form(visit.request)
        let name = form.text("name") ?? ""
        let target = back(form["back"])
        let app = visit.app
        let device = visit.request.cookie(app.deviceCookieName).map(Token.hash)
        let subjects = try Attempts.subjects(name, device: device, visit)
        if let wait = try Attempts.wait(subjects, visit) {
            var answer = Self.form(
                visit, back: target, name: name, problem: "Too many attempts. Wait \(wait) seconds before you try again", status: 429)
            answer.headers.append(("Retry-After", "\(wait)"))
            return answer
        }
        let user = try app.store.user(name)
        let isPassword = try await app.passwords.check(form["password"] ?? "", user?.passwordHash)
        guard let user, isPassword, !user.isLocked, try SecondFactor.holds(form["code"], user, visit) else {
            try app.store.noteFailure(of: subjects, at: visit.now)
            try app.note(visit, "sign-in failed", who: name)
            return Self.form(visit, back: target, name: name, problem: "The name, the password or the code is not right", status: 422)
        }
        try app.store.forgetFailures(of: subjects)
        if let hash = user.passwordHash, PasswordHash.isDated(hash) {
            try app.store.rehash(try await app.passwords.make(form["password"] ?? ""), of: user.name)
        }
        return try begin(user, visit, back: target)
    }

    /// A new session under a new name, whatever cookie the browser brought.
    /// - Parameter isProven: whether the person has just shown password and code; what cannot be taken back asks for them otherwise.
    static func begin(_ user: AccessUser, _ visit: Visit, back: String, isProven: Bool = true) throws -> ConsoleResponse {
        let app = visit.app
        if let guest = visit.guest { try app.store.end(session: guest.session.id) }
        let cookie = Token.make(app.timeline)
        try app.store.add(
            AccessSession(
                id: Token.hash(cookie), user: user.name, created: visit.now, seen: visit.now,
                proven: isProven ? visit.now : UTCInstant(milliseconds: 0),
                address: visit.request.address))
        try app.note(visit, isProven ? "signed in" : "signed in by single sign-on", who: user.name)
        var answer = ConsoleResponse.seeOther(back)
        answer.headers.append(app.cookie(app.cookieName, cookie))
        let device = visit.request.cookie(app.deviceCookieName) ?? Token.make(app.timeline)
        try app.store.note(device: Token.hash(device), of: user.name, at: visit.now)
        answer.headers.append(app.cookie(app.deviceCookieName, device, lasts: .seconds(400 * 86_400)))
        return answer
    }

    static func signOut(_ visit: Visit) throws -> ConsoleResponse {
        try visit.app.store.end(session: try visit.person.session.id)
        try visit.app.note(visit, "signed out")
        var answer = ConsoleResponse.seeOther("/sign-in")
        answer.headers.append(visit.app.cookie(visit.app.cookieName, "", lasts: .zero))
        // The pages that the browser keeps for its back button go, too.
        answer.headers.append(("Clear-Site-Data", "\"cache\""))
        return answer
    }

    /// A page of the console to go back to, and nothing elsewhere.
    static func back(_ path: String?) -> String {
        guard let path, path.hasPrefix("/"), !path.hasPrefix("//"), !path.hasPrefix("/\\"), !path.contains(where: \.isNewline) else { return "/" }
        return path
    }
}

/// How long whoever fails to sign in has to wait.
enum Attempts {
    /// So many may fail before anybody waits.
    static let free = 5

    /// Whose failures count: those under the name and those from the address. A browser that was signed in before counts for itself, so that
    /// strangers who fail under a name do not lock its owner out.
    static func subjects(_ name: String, device: String?, _ visit: Visit) throws -> [String] {
        if let device, try visit.app.store.isKnown(device: device, of: name) { return ["device:\(device)"] }
        return ["name:\(Escaped(name, limit: 100))", "address:\(visit.request.address)"]
    }

    /// In seconds; `nil` where nobody waits. 1, 2, 4 … up to a quarter of an hour.
    static func wait(_ subjects: [String], _ visit: Visit) throws -> Int64? {
        var longest = Int64(0)
        for subject in subjects {
            guard let (failures, last) = try visit.app.store.attempts(of: subject), failures >= free else { continue }
            let delay = min(900, Int64(1) << Int64(min(failures - free, 10)))
            longest = max(longest, delay - visit.now.since(last).wholeSeconds)
        }
        return longest > 0 ? longest : nil
    }
}

/// The second thing that a person must have besides the password.
enum SecondFactor {
    static func isNeeded(_ user: AccessUser, _ settings: ConsoleSettings) -> Bool {
        switch settings.secondFactor {
        case .everyone: true
        case .deciders: user.isAdmin || user.grants.contains { $0.role == .approver }
        case .off: false
        }
    }

    /// Whether the code is one of the person's. Each counts once.
    static func holds(_ code: String?, _ user: AccessUser, _ visit: Visit) throws -> Bool {
        guard let secret = user.factor else { return !isNeeded(user, visit.app.settings) }
        let code = (code ?? "").filter { !$0.isWhitespace }
        if let step = OneTimeCode.step(of: code, secret, at: visit.now) { return try visit.app.store.use(factorStep: step, of: user.name) }
        guard code.count > 6 else { return false }
        return try visit.app.store.use(recovery: Token.hash(code.lowercased()), of: user.name)
    }
}

/// A proof of who somebody is, for what cannot be taken back.
enum Proof {
    static func isFresh(_ visit: Visit) -> Bool {
        visit.guest.map { visit.now.since($0.session.proven) <= ConsoleSettings.proof } ?? false
    }

    /// The fields of it; nothing while the last one is fresh.
    ///
    /// - Parameter form: tells the fields of one form of the page from those of the others.
    static func fields(_ visit: Visit, in form: String? = nil, problem: String? = nil) -> HTML {
        guard !isFresh(visit), let user = visit.guest?.user else { return "" }
        func id(_ name: String) -> String { form.map { "\(name)-\($0)" } ?? name }
        let code: HTML =
            user.factor == nil ? "" : Parts.field("code", "Code from your authenticator", id: id("code"), autocomplete: "one-time-code")
        return """
            <h2>Confirm that it is you</h2>
            \(Parts.field("password", "Password", id: id("password"), problem: problem, type: "password", autocomplete: "current-password"))\(code)
            """
    }

    /// What is wrong with the proof that a form brought; `nil` where nothing is. The session then goes on under a new name: `cookie`.
    static func check(_ form: Form, _ visit: Visit) async throws -> (problem: String?, cookie: (name: String, value: String)?) {
        if isFresh(visit) { return (nil, nil) }
        let guest = try visit.person
        let app = visit.app
        let subjects = ["name:\(Escaped(guest.user.name, limit: 100))", "session:\(guest.session.id)"]
        if let wait = try Attempts.wait(subjects, visit) { return ("Too many attempts. Wait \(wait) seconds", nil) }
        guard guest.user.passwordHash != nil else {
            return ("You have no password here yet. Ask an administrator of the console for a link: `tallyman user reset`", nil)
        }
        let isPassword = try await app.passwords.check(form["password"] ?? "", guest.user.passwordHash)
        guard isPassword, try SecondFactor.holds(form["code"], guest.user, visit) else {
            try app.store.noteFailure(of: subjects, at: visit.now)
            try app.note(visit, "proof failed")
            return ("The password or the code is not right", nil)
        }
        try app.store.forgetFailures(of: subjects)
        let cookie = Token.make(app.timeline)
        try app.store.renew(session: guest.session.id, as: Token.hash(cookie), provenAt: visit.now)
        return (nil, app.cookie(app.cookieName, cookie))
    }
}
