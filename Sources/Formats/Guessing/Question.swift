/// What a guesser cannot know, and how to tell it.
package struct Question: Hashable, Sendable {
    /// The key of the answer: `dates.Start Date`.
    package var key: String
    package var text: String
    package var choices: [String]
    /// What is taken until somebody answers.
    package var assumed: String
}
