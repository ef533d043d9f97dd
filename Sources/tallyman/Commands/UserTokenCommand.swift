import ArgumentParser
import Console
import Domain
import StateStore

extension UserCommand {
    struct Token: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a token with which a program reads the console's pages as JSON, with the rights of a person to look.")

        @OptionGroup var place: Place
        @Argument(help: "The person's name.") var name: String
        @Option(help: "What it is for; tokens are ended by it.") var label = "program"
        @Option(help: "How many days it lasts.") var days: Int64 = 90
        @Flag(help: "End the person's tokens of this label instead.") var end = false

        func validate() throws {
            guard (1...400).contains(days) else { throw ValidationError("a token lasts 1 to 400 days") }
        }

        func run() throws {
            let file = try place.file()
            let store = try file.store()
            let desk = AccessDesk(store: store, settings: file.settings, timeline: .system)
            if end {
                let count = try store.remove(tokensOf: name, labelled: label)
                try desk.note("tokens ended", of: name, by: UserCommand.who)
                return place.output.line("\(count) tokens of \(name) have ended")
            }
            let token = try desk.token(for: name, label: label, lasting: .seconds(days * 86_400))
            try desk.note("token made", of: name, by: UserCommand.who)
            if place.json { return try place.output.json(["name": name, "token": token]) }
            place.output.line("it is shown once; send it as `Authorization: Bearer TOKEN` to a page with .json behind its address:")
            place.output.line(token)
        }
    }
}
