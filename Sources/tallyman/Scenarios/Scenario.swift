/// One go-live scenario: what it shows, and how it is played. What is done and what is seen is noted on the stage as it happens.
struct Scenario: Sendable {
    /// The requirement's number.
    let id: String
    /// In the words of those who sign it off.
    let shows: String
    let play: @Sendable (ScenarioStage) async throws -> Void

    init(_ id: String, _ shows: String, _ play: @escaping @Sendable (ScenarioStage) async throws -> Void) {
        self.id = id
        self.shows = shows
        self.play = play
    }
}
