package import Domain
package import StateStore

/// What is done about users on the machine itself.
package struct AccessDesk: Sendable {
    private let store: AccessStore
    private let settings: ConsoleSettings
    private let timeline: Timeline

    package init(store: AccessStore, settings: ConsoleSettings, timeline: Timeline) {
        self.store = store
        self.settings = settings
        self.timeline = timeline
    }

    /// A link that is good once, for a day.
    package func link(for name: String, signsIn: Bool) throws -> String {
        let token = Token.make(timeline)
        try store.add(link: Token.hash(token), for: name, signsIn: signsIn, expires: timeline.now().adding(ConsoleSettings.linkLasts))
        return "\(settings.url)/welcome?link=\(token)"
    }

    /// Throws `CONSOLE-PASSWORD` for one that is too short or too common.
    package func set(password: String, of name: String, shops: [String]) async throws {
        if let problem = PasswordRules.problem(password, name: name, shops: shops) {
            throw Diagnostic("CONSOLE-PASSWORD", "the password cannot be used", fix: problem)
        }
        try store.set(password: try await PasswordDesk(timeline: timeline).make(password), factor: nil, recovery: [], of: name)
    }

    /// A token for a program, which reads what the person may see. It is kept as its hash alone.
    package func token(for name: String, label: String, lasting: Duration) throws -> String {
        let token = Token.make(timeline)
        let now = timeline.now()
        try store.add(
            token: Token.hash(token), AccessToken(user: name, label: label, created: now, expires: now.adding(lasting)))
        return token
    }

    package func note(_ what: String, of name: String, by who: String) throws {
        try store.log(AccessEvent(at: timeline.now(), who: who, address: "this machine", what: what, detail: name))
    }
}

extension ConsoleApp {
    /// Forgets what is past its time: sessions, links, events of more than 400 days ago.
    package func expire() {
        try? store.expire(at: timeline.now(), sessions: ConsoleSettings.longest, events: ConsoleSettings.keepsEvents)
    }
}
