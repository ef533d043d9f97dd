import ArgumentParser
import Foundation
import Testing

@testable import tallyman

/// Every command that a fix, a page or a message names is one that the program takes as it is printed.
struct CommandsInTextTests {
    /// What stands for something in a text, and what the test types for it.
    private static func word(_ word: String, after before: String) -> String {
        let isPlaceholder = word.contains("\\(") || word.count > 1 && word.allSatisfy { $0.isUppercase || $0 == "_" }
        guard isPlaceholder else { return word }
        switch (before, word) {
        case ("--date", _): return "2026-11-21"
        case (_, _) where word.hasPrefix("--"): return "--daily"
        case ("--email", _), (_, "ADDRESS"): return "anna@example.com"
        default: return "1"
        }
    }

    /// Splits at blanks outside of quotes and interpolations, which are one word.
    static func words(_ command: String) -> [String] {
        var words: [String] = []
        var current = ""
        var (quote, depth): (Character?, Int) = (nil, 0)
        for character in command.replacingOccurrences(of: "\\\"", with: "\"") {
            if depth == 0, let open = quote {
                if character == open { quote = nil } else { current.append(character) }
                continue
            }
            switch character {
            case "(" where current.last == "\\" || depth > 0: depth += 1
            case ")" where depth > 0: depth -= 1
            case "\"" where depth == 0, "'" where depth == 0:
                quote = character
                continue
            case " " where depth == 0:
                if !current.isEmpty { words.append(current) }
                current = ""
                continue
            default: break
            }
            current.append(character)
        }
        return current.isEmpty ? words : words + [current]
    }

    private static func commands(in text: String) -> Set<String> {
        Set(text.matches(of: /`(?:sudo -u [a-z]+ )?tallyman( [^`\n]*)`/).map { String($0.1).trimmingCharacters(in: .whitespaces) })
    }

    private static func complaint(_ command: String) -> String? {
        let printed = words(command)
        let words = zip([""] + printed, printed).map { word($1, after: $0) }
        // A verb alone names the command, not a call of it.
        let isName = printed.count <= 2 && printed.allSatisfy { $0.allSatisfy { $0.isLowercase } }
        do {
            _ = try Tallyman.parseAsRoot(words)
            return nil
        } catch {
            let text = Tallyman.message(for: error)
            if Tallyman.exitCode(for: error) == .success { return nil }
            return isName && words.allSatisfy { !text.contains("'\($0)'") } ? nil : text
        }
    }

    @Test func `each command that the program's own texts name can be run as it is printed`() throws {
        let commands = try Self.commands(in: DocsProject.code(below: "Sources"))
        #expect(commands.count > 40)
        for command in commands.sorted() {
            #expect(Self.complaint(command) == nil, "tallyman \(command)")
        }
    }

    @Test(arguments: DocsProject.documents.filter { !$0.contains("decisions/") && !$0.contains("requirements") })
    func `each command that a page names can be run as it is printed`(_ document: String) throws {
        for command in Self.commands(in: try DocsProject.text(document)).sorted() {
            #expect(Self.complaint(command) == nil, "\(document): tallyman \(command)")
        }
    }

    @Test(arguments: ["run stok", "resend 1", "errors retry nonsense", "check FILE --profil x", "nonsense", "approve RUN --beause x"])
    func `a command that the program does not take is found`(_ command: String) {
        // `resend` needs a reason, and flows are not checked here.
        #expect((Self.complaint(command) == nil) == (command == "run stok"))
    }
}
