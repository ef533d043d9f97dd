/// Which causes are open, and what is to be told of them. A pure state machine over the findings of each look.
///
///     absent ── found ──▶ pending ── lasts, and nothing explains it ──▶ open ── worse ──▶ open (red)
///       ▲                    │                                           │
///       └──── gone ──────────┘            gone: told as recovered ◀──────┘
///
/// One notice opens a cause and one ends it, however often it is found (reliability I4).
package enum AlarmBook {
    /// A cause as it is remembered.
    package struct Entry: Hashable, Sendable {
        package var key: AlarmKey
        package var severity: AlarmSeverity
        package var since: UTCInstant
        package var text: String
        /// When it was told; `nil` while it is pending.
        package var opened: UTCInstant?
        /// Until when something else explained it.
        package var covered: UTCInstant?

        package init(
            key: AlarmKey, severity: AlarmSeverity, since: UTCInstant, text: String, opened: UTCInstant? = nil,
            covered: UTCInstant? = nil
        ) {
            self.key = key
            self.severity = severity
            self.since = since
            self.text = text
            self.opened = opened
            self.covered = covered
        }

        /// The gravest first, then the oldest.
        package func comes(before other: Entry) -> Bool {
            if severity != other.severity { return other.severity < severity }
            if since != other.since { return since < other.since }
            return (key.code.rawValue, key.subject) < (other.key.code.rawValue, other.key.subject)
        }
    }

    package enum Telling: String, Hashable, Sendable, CaseIterable { case opened, worsened, recovered }

    /// What one look changes.
    package struct Outcome: Hashable, Sendable {
        /// The causes that are there now.
        package var entries: [Entry] = []
        package var told: [Told] = []
        /// Causes that are there no more.
        package var gone: [AlarmKey] = []
    }

    package struct Told: Hashable, Sendable {
        package var telling: Telling
        package var entry: Entry

        package init(telling: Telling, entry: Entry) {
            self.telling = telling
            self.entry = entry
        }
    }

    /// After what explained a cause is gone, the flows get this long to set things right before it is told.
    package static let respite = Duration.seconds(300)

    package static func look(_ known: [Entry], findings: [AlarmFinding], now: UTCInstant) -> Outcome {
        var outcome = Outcome()
        let present = Dictionary(findings.map { ($0.key, $0) }) { first, _ in first }
        for entry in known where present[entry.key] == nil {
            outcome.gone.append(entry.key)
            if entry.opened != nil { outcome.told.append(Told(telling: .recovered, entry: entry)) }
        }
        let earlier = Dictionary(known.map { ($0.key, $0) }) { first, _ in first }
        for finding in findings where present[finding.key] == finding {
            var entry =
                earlier[finding.key]
                ?? Entry(key: finding.key, severity: finding.severity, since: finding.since, text: finding.text)
            let wasSevere = entry.severity
            entry.text = finding.text
            entry.severity = finding.severity
            let isCovered = finding.coveredBy.contains { $0 != finding.key && present[$0] != nil }
            if isCovered { entry.covered = now }
            if entry.opened == nil, !isCovered, isDue(entry, now) {
                entry.opened = now
                outcome.told.append(Told(telling: .opened, entry: entry))
            } else if entry.opened != nil, wasSevere < entry.severity {
                outcome.told.append(Told(telling: .worsened, entry: entry))
            }
            // It stays as bad as it was until it is over: no to and fro at the limit.
            entry.severity = max(entry.severity, entry.opened == nil ? entry.severity : wasSevere)
            outcome.entries.append(entry)
        }
        return outcome
    }

    private static func isDue(_ entry: Entry, _ now: UTCInstant) -> Bool {
        let lasted = now.since(entry.since) >= entry.key.code.definition.visibleAfter
        let rested = entry.covered.map { now.since($0) >= respite } ?? true
        return lasted && rested
    }
}
