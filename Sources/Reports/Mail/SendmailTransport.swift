import Domain
import Glibc

/// Hands mails to the machine's own mail program, which queues them.
///
/// The program is a stranger: it may never read, never end, say more than anybody wants to hear, or leave children behind that hold
/// its output open. So it gets a time and a number of bytes, and is ended with all its children when the time is over.
package struct SendmailTransport: MailTransport {
    private let program: String
    private let deadline: Duration

    /// `program` takes the options of sendmail(8): `-i -f SENDER -- RECIPIENT`.
    package init(program: String, deadline: Duration = .seconds(60)) {
        self.program = program
        self.deadline = deadline
    }

    package func deliver(_ content: [UInt8], from: MailAddress, to recipient: MailAddress) throws(MailFault) {
        guard let child = ChildProcess(program, ["-i", "-f", from.text, "--", recipient.text]) else {
            throw MailFault(.transient, "\(program) cannot be started")
        }
        // Line ends of the machine's own kind, as sendmail(8) expects them.
        guard let ending = child.feed(content.filter { $0 != 13 }, within: deadline, keeping: 200) else {
            throw MailFault(.transient, "\(program) did not end within \(deadline.wholeSeconds) s and was stopped")
        }
        guard ending.status == 0 else { throw Self.fault(ending.status ?? -1, said: ending.said, program) }
    }

    /// By sysexits(3): an address that does not exist will not exist later either.
    private static func fault(_ status: Int32, said: [UInt8], _ program: String) -> MailFault {
        let text = "\(program) ended with \(status): \(Escaped(said.filter { $0 != 10 && $0 != 13 }))"
        return switch status {
        case 65, 67, 68: MailFault(.refused, text)
        default: MailFault(.transient, text)
        }
    }
}
