import Domain
import Foundation

extension MailMessage {
    /// The message as it goes over the wire (RFC 5322, RFC 2045 to 2049): lines end in CRLF, no line is longer than 78 bytes
    /// but for the boundary's sake none needs to be, everything is ASCII.
    package var bytes: [UInt8] {
        var writer = MIMEWriter(boundary: messageID.filter { $0.isASCII && ($0.isLetter || $0.isNumber) })
        writer.header("Date", RFC5322Date(date).description)
        writer.header("From", from.text)
        writer.header("To", to.map(\.text))
        writer.header("Subject", HeaderText(subject).encoded)
        writer.header("Message-ID", "<\(messageID)>")
        if let inReplyTo {
            writer.header("In-Reply-To", "<\(inReplyTo)>")
            writer.header("References", "<\(inReplyTo)>")
        }
        // So that no out-of-office reply comes back (RFC 3834).
        writer.header("Auto-Submitted", "auto-generated")
        writer.header("MIME-Version", "1.0")
        writer.multipart("mixed") { writer in
            writer.multipart("alternative") { writer in
                writer.part { $0.text("plain", text) }
                writer.part { $0.text("html", html) }
            }
            for attachment in attachments { writer.part { $0.attachment(attachment) } }
        }
        return writer.bytes
    }
}

private struct MIMEWriter {
    private(set) var bytes: [UInt8] = []
    private let boundary: String
    private var depth = 0

    init(boundary: String) { self.boundary = "=_\(boundary.prefix(40))" }

    mutating func line(_ text: some StringProtocol) {
        bytes += text.utf8
        bytes += [13, 10]
    }

    mutating func header(_ name: String, _ value: String) { line("\(name): \(value)") }

    /// One address a line, so that many of them fold.
    mutating func header(_ name: String, _ addresses: [String]) { header(name, addresses.joined(separator: ",\r\n ")) }

    mutating func multipart(_ kind: String, _ body: (inout MIMEWriter) -> Void) {
        let isInner = depth > 0
        if isInner { line("--\(mark(depth))") }
        depth += 1
        header("Content-Type", "multipart/\(kind);\r\n boundary=\"\(mark(depth))\"")
        line("")
        body(&self)
        line("--\(mark(depth))--")
        depth -= 1
    }

    mutating func part(_ body: (inout MIMEWriter) -> Void) {
        line("--\(mark(depth))")
        body(&self)
    }

    mutating func text(_ kind: String, _ text: String) {
        header("Content-Type", "text/\(kind); charset=utf-8")
        header("Content-Transfer-Encoding", "quoted-printable")
        line("")
        for row in QuotedPrintable.lines(text) { line(row) }
    }

    mutating func attachment(_ attachment: MailMessage.Attachment) {
        let name = HeaderText.fileName(attachment.name)
        header("Content-Type", "application/octet-stream;\r\n name=\"\(name)\"")
        header("Content-Disposition", "attachment;\r\n filename=\"\(name)\"")
        header("Content-Transfer-Encoding", "base64")
        line("")
        let text = Data(attachment.content).base64EncodedString(options: [.lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed])
        if !text.isEmpty { line(text) }
    }

    private func mark(_ depth: Int) -> String { "\(boundary)-\(depth)" }
}

/// `Sat, 21 Nov 2026 06:05:00 +0000`.
private struct RFC5322Date: CustomStringConvertible {
    let description: String

    init(_ instant: UTCInstant) {
        let days = Int(instant.milliseconds.flooringQuotient(86_400_000))
        let date = CivilDate(daysSinceEpoch: days)
        let seconds = Int(instant.milliseconds - Int64(days) * 86_400_000) / 1000
        // The epoch was a Thursday.
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][((days % 7) + 7) % 7]
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        description = "\(weekday), \(date.day) \(LocalTime.months[date.month - 1]) \(date.year) \(clock) +0000"
    }
}
