import ArgumentParser
import Domain
import Endpoints
import Foundation
import StateStore

/// The keys that SFTP servers may prove themselves with. The settings are the one place that decides; who confirmed a key is in
/// the audit log.
struct HostKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hostkey", abstract: "The host keys of SFTP servers: show them, add a second one, end the old one.",
        discussion: """
            While a server's key is being exchanged both may be pinned: `add` the new one as soon as its owner has told it, and `rotate` once the server
            shows it. Both write the settings file, in which every other line stays as it is, and both are in `tallyman audit`.
            """ + "\n\n" + Examples.of("hostkey"), subcommands: [Show.self, Add.self, Rotate.self], defaultSubcommand: Show.self)
}

extension HostKeyCommand {
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The keys that are pinned, those that the servers show now, and who confirmed them. Nothing is logged in to.")

        @OptionGroup var common: CommonOptions
        @Argument(help: "The endpoint's name in the settings; all of them unless given.", completion: Suggestions.servers) var endpoint: String?

        func run() throws {
            let assembly = try common.assembly()
            let names = endpoint.map { [$0] } ?? assembly.serverNames
            let ledger = try assembly.ledger()
            let keys = try names.flatMap { name in
                let book = try HostKeyBook(name, assembly)
                return try ledger.read { try book.keys($0) }
            }
            if common.json { return try common.output.json(keys) }
            if names.isEmpty { return common.output.line("the settings name no SFTP server") }
            common.output.table(
                ["endpoint", "key", "type", "pinned", "shown now", "confirmed by", "at", "because"],
                keys.map { key in
                    [
                        key.endpoint, key.key, key.type ?? "-", key.pinned ? "yes" : "no", key.offered.map { $0 ? "yes" : "no" } ?? "not known",
                        key.confirmedBy.map { Escaped($0, limit: 40).description } ?? "-", ShopClock.told(key.confirmedAt),
                        key.because.map { Escaped($0, limit: 60).description } ?? "-",
                    ]
                })
            for name in names { if let text = advice(name, keys.filter { $0.endpoint == name }) { common.output.line("→ \(name): \(text)") } }
        }

        private func advice(_ name: String, _ keys: [HostKeyBook.Key]) -> String? {
            if keys.allSatisfy({ $0.offered == nil }) {
                return "the server could not be asked for its keys from here"
            }
            if !keys.contains(where: { $0.pinned && $0.offered == true }), let new = keys.first(where: { $0.offered == true }) {
                return
                    "no pinned key is shown, so every connection is refused. Ask the server's owner, by telephone, whether the key changed; if it did: "
                    + "tallyman hostkey add \(name) \(new.key) --because \"…\""
            }
            if keys.contains(where: { $0.pinned && $0.offered == false }) {
                return "a pinned key is not shown. If it was replaced, end it: tallyman hostkey rotate \(name)"
            }
            return nil
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Pin a further key, after its owner has confirmed it. The pins of before hold as well until `rotate`.")

        @OptionGroup var common: CommonOptions
        @Argument(help: "The endpoint's name in the settings.", completion: Suggestions.servers) var endpoint: String
        @Argument(help: "The key's fingerprint, SHA256: and 43 characters, as the server's owner said it.") var key: String
        @Option(help: "Who confirmed it and how, for the audit.") var because: String
        @Flag(help: "Show what would be written; change nothing.") var dryRun = false

        func run() throws {
            guard let pin = HostKeyFingerprint(key) else {
                throw ValidationError("a host key is named by its fingerprint, SHA256: and 43 characters, as ssh-keygen -lf prints it")
            }
            guard !because.allSatisfy(\.isWhitespace) else { throw ValidationError("--because says who confirmed the key and how") }
            let assembly = try common.assembly()
            let pins = try PinnedKeys(endpoint, in: assembly.settings)
            guard !pins.pins.contains(pin) else { return common.output.line("\(pin) is pinned already; nothing was changed") }
            let edited = try pins.adding(pin)
            let change = HostKeyChange(pins: pins, edited: edited, after: pins.pins + [pin], endpoint: endpoint)
            if dryRun { return change.show(common.output) }
            try change.write(assembly, by: common.who, HostKeyBook.added, "\(pin): \(because)")
            let offered = try HostKeyBook(endpoint, assembly).offered()
            common.output.line("\(pin) is pinned for \(endpoint), and so are \(pins.pins.count) of before")
            switch offered?.contains(where: { $0.fingerprint == pin.description }) {
            case true: common.output.line("the server shows it now: `tallyman hostkey rotate \(endpoint)` ends the others")
            case false: common.output.line("the server does not show it yet; once it does, `tallyman hostkey rotate \(endpoint)` ends the others")
            case nil: common.output.line("the server could not be asked for its keys from here")
            }
            change.remind(common.output, assembly)
        }
    }

    struct Rotate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End the old pins, once the server shows a key that is pinned beside them.")

        @OptionGroup var common: CommonOptions
        @Argument(help: "The endpoint's name in the settings.", completion: Suggestions.servers) var endpoint: String
        @Option(help: "The pinned key that stays. Needed where more than two are pinned, or the server shows both.") var to: String?
        @Option(help: "End this pin alone, as behind a load balancer whose servers have a key each.") var from: String?
        @Option(help: "Why, for the audit.") var because: String?
        @Flag(help: "Show what would be written; change nothing.") var dryRun = false

