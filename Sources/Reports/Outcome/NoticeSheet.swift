package import Domain
package import Foundation
package import StateStore

/// A notice of an alarm as a mail: what, where, since when, and what to do.
package struct NoticeSheet {
    package let sheet: MailSheet

    package init(_ notice: Notice, shop: String, zone: TimeZone, console: ConsoleLink? = nil) {
        let severity: Severity =
            switch (notice.telling, notice.severity) {
            case (.recovered, _): .ok
            case (.opened, .amber), (.worsened, .amber): .warn
            case (.opened, .red), (.worsened, .red): .action
            }
        let since = LocalTime(notice.since, in: zone)
        let state =
            switch notice.telling {
            case .recovered: "It is over."
            case .worsened: "It became worse; it began on \(since)."
            case .opened: "It began on \(since)."
            }
        let definition = notice.key.code.definition
        sheet = MailSheet(
            severity: severity, title: "\(notice.key.code.rawValue) \(Escaped(notice.key.subject, limit: 60)) – \(shop)",
            sentences: [Escaped(notice.text, limit: 1000).description, state],
            links: console.map { [.init("Open the alarms", $0.alarms)] } ?? [],
            sections: notice.telling == .recovered
                ? [] : [.init("What it means", [.init("", definition.meaning)]), .init("Fix", [.init("", notice.key.fix(in: notice.text))])],
            footer: "Notice \(notice.id). `tallyman alarms` shows what is open, `tallyman alarms --history` what was told."
        ).spoken(in: zone)
    }

    /// What happened comes first: a code says nothing to whoever reads it on a telephone.
    package static func subject(
        _ severity: Severity, _ telling: AlarmBook.Telling, _ text: String, of key: AlarmKey, shop: String, zone: TimeZone
    ) -> String {
        let sentence = LocalTime.spoken(text, in: zone).prefix { !$0.isNewline }
        let happened = (telling == .recovered ? "Over: " : "") + Escaped(String(sentence), limit: 100).description
        return "[\(severity.word)] \(happened) · \(Escaped(key.subject, limit: 60)) · \(key.code.rawValue) – \(shop)"
    }
}
