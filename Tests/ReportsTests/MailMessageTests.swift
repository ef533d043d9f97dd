import Domain
import Foundation
import TestKit
import Testing

@testable import Reports

/// The bytes of a mail, read back by Python's parser.
struct MailMessageTests {
    private struct Read: Decodable {
        var headers: [String]
        var subject: String
        var to: String
        var text: String
        var html: String
        var files: [String: Data]
        var defects: [String]
        var longest: Int
        var isASCII: Bool
    }

    private static let script = """
        import sys, json, base64, email
        from email import policy
        raw = sys.stdin.buffer.read()
        m = email.message_from_bytes(raw, policy=policy.default)
        body = lambda kind: m.get_body((kind,)).get_content().replace("\\r\\n", "\\n")
        files = {a.get_filename(): base64.b64encode(a.get_content()).decode() for a in m.iter_attachments()}
        print(json.dumps({"headers": m.keys(), "subject": m["subject"], "to": m["to"], "text": body("plain"), "html": body("html"), "files": files,
          "defects": [str(d) for p in m.walk() for d in p.defects], "longest": max(map(len, raw.split(b"\\r\\n"))), "isASCII": raw.isascii() and b"\\n" not in raw.replace(b"\\r\\n", b"")}))
        """

    private static func read(_ message: MailMessage) throws -> Read {
        let folder = TemporaryFolder()
        let raw = folder.write("mail", message.bytes)
        let answer = try ChildProcess.run(["sh", "-c", "python3 -c \"$0\" < \"$1\"", script, raw])
        return try JSONDecoder().decode(Read.self, from: Data(answer.utf8))
    }

    private static func message(subject: String, text: String = "text\n", attachments: [MailMessage.Attachment] = []) -> MailMessage {
        let address = MailAddress("ops@acme.example")
        return MailMessage(
            from: address!, to: [address!], subject: subject, date: UTCInstant(seconds: 1_795_230_000), messageID: "run1.held.00ff@acme.example",
            text: text, html: "<p>\(text)</p>\n", attachments: attachments)
    }

    @Test func `letters, long lines, trailing blanks and attachments come through unchanged`() throws {
        let text = "£ 4,812 – naïve 商品 = 100 %\n" + String(repeating: "long ", count: 60) + "\ntrailing blank \n.\nFrom the start\n\n"
        let file = MailMessage.Attachment(name: "stock run 7_rejects.csv", content: Array(0...255) + Array(repeating: 65, count: 500))

        let read = try Self.read(
            Self.message(subject: "[WARN] Stock – Acme – 31 Mar 06:05 – 4,812 updated, 7 rejected", text: text, attachments: [file]))

        #expect(read.subject == "[WARN] Stock – Acme – 31 Mar 06:05 – 4,812 updated, 7 rejected")
        #expect(read.text == text && read.html == "<p>\(text)</p>\n")
        #expect(read.files == ["stock_run_7_rejects.csv": Data(file.content)])
        #expect(read.defects.isEmpty && read.isASCII && read.longest <= 78)
    }

    /// A file name is the ERP's to choose, and gets into subjects and texts (S2).
    @Test(arguments: [
        "\r\nBcc: thief@evil.example\r\n\r\nbody", "\nBcc: x", "a\u{2028}b\u{202E}c", "\u{0}\u{1B}[2J", "=?utf-8?B?QmNjOiB4?=\r\n Bcc: y",
    ])
    func `S2 no text gets a header of its own`(_ hostile: String) throws {
        let read = try Self.read(Self.message(subject: "[OK] \(hostile)", attachments: [.init(name: hostile, content: [1])]))

        #expect(
            read.headers.map { $0.lowercased() } == ["date", "from", "to", "subject", "message-id", "auto-submitted", "mime-version", "content-type"])
        #expect(read.to == "ops@acme.example" && read.subject.hasPrefix("[OK] ") && read.defects.isEmpty)
        #expect(read.subject.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x2028 && $0.value != 0x202E })
    }

    @Test(arguments: [
        "ops", "@acme.example", "ops@", "a b@acme.example", "ops@acme.example\r\nRCPT TO:<x@y.example>", "<ops@acme.example>", "-f@acme.example",
        "ops@-acme.example", "öps@acme.example", "\"a b\"@acme.example", "a@b@c d",
    ])
    func `S2 what could end a command is no address`(_ text: String) { #expect(MailAddress(text) == nil) }

    @Test(arguments: ["ops@acme.example", "stock+alerts@mail.acme.co.uk", "o'neil@acme.example", "root@localhost"])
    func `ordinary addresses are taken`(_ text: String) { #expect(MailAddress(text)?.text == text) }

    @Test(arguments: [
        ("smtps://mail.acme.example", "mail.acme.example", 465, SMTPSettings.Encryption.implicit),
        ("smtp://mail.acme.example:25/", "mail.acme.example", 25, .required),
        ("smtp://localhost:2525", "localhost", 2525, .offered), ("smtp://[::1]:26", "[::1]", 26, .offered),
        ("smtp://10.0.0.1", "10.0.0.1", 587, .required),
    ])
    func `only this machine may be spoken to in the clear`(_ url: String, _ host: String, _ port: Int, _ encryption: SMTPSettings.Encryption) throws {
        let settings = try #require(SMTPSettings(url: url))

        #expect(settings.host == host && settings.port == port && settings.encryption == encryption)
    }

    @Test(arguments: ["mail.acme.example", "http://x", "smtp://", "smtp://a:b", "smtp://a/../b", "smtps://user:pw@host", "smtp://a:70000"])
    func `other addresses of servers are refused`(_ url: String) { #expect(SMTPSettings(url: url) == nil) }
}
