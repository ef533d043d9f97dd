import ArgumentParser
import Console
import Domain
import Foundation
import StateStore

/// Who may use the console. Whoever may write its list of users on this machine may do this; there is no default password, and no page to
/// sign up.
struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Who may use the console, and what they may do there.", discussion: Examples.of("user"),
        subcommands: [Add.self, List.self, Grant.self, Lock.self, Unlock.self, Reset.self, Token.self], defaultSubcommand: List.self
    )

    struct Place: ParsableArguments {
        @Option(name: .shortAndLong, help: "The console's settings file. TALLYMAN_CONSOLE unless given, then console.yaml.")
        var settings: String?
        @Flag(help: "Answer in JSON.") var json = false

        func file() throws -> ConsoleFile { try ConsoleFile(path: ConsoleCommand.path(settings)) }
        var output: Output { Output(json ? .json : .text) }
    }

    struct Rights: ParsableArguments {
        @Option(help: "viewer, operator or approver.") var role: AccessRole?
        @Option(help: "The shop that the role is for; every shop unless given.") var shop: String?
        @Flag(help: "Show what tells of people: names, addresses, lines of orders.") var people = false
        @Flag(help: "May see and change users.") var admin = false

        var grant: AccessGrant? { role.map { AccessGrant(shop: shop ?? "*", role: $0, seesPeople: people) } }

        func check(_ file: ConsoleFile) throws {
            guard let shop else { return }
            let known = try file.shops.map { try Settings(path: $0, environment: ProcessInfo.processInfo.environment).shop }
            guard known.contains(shop) else {
                throw Diagnostic("SETTINGS-UNKNOWN", "the console shows no shop \(Escaped(shop))", fix: "it shows \(known.joined(separator: ", "))")
            }
        }
    }
}

extension AccessRole: ExpressibleByArgument {}

extension UserCommand {
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a person, and print a link that is good once: with it they choose a password and set their authenticator up.")

        @OptionGroup var place: Place
        @OptionGroup var rights: Rights
        @Argument(help: "The name to sign in with.") var name: String
        @Flag(help: "The link signs in at once, without a password; on an address of this machine alone.") var signInLink = false
        @Option(help: "Set this password, from a file; `-` is standard input.") var passwordFile: String?

