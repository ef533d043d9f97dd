import Domain
import Foundation
import StateStore

/// An outcome laid out as lines of words: both forms of the mail are made of it.
struct OutcomeSheet {
    typealias Row = MailSheet.Row
    typealias Reason = MailSheet.Reason

    var severity: Severity
    var title: String
    var sentences: [String]
    var links: [MailSheet.Link]
    /// The books, one line an entity.
    var books: [Row]
    var file: [Row]
    var comparison: [Row]
    /// How soon the values were in the shop, and where the time went.
    var times: [Row]
    var findings: [String]
    var reasons: [Reason]
    var notes: [String]
    var footer: String

    init(_ outcome: RunOutcome, shop: String, zone: TimeZone, console: ConsoleLink? = nil, isPersonal: (String) -> Bool) {
        severity = outcome.severity
        title = "\(outcome.run.flow.capitalizedFirst) – \(shop)"
        // What is told of runs says UTC; people read the shop's clocks.
        func spoken(_ text: String) -> String { LocalTime.spoken(text, in: zone) }
        sentences = outcome.sentences.map(spoken)
        links = console.map { Self.links(outcome, $0) } ?? []
        books = outcome.entities.map { Row($0.name, Self.equation($0.tally)) }
        file = Self.identity(outcome, zone)
        comparison = outcome.entities.compactMap(Self.comparison)
        times = Self.times(outcome.times)
        findings = outcome.findings.map { spoken("\($0.gate): \($0.text)") }
        reasons = outcome.reasons.map { reason in
            let told = Self.reason(reason, isPersonal: isPersonal(reason.entity))
            return Reason(text: spoken(told.text), place: spoken(told.place), fix: spoken(told.fix))
        }
        notes = Self.notes(outcome).map(spoken)
        let ended = LocalTime(outcome.run.ended ?? outcome.run.started, in: zone)
        footer = "Run \(outcome.run.id) of flow \(outcome.run.flow), \(ended). `tallyman show \(outcome.run.id)` has all of it."
    }

    /// The form that every mail of ours has.
    var mail: MailSheet {
        MailSheet(
            severity: severity, title: title, sentences: sentences, links: links, reasons: reasons,
            sections: [
                .init("The books", books), .init("What holds it", findings.map { Row("", $0) }), .init("Against the run before", comparison),
                .init("The file", file), .init("How soon", times), .init("Also", notes.map { Row("", $0) }),
            ], footer: footer)
    }

    /// To what has to be done first: the decision, the records by their causes, then the run.
    private static func links(_ outcome: RunOutcome, _ console: ConsoleLink) -> [MailSheet.Link] {
        let run = outcome.run
        var links: [MailSheet.Link] = []
        if run.state == .held { links.append(.init("Look at the plan and decide", console.decision(run.id))) }
        for reason in outcome.reasons.prefix(3) {
            let key = ErrorCause.Key(flow: run.flow, entity: reason.entity, code: reason.code, field: reason.example.reason?.column)
            let caption = reason.count == 1 ? "Put the record right" : "Put \(Count(reason.count)) records right: \(reason.code)"
            links.append(.init(caption, console.cause(key)))
        }
        return links + [.init("Open run \(run.id)", console.run(run.id))]
    }

    /// `5,204 rows = 4,812 applied + 385 unchanged + 7 rejected`: it adds up, or the run could not have ended.
    static func equation(_ tally: Tally) -> String {
        let parts = Domain.Outcome.allCases.filter { tally[$0] > 0 }.map { "\(Count(tally[$0])) \($0.rawValue)" }
        return "\(Count(tally.read)) rows = " + (parts.isEmpty ? "0" : parts.joined(separator: " + "))
    }

