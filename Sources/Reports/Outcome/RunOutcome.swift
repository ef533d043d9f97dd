import Domain
import StateStore

/// What one run came to, as the people who answer for it are told.
struct RunOutcome {
    struct Entity {
        var name: String
        var tally: Tally
        var plan: Plan?
        /// The flow's last earlier run that read a file.
        var earlier: (run: Run, tally: Tally)?
        /// What the earlier run's file was: everything, or changes.
        var earlierMode: FileMode?
    }

    var run: Run
    var delivery: Delivery?
    var entities: [Entity]
    var reasons: [ReasonCount]
    /// Where the time went, and how soon the values were in the shop.
    var times = RunTimes()
    var openErrors: Int
    var undoneBy: Run?
    /// How often the same was left untold since the last mail.
    var untold: Int

    func total(_ outcome: Domain.Outcome) -> Int { entities.reduce(0) { $0 + $1.tally[outcome] } }
    var read: Int { entities.reduce(0) { $0 + $1.tally.read } }
    var hasChanges: Bool { total(.applied) > 0 }
    /// Whether anything was read that was not applied before.
    var hasNews: Bool { read == 0 || total(.duplicate) < read }
    var findings: [GateFinding] { entities.flatMap { $0.plan?.findings ?? [] } }

    var severity: Severity {
        switch run.state {
        case .failed: .failed
        case .held: .action
        case .waiting: .warn
        case .discarded: undoneBy == nil ? .ok : .action
        case .finished, .scheduled: total(.rejected) == 0 ? .ok : total(.rejected) == read ? .action : .warn
        case .planning, .approved, .applying, .previewed: .ok
        }
    }

    /// The same for outcomes that say the same thing again: state, gates and reasons, without the figures.
    var likeness: String {
        let verdict = severity == .ok ? "" : (run.verdict ?? "").filter { !$0.isNumber }
        let reasons = reasons.map { "\($0.entity)/\($0.code)" }.sorted().joined(separator: ",")
        return [run.state.rawValue, findings.map(\.gate).sorted().joined(separator: ","), reasons, verdict].joined(separator: "|")
    }

    /// What happened, and whether anybody must act.
    var sentences: [String] {
        let file = delivery.map { " of \($0.displayName)" } ?? ""
        switch run.state {
        case .failed:
            return ["Nothing\(file) was applied: \(run.verdict ?? "the file could not be used").", "The shop keeps the values it has."]
        case .held:
            return [
                "The plan\(file) waits for a decision; nothing of it is in the shop.",
                "Look at it with `tallyman show \(run.id)`, then `tallyman approve \(run.id)` or `tallyman discard \(run.id)`.",
            ]
        case .waiting:
            return [
                "Part\(file) could not be sent or settled yet: \(run.verdict ?? "").",
                "It goes on by itself with the flow's next call; \(Count(total(.deferred))) records wait.",
            ]
        case .discarded:
            let last = undoneBy.map { "It was put back by run \($0.id); the flow's next plan waits for approval." }
            return ["The plan\(file) was discarded: \(run.verdict ?? "")."] + [last].compactMap { $0 }
        case .finished, .scheduled:
            return finished(file)
        case .planning, .approved, .applying, .previewed:
            return [run.verdict ?? run.state.rawValue]
        }
    }

    private func finished(_ file: String) -> [String] {
        var sentences: [String] = []
        if read > 0, total(.duplicate) == read {
            sentences.append("The file\(file.isEmpty ? "" : file.replacing(" of", with: "")) says what was applied last; nothing was sent.")
        } else if total(.applied) == 0 {
            let rest = total(.rejected) == 0 ? "" : " that could be taken"
            sentences.append("Nothing\(file)\(rest) differs from what the shop holds.")
        } else {
            sentences.append("\(Count(total(.applied))) records\(file) are in the shop.")
        }
        if total(.rejected) > 0 {
            sentences.append(
                "\(Count(total(.rejected))) were rejected and wait in the error queue: mend them in the ERP, or with `tallyman errors`.")
        } else {
            sentences.append("Nobody has to do anything.")
        }
        return sentences
    }

    /// What ended the run, for a subject: a code or a number alone says nothing on a telephone.
    private var happened: String {
        let told = (run.verdict ?? "").split(separator: ": ", maxSplits: 1).last.map(String.init) ?? ""
        return told.isEmpty ? "" : ": " + Escaped(String(told.prefix { !$0.isNewline }), limit: 90).description
    }

    /// `4,812 updated, 7 rejected`.
    var subjectCounts: String {
        switch run.state {
        case .failed: return "nothing applied" + happened
        case .held: return "held: \(findings.map(\.gate).first ?? "waits for approval")"
        case .waiting: return "waiting, \(Count(total(.deferred))) records"
        case .discarded: return undoneBy == nil ? "discarded" : "taken back" + happened
        case .planning, .approved, .applying, .previewed, .finished, .scheduled:
            let counted = [(total(.applied), "updated"), (total(.rejected), "rejected")].filter { $0.0 > 0 }
            let text = counted.map { "\(Count($0.0)) \($0.1)" }.joined(separator: ", ")
            return text.isEmpty ? "nothing new" : text
        }
    }
}

/// A number with commas between its thousands.
struct Count: CustomStringConvertible {
    let description: String

    init(_ number: Int) {
        var digits = Array(String(abs(number)))
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: place)
            place -= 3
        }
        description = (number < 0 ? "-" : "") + String(digits)
    }
}
