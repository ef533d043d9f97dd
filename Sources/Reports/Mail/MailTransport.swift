/// A way for finished mails to leave the machine.
package protocol MailTransport: Sendable {
    /// Hands one mail to the next server, for one recipient. It may block for as long as its own limits say.
    ///
    /// Throws `MailFault`. Safe to repeat: a copy that arrives twice has the same Message-ID, which mailboxes know it by.
    func deliver(_ content: [UInt8], from: MailAddress, to recipient: MailAddress) throws(MailFault)
}

/// Why a mail did not leave.
package struct MailFault: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// Trying again later may work, or it may even have gone through.
        case transient
        /// The server will never take this mail for this recipient.
        case refused
        /// The way itself is wrong: credentials, certificate, no encryption. Nothing more is tried until the next attempt's time.
        case unsafe
    }

    package var kind: Kind
    package var text: String

    package init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }
}
