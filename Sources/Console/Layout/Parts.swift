import Domain
import StateStore

/// Pieces that several pages have.
enum Parts {
    /// A state in words with a colour and a shape of its own.
    static func tag(_ kind: TagKind, _ text: String) -> HTML {
        "<strong class=\"tag \(kind.rawValue)\"><span aria-hidden=\"true\">\(kind.shape)</span> \(text)</strong>"
    }

    enum TagKind: String {
        case red, amber, green, grey, blue

        var shape: String {
            switch self {
            case .red: "✖"
            case .amber: "▲"
            case .green: "✔"
            case .grey: "○"
            case .blue: "▶"
            }
        }
    }

    static func tag(_ state: Run.State) -> HTML {
        switch state {
        case .finished: tag(.green, "finished")
        case .scheduled: tag(.green, "waits for its day")
        case .failed: tag(.red, "failed")
        case .held: tag(.amber, "held")
        case .waiting: tag(.amber, "waiting")
        case .planning, .approved, .applying: tag(.blue, state.rawValue)
        case .discarded, .previewed: tag(.grey, state.rawValue)
        }
    }

    /// A table that becomes a list of labelled values where the page is narrow.
    static func table(_ caption: String, _ heads: [String], _ rows: [[HTML]]) -> HTML {
        let head: [HTML] = heads.map { "<th scope=\"col\">\($0)</th>" }
        let body: [HTML] = rows.map { row in
            let cells: [HTML] = zip(heads, row).map { "<td data-label=\"\($0)\">\($1)</td>" }
            return "<tr>\(cells)</tr>\n"
        }
        return """
            <table><caption>\(caption)</caption><thead><tr>\(head)</tr></thead><tbody>
            \(body)</tbody></table>

            """
    }

    /// Names and values, one below the other.
    static func list(_ rows: [(String, HTML)]) -> HTML {
        let items: [HTML] = rows.map { "<div><dt>\($0)</dt><dd>\($1)</dd></div>\n" }
        return "<dl>\n\(items)</dl>\n"
    }

    /// `5,204 read = 4,812 applied + 385 unchanged + 7 rejected`.
    static func books(_ tally: Tally) -> HTML {
        let parts = Outcome.allCases.filter { tally[$0] > 0 }.map { "\(number(tally[$0])) \($0.rawValue)" }
        let state: HTML = tally.isBalanced ? tag(.green, "balanced") : tag(.red, "not balanced")
        return "\(number(tally.read)) read = \(parts.isEmpty ? "0" : parts.joined(separator: " + ")) \(state)"
    }

    /// How far a run has come, by its books; nothing before there is a plan.
    static func progress(_ tallies: [Tally]) -> HTML {
        let all = tallies.reduce(0) { $0 + $1.read }
        let done = all - tallies.reduce(0) { $0 + $1[.deferred] }
        guard all > 0, done < all else { return "" }
        let text = "\(number(done)) of \(number(all)) records"
        return "<div><progress max=\"\(all)\" value=\"\(done)\" aria-label=\"\(text)\"></progress> \(text)</div>"
    }

    /// A sentence of ours in which commands stand between backticks.
    static func words(_ text: String) -> HTML {
        .joined(
            text.split(separator: "`", omittingEmptySubsequences: false).enumerated().map { index, part in
                index % 2 == 1 ? "<code>\(part)</code>" : HTML(part)
            })
    }

    static func number(_ number: Int) -> String {
        var digits = String(abs(number))
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return (number < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
    }

    static func count(_ count: Int, _ one: String, _ many: String) -> String { "\(number(count)) \(count == 1 ? one : many)" }

    /// What is wrong with a form, with links to its fields.
    static func errorSummary(_ problems: [(field: String, text: String)]) -> HTML {
        guard !problems.isEmpty else { return "" }
        let items: [HTML] = problems.map { "<li><a href=\"#\($0.field)\">\($0.text)</a></li>" }
        return """
            <div class="error-summary" role="alert" tabindex="-1" aria-labelledby="error-title"><h2 id="error-title">There is a problem</h2><ul>\(items)</ul></div>

            """
    }

    static func field(
        _ name: String, _ label: String, id other: String? = nil, hint: String? = nil, problem: String? = nil, type: String = "text",
        value: String = "",
        autocomplete: String = "off"
    ) -> HTML {
        let id = other ?? name
        let hintText: HTML = hint.map { "<span class=\"hint\" id=\"\(id)-hint\">\($0)</span>" } ?? ""
        let problemText: HTML =
            problem.map { "<span class=\"field-error\" id=\"\(id)-error\"><span class=\"hidden\">Error:</span> \($0)</span>" } ?? ""
        let described = [hint.map { _ in "\(id)-hint" }, problem.map { _ in "\(id)-error" }].compactMap { $0 }.joined(separator: " ")
        let description: HTML = described.isEmpty ? "" : " aria-describedby=\"\(described)\""
        let invalid: HTML = problem == nil ? "" : " aria-invalid=\"true\""
        return """
            <div class="field\(problem == nil ? "" : " has-error")"><label for="\(id)">\(label)</label>\(hintText)\(problemText)\
            <input id="\(id)" name="\(name)" type="\(type)" value="\(HTML.whole(value))" autocomplete="\(autocomplete)"\(description)\(invalid)></div>

            """
    }
}
