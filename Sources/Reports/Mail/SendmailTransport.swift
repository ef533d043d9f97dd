import Domain
import Foundation

/// Hands mails to the machine's own mail program, which queues them.
package struct SendmailTransport: MailTransport {
    private let program: String

    /// `program` takes the options of sendmail(8): `-i -f SENDER -- RECIPIENT`.
    package init(program: String) { self.program = program }

    package func deliver(_ content: [UInt8], from: MailAddress, to recipient: MailAddress) throws(MailFault) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["-i", "-f", from.text, "--", recipient.text]
        let input = Pipe()
        let errors = Pipe()
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        do {
            try process.run()
        } catch {
            throw MailFault(.transient, "\(program) cannot be started")
        }
        // Line ends of the machine's own kind, as sendmail(8) expects them.
        let text = content.filter { $0 != 13 }
        try? input.fileHandleForWriting.write(contentsOf: text)
        try? input.fileHandleForWriting.close()
        let said = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw Self.fault(process.terminationStatus, said: Array(said.prefix(200)), program)
        }
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
