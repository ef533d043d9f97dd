package import Domain

/// A mail as people wrote it, before it is made into bytes.
package struct MailMessage: Hashable, Sendable {
    package struct Attachment: Hashable, Sendable {
        package var name: String
        package var content: [UInt8]

        package init(name: String, content: [UInt8]) {
            self.name = name
            self.content = content
        }
    }

    package var from: MailAddress
    package var to: [MailAddress]
    package var subject: String
    package var date: UTCInstant
    /// Without angle brackets; the same however often the mail is sent.
    package var messageID: String
    /// The mail that this one follows, for mail programs that show threads.
    package var inReplyTo: String?
    package var text: String
    package var html: String
    package var attachments: [Attachment]

    package init(
        from: MailAddress, to: [MailAddress], subject: String, date: UTCInstant, messageID: String, inReplyTo: String? = nil,
        text: String, html: String, attachments: [Attachment] = []
    ) {
        self.from = from
        self.to = to
        self.subject = subject
        self.date = date
        self.messageID = messageID
        self.inReplyTo = inReplyTo
        self.text = text
        self.html = html
        self.attachments = attachments
    }
}
