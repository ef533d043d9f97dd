import Foundation

@testable import Formats

/// The guesser on files and texts, against the shipped profiles or none.
enum Guesses {
    static let shipped: [Profile] = {
        let catalogue = ProfileCatalogue(folder: ProjectFolder.profiles)
        return catalogue.names.compactMap { try? catalogue.profile(named: $0) }
    }()

    static func guess(_ text: String, known: [Profile] = [], answers: [String: String] = [:]) throws -> FileGuess {
        try guess(Array(text.utf8), known: known, answers: answers)
    }

    static func guess(_ bytes: [UInt8], known: [Profile] = [], answers: [String: String] = [:]) throws -> FileGuess {
        try FileGuess(bytes, file: "sample.csv", known: known, name: "new/new", answers: GuessAnswers(answers))
    }

    /// The sample of a shipped profile.
    static func fixture(_ name: String) throws -> [UInt8] { try ProjectFolder.bytes(ProjectFolder.fixtureInput(name) ?? name) }

    /// The profiles of delimited files.
    static let fixtures = shipped.filter { $0.format == .csv && !$0.name.hasPrefix("tallyman/") }.map(\.name)
    /// The others: XML, fixed widths, tagged lines.
    static let otherFixtures = shipped.filter { $0.format != .csv }.map(\.name)
}