        func validate() throws {
            let allowed = name.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || "0123456789._-@".unicodeScalars.contains($0))
            }
            guard allowed, (1...64).contains(name.count) else { throw ValidationError("a name has letters, digits, and . _ - @, at most 64 of them") }
            guard rights.role != nil || rights.admin else { throw ValidationError("give --role viewer, operator or approver, or --admin") }
        }

        func run() async throws {
            let file = try place.file()
            try rights.check(file)
            let isLocal = file.settings.secondFactor == .off
            guard !signInLink && passwordFile == nil || isLocal else {
                throw Diagnostic(
                    "SETTINGS-CONFLICT", "a sign-in without a second factor is only for a console of this machine",
                    fix: "leave the option out, or set second_factor: off on a loopback address")
            }
            let store = try file.store()
            let desk = AccessDesk(store: store, settings: file.settings, timeline: .system)
            try store.add(user: name, isAdmin: rights.admin, grants: [rights.grant].compactMap { $0 }, at: Timeline.system.now())
            if let passwordFile {
                let bytes = passwordFile == "-" ? StandardStream.input(limit: 1024) : try OwnFile.content(passwordFile).map { Array($0) }
                let password = String(decoding: bytes ?? [], as: UTF8.self).trimmingCharacters(in: .newlines)
                try await desk.set(password: password, of: name, shops: [])
            }
            try UserCommand.tell(desk.link(for: name, signsIn: signInLink), name, file, place)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List who may use the console.")

        @OptionGroup var place: Place

        private struct View: Encodable {
            var name: String
            var admin: Bool
            var roles: [String]
            var locked: Bool
            var password: Bool
            var secondFactor: Bool
            var lastSignIn: String?
            var sessions: Int
        }

        func run() throws {
            let store = try place.file().store()
            let views = try store.users().map { user in
                View(
                    name: user.name, admin: user.isAdmin,
                    roles: user.grants.map { "\($0.shop) \($0.role.rawValue)\($0.seesPeople ? " people" : "")" }, locked: user.isLocked,
                    password: user.passwordHash != nil, secondFactor: user.factor != nil, lastSignIn: user.lastSignIn.map { "\($0)" },
                    sessions: try store.sessions(of: user.name).count)
            }
            if place.json { return try place.output.json(views) }
            if views.isEmpty { place.output.line("nobody yet; `tallyman user add NAME --role operator` adds a person") }
            place.output.table(
                ["name", "admin", "roles", "state", "last sign-in"],
                views.map { view in
                    let state = view.locked ? "locked" : !view.password ? "has not come in yet" : view.secondFactor ? "password and code" : "password"
                    return [view.name, view.admin ? "yes" : "", view.roles.joined(separator: ", "), state, view.lastSignIn ?? "-"]
                })
        }
    }

    struct Grant: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change what a person may do: a role in a shop, in place of the one before. It counts from their next click on.")

        @OptionGroup var place: Place
        @OptionGroup var rights: Rights
        @Argument(help: "The person's name.") var name: String
        @Flag(help: "Take the role in the shop away.") var none = false
        @Flag(help: "Take the right to change users away.") var noAdmin = false

        func validate() throws {
            guard rights.role != nil || rights.admin || none || noAdmin else {
                throw ValidationError("give --role, --admin, --none or --no-admin")
            }
        }

        func run() throws {
            let file = try place.file()
            try rights.check(file)
            let store = try file.store()
            if let grant = rights.grant { try store.set(grant: grant, of: name) }
            if none { try store.remove(grantIn: rights.shop ?? "*", of: name) }
            if rights.admin || noAdmin { try store.set(admin: rights.admin, of: name) }
            try AccessDesk(store: store, settings: file.settings, timeline: .system).note("rights changed", of: name, by: UserCommand.who)
            place.output.line("\(name) has new rights")
        }
    }

    struct Lock: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Keep a person out, and end their sessions at once.")

        @OptionGroup var place: Place
        @Argument(help: "The person's name.") var name: String

        func run() throws {
            let file = try place.file()
            try file.store().set(locked: true, of: name)
            try AccessDesk(store: file.store(), settings: file.settings, timeline: .system).note("locked", of: name, by: UserCommand.who)
            place.output.line("\(name) is locked; their sessions have ended")
        }
    }

    struct Unlock: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a person in again.")

        @OptionGroup var place: Place
        @Argument(help: "The person's name.") var name: String

        func run() throws {
            let file = try place.file()
            let store = try file.store()
            try store.set(locked: false, of: name)
            try AccessDesk(store: store, settings: file.settings, timeline: .system).note("unlocked", of: name, by: UserCommand.who)
            place.output.line("\(name) may sign in again")
        }
    }

    struct Reset: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget a person's password and authenticator, end their sessions, and print a new link.")

        @OptionGroup var place: Place
        @Argument(help: "The person's name.") var name: String

        func run() throws {
            let file = try place.file()
            let store = try file.store()
            try store.reset(user: name)
            let desk = AccessDesk(store: store, settings: file.settings, timeline: .system)
            try desk.note("reset", of: name, by: UserCommand.who)
            try UserCommand.tell(desk.link(for: name, signsIn: false), name, file, place)
        }
    }

    static var who: String {
        let environment = ProcessInfo.processInfo.environment
        return environment["SUDO_USER"] ?? environment["USER"] ?? "uid \(getuid())"
    }

    fileprivate static func tell(_ link: String, _ name: String, _ file: ConsoleFile, _ place: Place) throws {
        if place.json { return try place.output.json(["name": name, "link": link]) }
        place.output.line("\(name) comes in with this link, once, within 24 hours:")
        place.output.line(link)
    }
}
