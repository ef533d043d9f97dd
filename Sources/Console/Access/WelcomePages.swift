import Domain
import StateStore

/// A link that is good once: a person chooses a password and sets an authenticator up.
enum WelcomePages {
    private static let gone = Diagnostic(
        "CONSOLE-LINK", "this link has been used or has run out", fix: "ask for a new one: `tallyman user reset NAME`")

    static func show(_ visit: Visit) throws -> ConsoleResponse {
        guard let token = visit.request.query("link"), let (user, signsIn) = try visit.app.store.link(Token.hash(token), at: visit.now) else {
            return Frame.problem(visit, gone, status: 410)
        }
        if signsIn {
            let body: HTML = """
                <h1>Welcome, \(user.name)</h1>
                <p>This link is good once.</p>
                <form class="block" method="post" action="/welcome"><input type="hidden" name="link" value="\(token)"><button type="submit">Sign in</button></form>
                """
            return Frame.response(visit, Page("Welcome", body))
        }
        let secret = SecondFactor.isNeeded(user, visit.app.settings) ? visit.app.timeline.randomBytes(OneTimeCode.secretLength) : []
        return form(visit, user, token, secret)
    }

    private static func form(_ visit: Visit, _ user: AccessUser, _ token: String, _ secret: [UInt8], problems: [(field: String, text: String)] = [])
        -> ConsoleResponse
    {
        func problem(_ field: String) -> String? { problems.first { $0.field == field }?.text }
        let factor: HTML =
            secret.isEmpty
            ? ""
            : """
            <h2>Your authenticator</h2>
            <p>Add an account to an authenticator app (Aegis, Google Authenticator, 1Password …): choose <em>enter a key</em>, type this key, and choose <em>time based</em>.</p>
            <pre tabindex="0" aria-label="Key for the authenticator">\(OneTimeCode.text(secret))</pre>
            <input type="hidden" name="secret" value="\(Hex.string(secret))">
            \(Parts.field("code", "The code that it shows now", hint: "Six digits", problem: problem("code"), autocomplete: "one-time-code"))
            """
        let body: HTML = """
            \(Parts.errorSummary(problems))<h1>Welcome, \(user.name)</h1>
            <form class="block" method="post" action="/welcome">
            <input type="hidden" name="link" value="\(token)">
            <input type="hidden" name="username" autocomplete="username" value="\(user.name)">
            \(Parts.field("password", "Choose a password", hint: "At least 12 characters. Three or four words that do not belong together are good.", problem: problem("password"), type: "password", autocomplete: "new-password"))\
            \(Parts.field("again", "The same password again", problem: problem("again"), type: "password", autocomplete: "new-password"))\(factor)
            <button type="submit">Save and sign in</button>
            </form>
            """
        return Frame.response(visit, Page(problems.isEmpty ? "Welcome" : "Error: Welcome", status: problems.isEmpty ? 200 : 422, body))
    }

    static func accept(_ visit: Visit) async throws -> ConsoleResponse {
        let form = Form(visit.request)
        let app = visit.app
        guard let token = form.text("link"), let (user, signsIn) = try app.store.link(Token.hash(token), at: visit.now) else {
            return Frame.problem(visit, gone, status: 410)
        }
        if signsIn {
            guard try app.store.use(link: Token.hash(token), at: visit.now) != nil else { return Frame.problem(visit, gone, status: 410) }
            return try SignInPages.begin(user, visit, back: "/")
        }
        let password = form["password"] ?? ""
        let needsFactor = SecondFactor.isNeeded(user, app.settings)
        let secret = needsFactor ? Hex.bytes(form["secret"] ?? "").flatMap { $0.count == OneTimeCode.secretLength ? $0 : nil } : nil
        var problems: [(field: String, text: String)] = []
        if let problem = PasswordRules.problem(password, name: user.name, shops: app.houses.map(\.name)) { problems.append(("password", problem)) }
        if problems.isEmpty, form["again"] != password { problems.append(("again", "The two passwords differ.")) }
        if needsFactor, secret.flatMap({ OneTimeCode.step(of: form["code"] ?? "", $0, at: visit.now) }) == nil {
            problems.append(("code", "This is not the code of that key now. Check that the telephone's clock is right."))
        }
        guard problems.isEmpty else {
            return Self.form(
                visit, user, token, needsFactor ? secret ?? app.timeline.randomBytes(OneTimeCode.secretLength) : [], problems: problems)
        }
        let hash = try await app.passwords.make(password)
        guard try app.store.use(link: Token.hash(token), at: visit.now) != nil else { return Frame.problem(visit, gone, status: 410) }
        let codes = secret == nil ? [] : (0..<8).map { _ in app.timeline.randomHex(byteCount: 5) }
        try app.store.set(password: hash, factor: secret, recovery: codes.map(Token.hash), of: user.name)
        try app.note(visit, "chose a password", who: user.name)
        var answer = try SignInPages.begin(user, visit, back: "/")
        guard !codes.isEmpty else { return answer }
        let list: [HTML] = codes.map { "\($0)\n" }
        let body: HTML = """
            <h1>Keep these codes</h1>
            <p>Each of them opens the console once in place of your authenticator. They are shown only now: print them, or keep them where you keep passwords.</p>
            <pre tabindex="0" aria-label="Recovery codes">\(list)</pre>
            <p><a class="button" href="/">Continue</a></p>
            """
        let page = Frame.response(visit, Page("Keep these codes", body))
        answer.status = 200
        answer.headers = answer.headers.filter { $0.name == "Set-Cookie" } + page.headers
        answer.body = page.body
        return answer
    }
}
