import Domain

@testable import Formats

/// The readers of hostile bytes, each with what must hold whatever the bytes are. Driven by `make fuzz` with bytes that cover new
/// code, and by `FuzzCorpusTests` with the files that were kept.
enum FuzzEntry: String, CaseIterable, Sendable {
    case csv, xml, lines, objects, gzip, decimal, date, encoding, profile, inspection, guess, acknowledgement

    /// A promise that the bytes broke.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    /// Throws `Fault` and nothing else.
    func run(_ bytes: [UInt8]) throws {
        guard let first = bytes.first else { return }
        let rest = Array(bytes.dropFirst())
        switch self {
        case .csv: try FuzzReading.check(FuzzProfiles.table(first), rest)
        case .xml: try FuzzReading.check(FuzzProfiles.document(first), rest)
        case .lines: try FuzzReading.check(FuzzProfiles.lines(first), rest)
        case .objects: try FuzzReading.check(FuzzProfiles.objects(first), rest)
        case .gzip: try FuzzText.gzip(bytes)
        case .decimal: try FuzzValues.decimal(first, rest)
        case .date: try FuzzValues.date(first, rest)
        case .encoding: try FuzzText.encoding(first, rest)
        case .profile: try FuzzText.profile(bytes)
        case .inspection: try FuzzText.inspection(bytes)
        case .guess: try FuzzText.guess(bytes)
        case .acknowledgement: try FuzzAcknowledgement.check(first, rest)
        }
    }

    static func require(_ condition: Bool, _ text: @autoclosure () -> String) throws {
        if !condition { throw Fault(description: text()) }
    }
}
