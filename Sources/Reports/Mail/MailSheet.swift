package import Foundation

/// A mail laid out as lines of words; both of its forms are made of it.
package struct MailSheet: Hashable, Sendable {
    package struct Row: Hashable, Sendable {
        package var label: String
        package var text: String

        package init(_ label: String, _ text: String) {
            self.label = label
            self.text = text
        }
    }

    package struct Section: Hashable, Sendable {
        package var heading: String
        package var rows: [Row]

        package init(_ heading: String, _ rows: [Row]) {
            self.heading = heading
            self.rows = rows
        }
    }

    /// A kind of trouble, where it was met and what mends it.
    package struct Reason: Hashable, Sendable {
        package var text: String
        package var place: String
        package var fix: String

        package init(text: String, place: String, fix: String) {
            self.text = text
            self.place = place
            self.fix = fix
        }
    }

    /// A page of the console.
    package struct Link: Hashable, Sendable {
        package var caption: String
        package var url: String

        package init(_ caption: String, _ url: String) {
            self.caption = caption
            self.url = url
        }
    }

    package var severity: Severity
    package var title: String
    package var sentences: [String]
    /// What to open next, the most useful first.
    package var links: [Link]
    package var reasons: [Reason]
    /// Those without rows are left out.
    package var sections: [Section]
    package var footer: String

    package init(
        severity: Severity, title: String, sentences: [String], links: [Link] = [], reasons: [Reason] = [], sections: [Section] = [], footer: String
    ) {
        self.severity = severity
        self.title = title
        self.sentences = sentences
        self.links = links
        self.reasons = reasons
        self.sections = sections
        self.footer = footer
    }
}

extension MailSheet {
    /// The sheet with all its moments as the clocks of the shop's zone show them: what is told of runs and alarms says UTC.
    package func spoken(in zone: TimeZone) -> MailSheet {
        var sheet = self
        sheet.sentences = sentences.map { LocalTime.spoken($0, in: zone) }
        sheet.reasons = reasons.map {
            Reason(text: LocalTime.spoken($0.text, in: zone), place: LocalTime.spoken($0.place, in: zone), fix: LocalTime.spoken($0.fix, in: zone))
        }
        sheet.sections = sections.map { section in
            Section(section.heading, section.rows.map { Row($0.label, LocalTime.spoken($0.text, in: zone)) })
        }
        return sheet
    }
}