    private static func identity(_ outcome: RunOutcome, _ zone: TimeZone) -> [Row] {
        guard let delivery = outcome.delivery else { return [] }
        var rows = [
            Row("File", delivery.displayName),
            Row("Size", "\(Count(Int(delivery.size))) bytes"),
        ]
        if let version = outcome.entities.compactMap({ $0.plan?.version }).first {
            rows.append(Row("As at", "\(LocalTime(version, in: zone))"))
        }
        rows.append(Row("Written", "\(LocalTime(delivery.modified, in: zone))"))
        rows.append(Row("Picked up", "\(LocalTime(delivery.received, in: zone))"))
        rows.append(Row("SHA-256", String(delivery.hash.hex.prefix(16)) + "…"))
        return rows
    }

    /// Only of a run whose values came into the shop: of others the time is nobody's concern.
    private static func times(_ times: RunTimes) -> [Row] {
        let text = RunTimesText(times)
        guard let landed = text.landed else { return [] }
        let first = text.first.map { [Row("First", $0)] } ?? []
        return first + [Row("In the shop", landed), Row("Time", text.lines.map { "\($0.what) \($0.time.fineWords)" }.joined(separator: ", "))]
    }

    private static func comparison(_ entity: RunOutcome.Entity) -> Row? {
        // Two lists of everything can be compared; changes, orders and documents come as many as there are.
        guard entity.plan?.mode == .full, entity.earlierMode == .full, let earlier = entity.earlier, earlier.tally.read > 0, entity.tally.read > 0
        else { return nil }
        let difference = entity.tally.read - earlier.tally.read
        let tenths = difference * 1000 / earlier.tally.read
        let share = "\(tenths < 0 ? "-" : "+")\(abs(tenths) / 10).\(abs(tenths) % 10) %"
        var text = "\(Count(entity.tally.read)) rows, \(share) against run \(earlier.run.id)"
        if let summary = entity.plan?.summary {
            text += "; \(Count(summary.creates)) new, \(Count(summary.missing)) gone, \(Count(summary.toUnavailable)) to zero"
            if summary.unknownKeys > 0 { text += ", \(Count(summary.unknownKeys)) not in the shop" }
        }
        return Row(entity.name, text)
    }

    /// A value of a person's record stays in the ledger: mail is read in many places.
    private static func reason(_ reason: ReasonCount, isPersonal: Bool) -> Reason {
        let example = reason.example
        // The other side's own words about an order are why somebody has to act; they are shown without the values of the record.
        let isAnswer = ["ERP-REFUSED", "CANCELLATION-REFUSED"].contains(reason.code)
        let text = isPersonal && !isAnswer ? reason.code : example.reason?.text ?? reason.code
        guard example.origin.line > 0 else {
            // An order of the shop stands on no line of a file; its number is what people look for.
            let key = example.key.map { Escaped($0.description, limit: 60).description } ?? "-"
            let place = reason.count == 1 ? "order \(key)" : "\(Count(reason.count)) orders, first \(key)"
            return Reason(text: text, place: place, fix: example.reason?.fix ?? "")
        }
        let rows = reason.count == 1 ? "1 row" : "\(Count(reason.count)) rows"
        var place = "\(rows), first on line \(example.origin.line)"
        if let column = example.reason?.column { place += ", column \(Escaped(column, limit: 60))" }
        if !isPersonal, let value = example.reason?.value, !value.isEmpty { place += ": \(value)" }
        return Reason(text: text, place: place, fix: example.reason?.fix ?? "")
    }

    private static func notes(_ outcome: RunOutcome) -> [String] {
        var notes: [String] = []
        let scheduled = outcome.entities.reduce(0) { $0 + ($1.plan?.summary.scheduled ?? 0) }
        if scheduled > 0 { notes.append("\(Count(scheduled)) values wait for a later day.") }
        if outcome.openErrors > 0 { notes.append("\(Count(outcome.openErrors)) records of this flow wait in the error queue.") }
        if outcome.untold > 0 { notes.append("The same happened \(Count(outcome.untold)) times since the last mail.") }
        return notes
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
