/// A row of docs/requirements.md.
struct RequirementRow {
    enum Status: String, CaseIterable {
        case answered, partly
        case notOurs = "not ours"
        case open
    }

    static let page = "docs/requirements.md"

    let number: String
    let need: String
    /// `nil` where the row says none of the four.
    let status: Status?
    /// What follows the status.
    let answer: String
    let links: [RequirementLink]

    /// The rows of each section, in the page's order.
    static func sections() throws -> [(head: String, summary: String, rows: [RequirementRow])] {
        try DocsProject.text(page).split(separator: "\n## ").dropFirst().map { section in
            let lines = section.split(separator: "\n").map(String.init)
            return (lines[0], lines[1], lines.filter { $0.hasPrefix("| C") }.map(RequirementRow.init))
        }
    }

    static func all() throws -> [RequirementRow] { try sections().flatMap(\.rows) }

    private init(_ line: String) {
        let cells = line.split(separator: " | ", omittingEmptySubsequences: false).map(String.init)
        number = String(cells[0].dropFirst(2))
        need = cells.count > 1 ? cells[1] : ""
        let parts = (cells.count > 2 ? cells[2] : "").split(separator: "**: ", maxSplits: 1).map(String.init)
        status = parts.first.flatMap { $0.hasPrefix("**") ? Status(rawValue: String($0.dropFirst(2))) : nil }
        answer = parts.count == 2 ? parts[1] : ""
        let places = cells.count == 4 && cells[3].hasSuffix(" |") ? String(cells[3].dropLast(2)) : ""
        links = places == "–" ? [] : places.split(separator: "<br>").map { RequirementLink(String($0)) }
    }

    /// `5 requirements: 2 answered, 1 partly, 1 not ours, 1 open.`
    static func summary(of rows: [RequirementRow]) -> String {
        let counts = Status.allCases.map { status in "\(rows.count { $0.status == status }) \(status.rawValue)" }
        return "\(rows.count) requirements: \(counts.joined(separator: ", "))."
    }
}
