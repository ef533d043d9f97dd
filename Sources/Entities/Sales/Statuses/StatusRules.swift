package import Magento

/// What the ERP's words about an order mean in the shop.
package struct StatusRules: Sendable {
    package enum Action: String, Sendable, CaseIterable { case comment, hold, release }
    package enum UnknownWord: String, Sendable, CaseIterable { case reject, ignore }

    package struct Meaning: Hashable, Sendable {
        package var action: Action
        /// The status that the order takes; it has to belong to the order's state.
        package var status: String?
        package var comment: String?
        package var audience: CommentAudience

        package init(action: Action = .comment, status: String? = nil, comment: String? = nil, audience: CommentAudience = .staff) {
            self.action = action
            self.status = status
            self.comment = comment
            self.audience = audience
        }
    }

    package var words: [String: Meaning]
    package var unknown = UnknownWord.reject
    package var orderDigits = 0

    package init(words: [String: Meaning]) { self.words = words }

    /// What is written into the order's history.
    func text(of value: StatusValue) -> String {
        let head = words[value.word]?.comment ?? "ERP: \(value.word)"
        return value.remark.map { "\(head) (\($0))" } ?? head
    }

    /// Whether a line of the history was written for one of the words.
    func isOurs(_ comment: String) -> Bool {
        words.contains { word, meaning in comment.utf8.starts(with: (meaning.comment ?? "ERP: \(word)").utf8) }
    }
}
