import Testing

/// The mail servers that tests talk to.
package enum MailProgram: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case aiosmtpd
    case openSMTPD = "OpenSMTPD"

    /// Ends the test as skipped where the machine lacks the program.
    package func start(_ demand: MailDemand, faults: [MailServerFault] = []) throws -> any MailReceiving {
        switch self {
        case .aiosmtpd:
            guard MailServer.isPresent else { try Test.cancel("aiosmtpd is not installed: scripts/python.sh") }
            return try MailServer(demand, faults: faults)
        case .openSMTPD:
            guard OpenSMTPD.isPresent else { try Test.cancel("OpenSMTPD is not there: scripts/opensmtpd.sh, as root") }
            return try OpenSMTPD(demand, faults: faults)
        }
    }

    package var testDescription: String { rawValue }
}
