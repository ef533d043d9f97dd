package import Domain
package import StateStore

/// An open alarm as people and programs read it.
package struct AlarmView: Encodable {
    package var code: String
    package var subject: String
    package var severity: String
    package var since: String
    package var text: String
    package var fix: String

    package init(_ entry: AlarmBook.Entry) {
        code = entry.key.code.rawValue
        subject = entry.key.subject
        severity = entry.severity.rawValue
        since = "\(entry.since)"
        text = entry.text
        fix = entry.key.fix(in: entry.text)
    }
}

/// A notice of an alarm that people were sent.
package struct NoticeView: Encodable {
    package var at: String
    package var telling: String
    package var severity: String
    package var code: String
    package var subject: String
    package var text: String
    package var delivered: String?

    package init(_ notice: Notice) {
        at = "\(notice.at)"
        telling = notice.telling.rawValue
        severity = notice.severity.rawValue
        code = notice.key.code.rawValue
        subject = notice.key.subject
        text = notice.text
        delivered = notice.delivered.map { "\($0)" }
    }
}
