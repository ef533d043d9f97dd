package import Domain

/// A finished mail and whom it goes to.
package struct OutboxMail: Hashable, Sendable {
    package var messageID: String
    package var severity: String
    package var subject: String
    package var content: [UInt8]
    package var recipients: [String]

    package init(messageID: String, severity: String, subject: String, content: [UInt8], recipients: [String]) {
        self.messageID = messageID
        self.severity = severity
        self.subject = subject
        self.content = content
        self.recipients = recipients
    }
}

/// One recipient's copy of a mail.
package struct MailCopy: Hashable, Sendable {
    package enum State: String, Sendable, CaseIterable {
        case waiting, sent
        /// The server will never take it for this recipient.
        case refused
        /// Tried for days without an end.
        case givenUp = "given_up"
    }

    package var mail: Int64
    package var recipient: String
    package var subject: String
    package var content: [UInt8]
    package var state: State
    package var attempts: Int
    package var written: UTCInstant
    package var nextTry: UTCInstant
    /// What the server said last.
    package var answer: String?
}

/// What was told of a run, or decided not to be told.
package struct RunNote: Hashable, Sendable {
    package var run: Int64
    package var state: Run.State
    package var severity: String
    /// Equal for outcomes that say the same thing again.
    package var likeness: String
    /// `nil` where no mail was written.
    package var messageID: String?
    package var decided: UTCInstant

    package init(run: Int64, state: Run.State, severity: String, likeness: String, messageID: String? = nil, decided: UTCInstant) {
        self.run = run
        self.state = state
        self.severity = severity
        self.likeness = likeness
        self.messageID = messageID
        self.decided = decided
    }
}

/// A reason for which records of a run were rejected.
package struct ReasonCount: Hashable, Sendable {
    package var entity: String
    package var code: String
    package var count: Int
    /// The first record it was said of.
    package var example: RecordVerdict
}
