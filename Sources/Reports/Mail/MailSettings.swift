package import Domain

/// How mails leave, and in whose name.
package struct MailSettings: Sendable {
    package enum Way: Sendable {
        case smtp(SMTPSettings)
        /// The path of the machine's mail program.
        case sendmail(String)
        /// A folder of this machine that mails are written to instead of being sent.
        case folder(String)
    }

    package var way: Way
    package var from: MailAddress

    package static let options = [
        OptionSpec("from", .text, "The sender's address.", required: .required, example: "tallyman@acme.example"),
        OptionSpec(
            "smtp", .text,
            "The mail server. smtps:// is TLS from the first byte; smtp:// demands STARTTLS unless the server is this machine and authorities are not given.",
            example: "smtps://mail.acme.example:465"),
        OptionSpec("user", .text, "The account on the mail server, if it wants one."),
        OptionSpec("password", .secret, "The password of `user`."),
        OptionSpec("authorities", .text, "A file of certificates to trust instead of the system's.", example: "/etc/tallyman/mail-ca.pem"),
        OptionSpec("timeout", .duration, "How long one conversation with the server may take.", default: "60s"),
        OptionSpec("sendmail", .text, "A local mail program to use instead of a server.", example: "/usr/sbin/sendmail"),
        OptionSpec(
            "folder", .text, "A folder that mails are written to, a file each, instead of being sent; for trying things out.", example: "mail"),
    ]

    package init(_ node: SettingNode, secrets: (SettingNode) throws -> Secret) throws {
        guard let from = node.text("from").flatMap({ MailAddress($0) }) else {
            throw (node["from"] ?? node).invalid("is no mail address", fix: "write it like tallyman@acme.example")
        }
        self.from = from
        let ways = ["smtp", "sendmail", "folder"].filter { node[$0] != nil }
        guard ways.count <= 1 else {
            throw (node[ways[1]] ?? node).invalid("is another way besides \(ways[0])", fix: "keep one of: \(ways.joined(separator: ", "))")
        }
        if let folder = node.text("folder") {
            way = .folder(folder)
            return
        }
        if let program = node.text("sendmail") {
            way = .sendmail(program)
            return
        }
        guard let server = node["smtp"] else {
            throw node.invalid(
                "names no way for mails to leave", fix: "add smtp: smtps://HOST:465, sendmail: /usr/sbin/sendmail, or folder: mail to try things out")
        }
        guard var smtp = server.scalar.flatMap({ SMTPSettings(url: $0) }) else {
            throw server.invalid("is no mail server", fix: "write it like smtps://mail.acme.example:465 or smtp://mail.acme.example:587")
        }
        smtp.user = node.text("user")
        smtp.password = try node["password"].map(secrets)
        smtp.authorities = node.text("authorities")
        // Whoever says which certificates to trust wants them asked for, of this machine's server, too.
        if smtp.authorities != nil, smtp.encryption == .offered { smtp.encryption = .required }
        if let timeout = try node.duration("timeout") { smtp.patience = timeout }
        way = .smtp(smtp)
    }

    package var transport: any MailTransport {
        switch way {
        case .smtp(let settings): SMTPTransport(settings)
        case .sendmail(let program): SendmailTransport(program: program)
        case .folder(let folder): FolderTransport(folder: folder)
        }
    }
}
