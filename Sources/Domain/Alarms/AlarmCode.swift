/// Every cause that is worth a person's attention, once each. The catalogue says what it means and what to do.
package enum AlarmCode: String, Hashable, Sendable, CaseIterable {
    // The service itself.
    case serviceSilent = "SERVICE-SILENT"
    case settingsKept = "SETTINGS-KEPT"
    case clockBack = "CLOCK-BACK"
    case diskLow = "DISK-LOW"
    case noticeStuck = "NOTICE-UNDELIVERED"
    case calendarEnds = "CALENDAR-ENDS"
    case credentialExpires = "CREDENTIAL-EXPIRES"
    case erasureOpen = "ERASURE-OPEN"
    case backupOverdue = "BACKUP-OVERDUE"
    // The other sides.
    case credentialRefused = "CREDENTIAL-REFUSED"
    case hostKeyChanged = "HOST-KEY-CHANGED"
    case endpointAway = "ENDPOINT-AWAY"
    case endpointClock = "ENDPOINT-CLOCK"
    case shopAway = "SHOP-AWAY"
    case shopErrors = "SHOP-ERRORS"
    case shopClock = "SHOP-CLOCK-SKEW"
    case consumersStopped = "CONSUMERS-STOPPED"
    // The flows.
    case runOverdue = "RUN-OVERDUE"
    case runFailed = "RUN-FAILED"
    case runWaiting = "RUN-WAITING"
    case fileMissing = "FILE-OVERDUE"
    case fileStuck = "FILE-STUCK"
    case fileGap = "FILE-GAP"
    case dataOld = "DATA-OLD"
    case planHeld = "PLAN-HELD"
    case errorRate = "ERROR-RATE"
    case backlogHigh = "BACKLOG-HIGH"
    case ordersLate = "ORDERS-LATE"
    case acknowledgementLate = "ACK-OVERDUE"
    case guestSees = "GUEST-PRICE"
    case errorRecurs = "ERROR-RECURS"
    case shopDrifted = "SHOP-DRIFTED"
    case notOnSale = "NOT-ON-SALE"
    case ordersDiffer = "ORDERS-DIFFER"
    case documentDoubled = "DOCUMENT-DOUBLE"
    case workUndone = "WORK-UNDONE"
}

extension AlarmCode {
    /// Whether people may ask not to be told of it for a while. What harms customers or locks an account is never silent.
    package var canBeSnoozed: Bool { self != .guestSees && self != .credentialRefused }
}

/// How bad it is. Amber comes before red wherever there is time for it.
package enum AlarmSeverity: String, Hashable, Sendable, CaseIterable, Comparable {
    case amber, red

    package static func < (left: AlarmSeverity, right: AlarmSeverity) -> Bool { left == .amber && right == .red }
}

/// One cause: what, and where. It is told once however often it is found.
package struct AlarmKey: Hashable, Sendable {
    package var code: AlarmCode
    /// The flow, endpoint, warehouse or credential; `shop` and `service` where there is only one.
    package var subject: String

    package init(_ code: AlarmCode, _ subject: String) {
        self.code = code
        self.subject = subject
    }

    /// The fix with the flow and the run that the alarm is about, so that its commands can be pasted.
    ///
    /// - Parameter text: the alarm's own words, which name the run where there is one.
    package func fix(in text: String) -> String {
        var fix = code.definition.fix
        let isFlow =
            subject != Self.shop && subject != Self.service && !subject.isEmpty
            && subject.allSatisfy { $0.isLetter || $0.isNumber || "-_.".contains($0) }
        if isFlow { fix = fix.replacing(#/\bFLOW\b/#, with: subject) }
        if let run = text.firstMatch(of: #/\b[Rr]un (\d+)\b/#) { fix = fix.replacing(#/\bRUN\b/#, with: String(run.1)) }
        return fix
    }

    package static let shop = "shop"
    package static let service = "service"
}

/// A cause that was found at one look.
package struct AlarmFinding: Hashable, Sendable {
    package var key: AlarmKey
    package var severity: AlarmSeverity
    /// When it began, by the deadline that passed and not by the look that found it.
    package var since: UTCInstant
    /// One sentence with the numbers.
    package var text: String
    /// Causes that would explain this one: while they last, it is not told.
    package var coveredBy: [AlarmKey]

    package init(
        _ key: AlarmKey, _ severity: AlarmSeverity, since: UTCInstant, _ text: String, coveredBy: [AlarmKey] = []
    ) {
        self.key = key
        self.severity = severity
        self.since = since
        self.text = text
        self.coveredBy = coveredBy
    }
}
