/// How long the stand-in takes for its answers.
package enum AnswerTimes: String, Sendable, CaseIterable {
    /// As long as this machine needs.
    case none
    /// As long as a live shop with two cores took.
    case recorded

    package var times: CallTimes? {
        switch self {
        case .none: nil
        case .recorded: .recorded
        }
    }
}
