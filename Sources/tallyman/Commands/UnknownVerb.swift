import ArgumentParser
import Domain

/// A command that does not exist, with the one that was probably meant.
enum UnknownVerb {
    /// `nil` where the words name commands as far as commands go.
    static func message(_ words: [String], in root: any ParsableCommand.Type = Tallyman.self) -> String? {
        var (command, path): (any ParsableCommand.Type, String) = (root, "tallyman")
        for word in words {
            let subcommands = command.configuration.subcommands
            guard !subcommands.isEmpty, !word.hasPrefix("-"), word != "help" else { return nil }
            if let next = subcommands.first(where: { name(of: $0) == word }) {
                (command, path) = (next, "\(path) \(word)")
                continue
            }
            let names = subcommands.map(name(of:))
            let hint = NearestWord.hint(word, among: names, otherwise: "known: \(names.joined(separator: ", "))")
            return "Error: there is no command \(Escaped("\(path) \(word)"))\n  → \(hint)\n"
        }
        return nil
    }

    private static func name(of command: any ParsableCommand.Type) -> String { command._commandName }
}
