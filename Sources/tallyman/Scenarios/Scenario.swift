/// One go-live scenario: what it shows, and how it is played. What is done and what is seen is noted on the stage as it happens.
struct Scenario: Sendable {
    enum Play: Sendable {
        case steps(@Sendable (ScenarioStage) async throws -> Void)
        /// It cannot be played here; why, in words.
        case notHere(String)
    }

    /// The requirement's number.
    let id: String
    /// In the words of those who sign it off.
    let shows: String
    let play: Play

    init(_ id: String, _ shows: String, _ play: @escaping @Sendable (ScenarioStage) async throws -> Void) {
        self.id = id
        self.shows = shows
        self.play = .steps(play)
    }

    init(_ id: String, _ shows: String, notHere reason: String) {
        self.id = id
        self.shows = shows
        play = .notHere(reason)
    }
}
