/// Hands mails to an SMTP server, encrypted unless that is this machine.
package struct SMTPTransport: MailTransport {
    private let settings: SMTPSettings

    package init(_ settings: SMTPSettings) { self.settings = settings }

    package func deliver(_ content: [UInt8], from: MailAddress, to recipient: MailAddress) throws(MailFault) {
        var curl = try Curl()
        try curl.send(content, from: from, to: recipient, by: settings, helloName: String(from.domain))
    }
}
