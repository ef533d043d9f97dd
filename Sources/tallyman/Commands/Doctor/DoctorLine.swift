import Domain

/// One thing that `doctor` looked at, and what it found.
struct DoctorLine: Encodable {
    enum Verdict: String { case good, warning, failed, skipped }

    var check: String
    var verdict: String
    var text: String
    var fix: String
    /// Where in the settings the cause is: `/etc/tallyman/acme.yaml:12:9`.
    var place: String?
    /// The other checks that fail for the same cause.
    var also: [String]?

    static let failed = Verdict.failed.rawValue

    init(check: String, verdict: String, text: String, fix: String, place: String? = nil) {
        self.check = check
        self.verdict = verdict
        self.text = text
        self.fix = fix
        self.place = place
    }

    init(_ check: String, _ verdict: Verdict, _ text: String, fix: String = "") {
        self.init(check: check, verdict: verdict.rawValue, text: text, fix: fix)
    }

    init(_ check: String, _ error: any Error) {
        let diagnostic = error as? Diagnostic ?? (error as? SettingsProblems)?.problems.first
        let place = diagnostic?.location.map { place in
            [place.file, place.line.map(String.init), place.column.map(String.init)].compactMap { $0 }.joined(separator: ":")
        }
        self.init(
            check: check, verdict: Self.failed, text: diagnostic?.summary ?? "\(error)", fix: diagnostic?.fix ?? "see the message", place: place)
    }

    var found: String {
        text + (place.map { " (\($0))" } ?? "") + (also.map { "; for the same reason: \($0.joined(separator: ", "))" } ?? "")
    }

    /// The cause alone: without the right that was tried and the call that met it.
    private var cause: String {
        let end = text.firstRange(of: #/ \((GET|POST|PUT|DELETE) [^)]*\)$/#)?.lowerBound ?? text.endIndex
        let start = check.hasPrefix("rights ") ? text.firstRange(of: ": ")?.upperBound ?? text.startIndex : text.startIndex
        return start < end ? String(text[start..<end]) : text
    }

    /// What several checks found for one cause is said by the first of them, which names the others.
    static func sayingEachCauseOnce(_ lines: [DoctorLine]) -> [DoctorLine] {
        var kept: [DoctorLine] = []
        for line in lines {
            let first = kept.firstIndex { earlier in
                guard earlier.verdict == failed, earlier.fix == line.fix else { return false }
                // A warning may go on to say what is done instead.
                return line.verdict == failed
                    ? earlier.cause == line.cause : line.verdict == Verdict.warning.rawValue && line.text.contains(earlier.cause)
            }
            guard let first
            else {
                kept.append(line)
                continue
            }
            let named = [kept[first].check] + (kept[first].also ?? [])
            if !named.contains(line.check) { kept[first].also = (kept[first].also ?? []) + [line.check] }
        }
        return kept
    }
}
