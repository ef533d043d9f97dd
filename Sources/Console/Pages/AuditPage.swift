import Crypto
import Domain
import Foundation
import StateStore

/// The decisions of people, and the proof that none was changed since.
enum AuditPage {
    private static let pageLength = 100

    static func show(_ visit: Visit) throws -> ConsoleResponse {
        let path = try visit.path()
        let (who, action) = (visit.request.query("who"), visit.request.query("action"))
        let before = visit.request.query("before").flatMap { Int64($0) } ?? .max
        let entries = try visit.read { try $0.audit(before: before, who: who, action: action, limit: pageLength + 1) }
        let check = visit.request.query("verify") == nil ? nil : try self.check(visit)
        let rows: [[HTML]] = entries.prefix(pageLength).map { entry in
            [
                "\(entry.number)", visit.time(entry.at), HTML(entry.who), HTML(entry.action), HTML(Escaped(entry.subject, limit: 200).description),
                HTML(Escaped(entry.detail, limit: 300).description),
            ]
        }
        let filter = [who.map { "who=\(FormReader.encoded($0))" }, action.map { "action=\(FormReader.encoded($0))" }].compactMap { $0 }
        let query = filter.isEmpty ? "" : "&" + filter.joined(separator: "&")
        let older: HTML =
            entries.count > pageLength
            ? "<p class=\"pager\"><a rel=\"next\" href=\"\(path)/audit?before=\(entries[pageLength - 1].number)\(query)\">Older entries</a></p>" : ""
        let body: HTML = """
            <h1>Audit</h1>
            \(check.map { verdict($0, visit) } ?? "<p><a class=\"button secondary\" href=\"\(path)/audit?verify=1\">Verify the chain</a> <a href=\"\(path)/audit.csv\">All as CSV</a></p>")
            <form class="block" method="get" action="\(path)/audit"><div class="cells">\(Parts.field("who", "Who", value: who ?? ""))\(Parts.field("action", "Action", value: action ?? ""))
            <div class="field"><button class="secondary" type="submit">Show</button></div></div></form>
            \(rows.isEmpty ? "<p>There is no such entry.</p>" : Parts.table("Decisions, newest first", ["Entry", "At", "Who", "Action", "Of", "Because"], rows))
            \(older)
            """
        return Frame.response(visit, Page("Audit", section: "audit", body))
    }

    private static func check(_ visit: Visit) throws -> AuditCheck {
        try visit.read { try $0.checkAudit { ContentHash(digest: SHA256.hash(data: Data($0.utf8))) } }
    }

    private static func verdict(_ check: AuditCheck, _ visit: Visit) -> HTML {
        guard check.faults.isEmpty else {
            let faults: [HTML] = check.faults.prefix(50).map { "<li>Entry \($0.number): \($0.text)</li>" }
            return "<section class=\"card red\"><h2>\(Parts.tag(.red, "the chain is broken"))</h2><ul>\(faults)</ul></section>"
        }
        return """
            <section class="card green"><h2>\(Parts.tag(.green, "chain verified")) \(Parts.count(check.entries, "entry", "entries")), \(visit.time(visit.now))</h2>
            <p>The last one has the hash <code>\(check.head)</code>. Note it elsewhere: it proves later that nothing up to it was changed.</p></section>
            """
    }

    static func csv(_ visit: Visit) throws -> ConsoleResponse {
        var csv = CSVText(["entry", "at", "who", "action", "of", "because", "hash"])
        var last = Int64.max
        var count = 0
        while count < Downloads.most {
            let entries = try visit.read { try $0.audit(before: last, who: nil, action: nil, limit: 5000) }
            guard let end = entries.last else { break }
            last = end.number
            count += entries.count
            for entry in entries { csv.add(["\(entry.number)", "\(entry.at)", entry.who, entry.action, entry.subject, entry.detail, entry.hash]) }
        }
        return csv.response(named: "audit-\(try visit.shop.name).csv")
    }
}