        func run() throws {
            let assembly = try common.assembly()
            let pins = try PinnedKeys(endpoint, in: assembly.settings)
            let gone = try ending(pins.pins, try HostKeyBook(endpoint, assembly).offered())
            let kept = pins.pins.filter { !gone.contains($0) }
            let change = HostKeyChange(pins: pins, edited: try pins.removing(gone), after: kept, endpoint: endpoint)
            if dryRun { return change.show(common.output) }
            let names = gone.map(\.description).joined(separator: ", ")
            try change.write(assembly, by: common.who, HostKeyBook.ended, "\(names) ended\(because.map { ": \($0)" } ?? "")")
            common.output.line("\(names) is not accepted any more for \(endpoint); \(kept.map(\.description).joined(separator: ", ")) is")
            change.remind(common.output, assembly)
        }

        /// The pins that end. One that stays is one that the server shows now: otherwise nobody would come in.
        private func ending(_ pins: [HostKeyFingerprint], _ offered: [ShownHostKey]?) throws -> [HostKeyFingerprint] {
            guard pins.count > 1 else {
                throw refusal(
                    "only \(pins.map(\.description).joined()) is pinned, and nothing can end", "pin the new key first: tallyman hostkey add")
            }
            guard let offered else {
                throw refusal(
                    "the server could not be asked for its keys, and the pin that stays must be one that it shows", "try again when it answers")
            }
            let shown = pins.filter { pin in offered.contains { $0.fingerprint == pin.description } }
            guard !shown.isEmpty else {
                throw refusal(
                    "the server shows none of the pinned keys, but \(offered.map(\.fingerprint).joined(separator: ", "))",
                    "ask its owner, by telephone, and pin the new key: tallyman hostkey add")
            }
            if let from {
                let gone = try pinned(from, pins, "--from")
                guard shown.contains(where: { $0 != gone }) else {
                    throw refusal("\(gone) is the one pinned key that the server shows", "pin the new key first, and wait until the server shows it")
                }
                return [gone]
            }
            if let to {
                let kept = try pinned(to, pins, "--to")
                guard shown.contains(kept) else { throw refusal("the server does not show \(kept)", "wait until it does; nothing was changed") }
                return pins.filter { $0 != kept }
            }
            guard pins.count == 2, shown.count == 1, let newest = pins.last else {
                throw refusal(
                    "\(pins.count) keys are pinned, and the server shows \(shown.count) of them: \(shown.map(\.description).joined(separator: ", "))",
                    "say which one stays with --to KEY, or which one ends with --from KEY")
            }
            guard shown == [newest] else {
                throw refusal(
                    "the server still shows the old key, \(shown[0])", "wait until it shows \(newest); --from \(newest) takes that pin back")
            }
            return pins.filter { $0 != newest }
        }

        private func pinned(_ text: String, _ pins: [HostKeyFingerprint], _ option: String) throws -> HostKeyFingerprint {
            guard let pin = HostKeyFingerprint(text), pins.contains(pin) else {
                throw refusal(
                    "\(option) names \(Escaped(text, limit: 80)), which is not pinned", "`tallyman hostkey show \(endpoint)` lists the pins")
            }
            return pin
        }

        private func refusal(_ summary: String, _ fix: String) -> Diagnostic {
            Diagnostic("HOST-KEY-KEPT", "endpoint \(endpoint): \(summary)", fix: fix)
        }
    }
}

/// One change of the pins: in the settings, then in the audit log.
struct HostKeyChange {
    let pins: PinnedKeys
    let edited: String
    let after: [HostKeyFingerprint]
    let endpoint: String

    func show(_ output: Output) {
        for line in pins.difference(to: edited) { output.line(line) }
        output.line("nothing was changed")
    }

    /// The settings come first: root, whose file they are, becomes the owner of the ledger with its first use. Where the audit
    /// cannot be written the settings are put back.
    func write(_ assembly: Assembly, by who: String, _ action: String, _ detail: String) throws {
        let undo = try pins.write(edited, expecting: after)
        do {
            try assembly.ledger().write(.operators) { writer in
                try writer.audit(action, of: endpoint, by: who, detail: detail, at: assembly.timeline.now()) { ContentHash(of: Array($0.utf8)) }
            }
        } catch {
            do { try undo() } catch let second {
                throw Diagnostic(
                    "HOST-KEY-AUDIT",
                    "the settings were changed, and the audit log could not be written: \((error as? Diagnostic)?.summary ?? "\(error)")",
                    at: .init(file: assembly.settings.path),
                    fix:
                        "the pins hold as they are now. Mend the ledger, and note who confirmed the key elsewhere (\((second as? Diagnostic)?.summary ?? ""))"
                )
            }
            throw error
        }
    }

    func remind(_ output: Output, _ assembly: Assembly) {
        output.line("a running `tallyman serve` takes it over when it is told to: systemctl reload tallyman@\(assembly.settings.shop)")
    }
}

extension Assembly {
    /// The endpoints that are SFTP servers.
    var serverNames: [String] { (settings.root["endpoints"]?.map ?? []).filter { $0.node["sftp"] != nil }.map(\.key) }
}
