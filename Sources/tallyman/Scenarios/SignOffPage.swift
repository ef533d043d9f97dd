import Domain

/// The page that people sign: every scenario with what was expected and what was seen. Self-contained, fit for printing.
struct SignOffPage {
    let outcomes: [ScenarioOutcome]
    let version: String
    let made: UTCInstant

    var html: String {
        let counts = [ScenarioOutcome.Verdict.passed, .failed].map { verdict in
            "\(outcomes.count { $0.verdict == verdict }) \(verdict.rawValue)"
        }
        return """
            <!doctype html>
            <html lang="en-GB"><head><meta charset="utf-8"><title>Go-live scenarios</title><style>
            body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1b1b1b}
            table{border-collapse:collapse;width:100%;margin:.4rem 0}th,td{border:1px solid #bbb;padding:.3rem .5rem;text-align:left;vertical-align:top}
            th{background:#f2f2f2}section{break-inside:avoid;margin:1.6rem 0}h2{font-size:1.05rem;margin:0 0 .3rem}
            .passed{color:#0a5c2b}.failed{color:#a40000}ol{margin:.3rem 0}.sign td{height:2.6rem}
            </style></head><body>
            <h1>Go-live scenarios</h1>
            <p>Played on the sandbox shop by tallyman \(Self.escaped(version)) at \(made). \(counts.joined(separator: ", ")) of \(outcomes.count).</p>
            <table><tr><th>Requirement</th><th>What it shows</th><th>Verdict</th></tr>
            \(outcomes.map(row).joined(separator: "\n"))
            </table>
            \(outcomes.map(section).joined(separator: "\n"))
            <section><h2>Sign-off</h2>
            <table class="sign"><tr><th>For</th><th>Name</th><th>Date</th><th>Signature</th></tr>
            <tr><td>Operations</td><td></td><td></td><td></td></tr><tr><td>Finance</td><td></td><td></td><td></td></tr>
            <tr><td>Agency</td><td></td><td></td><td></td></tr></table></section>
            </body></html>

            """
    }

    private func row(_ outcome: ScenarioOutcome) -> String {
        "<tr><td>\(outcome.requirement)</td><td>\(Self.escaped(outcome.shows))</td><td>\(verdict(outcome))</td></tr>"
    }

    private func section(_ outcome: ScenarioOutcome) -> String {
        let steps = outcome.steps.map { "<li>\(Self.escaped($0))</li>" }.joined()
        let checks = outcome.checks.map { check in
            "<tr><td>\(Self.escaped(check.what))</td><td>\(Self.escaped(check.expected))</td><td>\(Self.escaped(check.actual))</td>"
                + "<td class=\"\(check.isMet ? "passed" : "failed")\">\(check.isMet ? "as expected" : "differs")</td></tr>"
        }.joined(separator: "\n")
        let reason = outcome.reason.map { "<p>\(Self.escaped($0))</p>" } ?? ""
        let table = outcome.checks.isEmpty ? "" : "<table><tr><th>What</th><th>Expected</th><th>Actual</th><th></th></tr>\n\(checks)</table>"
        return """
            <section><h2>\(outcome.requirement) · \(Self.escaped(outcome.shows)) · \(verdict(outcome))</h2>
            \(steps.isEmpty ? "" : "<ol>\(steps)</ol>")\(reason)\(table)</section>
            """
    }

    private func verdict(_ outcome: ScenarioOutcome) -> String {
        let word = outcome.verdict.rawValue
        return "<strong class=\"\(word)\">\(word)</strong>"
    }

    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }
}
