package import Domain
import StateStore

/// Who is told of a flow's outcomes, and of which.
package struct ReportPolicy: Hashable, Sendable {
    package enum Occasion: String, Sendable, CaseIterable {
        case always
        /// Where the shop was changed, or something is wrong.
        case changes
        /// Where something is wrong, and once when it is right again.
        case problems
    }

    package var recipients: [MailAddress]
    package var context: Occasion
    /// How long the same trouble of a flow is not told again.
    package var patience: Duration

    package init(recipients: [MailAddress], context: Occasion = .problems, patience: Duration = .seconds(4 * 3600)) {
        self.recipients = recipients
        self.context = context
        self.patience = patience
    }

    package static let options = [
        OptionSpec("to", .list(.text), "Recipients. Default: `owner`.", example: "[stock@acme.example]"),
        OptionSpec(
            "when", .choice(Occasion.allCases.map(\.rawValue)),
            "Which outcomes are mailed. Problems always are; `changes` adds runs that changed the shop, `always` every run.", default: "problems"),
        OptionSpec("repeat", .duration, "How long the same problem is not mailed again; the next mail says how often it occurred.", default: "4h"),
    ]

    /// `owner` answers where the flow names nobody.
    package init(_ node: SettingNode?, owner: [MailAddress]) throws {
        guard let node else {
            self.init(recipients: owner)
            return
        }
        let named = try node.addresses("to")
        self.init(
            recipients: named.isEmpty ? owner : named, context: try node.choice("when", default: Occasion.problems),
            patience: try node.duration("repeat") ?? .seconds(4 * 3600))
    }

    /// Whether an outcome is told. `last` is what was decided last about the flow, `lastTold` what was told last.
    func tells(_ outcome: RunOutcome, last: RunNote?, lastTold: RunNote?, now: UTCInstant) -> Bool {
        let before = last.flatMap { Severity(rawValue: $0.severity) } ?? .ok
        guard outcome.severity == .ok else {
            guard before != .ok, let lastTold, lastTold.likeness == outcome.likeness else { return true }
            return now.since(lastTold.decided) >= patience
        }
        // Good news after bad is news, unless the file was only the one of before again.
        if before != .ok, outcome.hasNews { return true }
        return switch context {
        case .always: true
        case .changes: outcome.hasChanges
        case .problems: false
        }
    }
}
