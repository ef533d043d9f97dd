/// Every code of a `Diagnostic` and what it is about. A test compares this list with the sources, so that no code is missing here and
/// none is listed that nobody uses.
package enum DiagnosticCatalogue {
    package static func blame(of code: String) -> Blame { entries[code] ?? .program }

    package static let entries: [String: Blame] = {
        var entries: [String: Blame] = [:]
        for (blame, codes) in groups {
            for code in codes { entries[code] = blame }
        }
        return entries
    }()

    private static let groups: [(Blame, [String])] = [
        (
            .file,
            [
                "CSV-COLUMNS", "CSV-QUOTE-OPEN", "CSV-RECORD-LENGTH", "ENCODING-CONTRADICTED", "ENCODING-CUT", "ENCODING-UNKNOWN", "FILE-COUNT",
                "FILE-CUT", "FILE-DONE-COUNT", "FILE-EMPTY", "FILE-HASH", "FILE-HEADER-CELL", "FILE-NAME", "FILE-NAME-TIME", "FILE-POISON",
                "FILE-TOO-LARGE",
                "MANIFEST-EMPTY", "MANIFEST-LINE", "MANIFEST-NAME", "MANIFEST-TEXT", "SET-INCOMPLETE", "SET-WRONG",
                "FILE-TRAILER-MISSING", "FORMAT-NOT-TEXT", "FORMAT-NOT-XML", "GZIP-CUT", "GZIP-LENGTH", "GZIP-RATIO", "GZIP-SYNTAX",
                "HEADER-CHANGED", "HEADER-COLUMN-MISSING", "HEADER-COLUMN-UNKNOWN", "HEADER-DUPLICATE", "HEADER-MISSING", "HEADER-ORDER",
                "HEADER-REPEATED", "JSON-LIST",
                "RECORD-TYPE", "RETRY-CONTEXT", "XML-ATTRIBUTES", "XML-CUT", "XML-DEPTH", "XML-DOCTYPE", "XML-DOCUMENT-MISSING", "XML-DOCUMENTS",
                "XML-FILE-LENGTH", "XML-MIXED", "XML-NAME-LENGTH", "XML-NAMES", "XML-NAMESPACE", "XML-RECORD-LENGTH", "XML-ROWS", "XML-SCHEMA",
                "XML-SYNTAX", "XML-TEXT-LENGTH",
            ]
        ),
        (.copy, ["SPOOL-DAMAGED", "SPOOL-GONE"]),
        (
            .shop,
            [
                "ACCOUNT-APPEARED", "CALL-UNANSWERED", "COMPANY-UNSEEN", "FLOW-WAITS", "GUEST-BLIND", "GUEST-SEES", "SHOP-BODY-LIMIT",
                "SHOP-GUEST-VIEW",
                "SHOP-INTERNAL",
                "SHOP-ITEM-LIMIT", "SHOP-MAINTENANCE", "SHOP-MALFORMED", "SHOP-NO-ANSWER", "SHOP-NO-ROUTE", "SHOP-NOT-FOUND", "SHOP-NOT-HELD",
                "SHOP-NOT-SAVED", "SHOP-PAGE", "SHOP-PAGE-LIMIT", "SHOP-READ", "SHOP-REDIRECT", "SHOP-REFUSED", "SHOP-REPLAYED", "SHOP-SIGN-IN",
                "SHOP-THROTTLED", "SHOP-TLS", "SHOP-TOO-LARGE", "SHOP-UNREACHABLE",
            ]
        ),
        (.shopCredential, ["SHOP-CLOCK", "SHOP-CREDENTIAL", "SHOP-FORBIDDEN", "SHOP-PERMISSION", "SHOP-SIGNATURE"]),
        (
            .endpoint,
            [
                "ALGORITHM-REFUSED", "CONNECTIONS-BUSY", "CONSIGNMENT-CONFLICT", "CONSIGNMENT-UNSETTLED", "ENDPOINT-CONNECT", "ENDPOINT-FAILED",
                "ENDPOINT-HANDSHAKE",
                "ENDPOINT-LOST", "ENDPOINT-NAME", "FILE-CHANGED", "FILE-SIZE-UNTRUE", "FILE-SLOW", "FOLDER-ENDLESS", "FILE-MISSING",
                "FILE-NOT-REGULAR", "FILE-TAKEN", "MOUNT-AWAY",
                "FOLDER-EXPECTED", "FOLDER-MISSING",
                "NAME-UNSAFE", "PERMISSION-DENIED", "RENAME-REFUSED", "RENAME-UNKNOWN", "SFTP-UNAVAILABLE", "SIZE-DIFFERS", "TARGET-EXISTS",
                "WRITE-FAILED",
            ]
        ),
        (.endpointCredential, ["AUTH-AGENT", "AUTH-KEY-RSA", "AUTH-KEY-UNREADABLE", "AUTH-METHOD", "AUTH-REFUSED", "AUTH-RESTING"]),
        (.hostKey, ["HOST-KEY-KEPT", "HOST-KEY-MISMATCH", "HOST-KEY-REVOKED", "HOST-KEY-UNKNOWN", "KNOWN-HOSTS-UNREADABLE"]),
        (
            .machine,
            [
                "ACCESS-NEWER", "ACCESS-STORE", "ALARMS-FAILED", "BACKUP-EXISTS", "BACKUP-FAILED", "BACKUP-NOWHERE", "ENDPOINT-THREAD", "ERASE-FILE",
                "FILE-OPEN", "FILE-READ", "HOST-KEY-AUDIT",
                "FLOW-BUSY", "HOME-DIFFERS", "LEASE-LOST", "LEASE-STALE",
                "LEASE-THREAD", "LEDGER-ABSENT", "LEDGER-ACCESS",
                "LEDGER-BUSY", "LEDGER-DAMAGED", "LEDGER-DISK", "LEDGER-ERROR", "LEDGER-FOREIGN", "LEDGER-MISSING", "LEDGER-NEWER", "LEDGER-OLDER",
                "LEDGER-SLOW", "LIMIT-FILES",
                "MAIL-FAILED", "MEMORY",
                "OPEN-FAILED", "REJECT-FILE", "REPORT-FAILED", "SCENARIOS-PROGRAM", "SCENARIOS-SHOP", "SCENARIOS-WRITE", "SERVE-BUSY",
                "SPOOL-FAILED", "SSH-PROGRAM", "STATE-FOLDER", "STATE-OWNER", "WORK-DISK", "ZONE-UNKNOWN",
            ]
        ),
        (
            .settings,
            [
                "ATTRIBUTE-DROPPED", "ATTRIBUTE-UNKNOWN", "BUFFERS-LINE", "ENDPOINT-ROOT", "ENDPOINT-SETTINGS", "ENDPOINT-UNKNOWN", "FLOW-UNKNOWN",
                "GROUP-CHANGED",
                "GROUP-GUEST", "GROUP-PUBLIC", "GROUP-TRADE", "GROUP-UNKNOWN", "HOLIDAYS-FORM", "HOLIDAYS-UNKNOWN", "JSON-SYNTAX", "MAIL-MISSING",
                "MAIL-WAY", "OUTPUT-BATCH", "PRICE-SCOPE", "PROFILE-COLUMN-UNKNOWN", "PROFILE-FIELD-KIND", "PROFILE-FIELD-UNKNOWN", "PROFILE-FILE",

                "PROFILE-KEY-MISSING",
                "PROFILE-KEY-UNKNOWN", "PROFILE-PATTERN", "PROFILE-SCHEMA", "PROFILE-TEMPLATE", "PROFILE-UNKNOWN", "PROFILE-VALUE",
                "HOST-KEY-FORM", "SECRET-EXPOSED", "SECRET-MISSING", "SECRET-UNREADABLE", "SECRET-WRITTEN", "SETTINGS-CONFLICT", "SETTINGS-FILE",
                "SETTINGS-FORM",
                "SETTINGS-MISSING",
                "SETTINGS-RESTART", "SETTINGS-WRITE",
                "SETTINGS-SCHEDULE",
                "SETTINGS-SYNTAX", "SETTINGS-TWICE", "SETTINGS-UNKNOWN", "SETTINGS-VALUE", "SHOP-SETTINGS", "WEBSITE-UNKNOWN",
            ]
        ),
        (
            .operator,
            [
                "ALARM-LOUD", "ANSWER-UNUSED", "ANSWER-VALUE", "CONSOLE-BUSY", "CONSOLE-FORM", "CONSOLE-LINK", "CONSOLE-PASSWORD", "CONSOLE-RIGHT",
                "CONSOLE-STALE", "CONSOLE-TOKEN",
                "INSTRUCTION-CLOSED", "PAGE-UNKNOWN", "USER-EXISTS", "USER-UNKNOWN",
                "CONSIGNMENT-ANSWERED", "CONSIGNMENT-STALE", "CONSIGNMENT-UNKNOWN", "CONVERT-OUTPUT", "DOUBLE-UNKNOWN", "EDIT-INPUT",
                "EDIT-LINE",
                "ERROR-CLOSED", "ERROR-EDITED", "ERROR-NO-FILE", "ERROR-NO-LINE", "ERROR-UNKNOWN", "FILE-GONE", "FILE-UNWANTED", "FLOW-CLOSED",
                "FLOW-PAUSED", "GUESS-CONTENT", "GUESS-ENCODING",
                "GUESS-HEADER", "GUESS-LINES", "GUESS-PROFILE", "INIT-ENTITY", "INIT-EXAMPLE", "INIT-EXISTS", "INIT-FLOW", "INIT-FORM", "INIT-WRITE",
                "ORDER-AMBIGUOUS",
                "ORDER-NOT-SENT",
                "ORDER-UNKNOWN", "RECONCILE-OUTBOUND", "REPORT-EARLY", "RESTORE-BUSY", "RESTORE-COPY", "RESTORE-FOREIGN", "RESTORE-MISSING",
                "RUN-NOT-APPLIED",
                "RUN-NOT-HELD",
                "RUN-NOT-OPEN", "RUN-OUTBOUND", "RUN-UNDONE", "RUN-UNKNOWN", "VALUE-EVENT", "VALUE-MOVED", "VALUE-NOT-IN-SHOP", "VALUE-UNKNOWN",
            ]
        ),
        (.program, ["BOOKS-UNBALANCED"]),
    ]
}
