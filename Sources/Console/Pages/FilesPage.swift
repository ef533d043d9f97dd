import Domain
import Engine
import StateStore

/// Files that came, files that wait or were set aside, and files that left; each of them as the bytes that it was.
enum FilesPage {
    static let pageLength = 50

    static func show(_ visit: Visit) throws -> ConsoleResponse {
        let path = try visit.path()
        let shop = try visit.shop
        let flow = visit.request.query("flow")
        let before = visit.request.query("before").flatMap { Int64($0) } ?? .max
        let flows = try shop.flows(at: visit.now)
        let found = try visit.read { reader in
            (
                files: try reader.deliveries(flow: flow, before: before, limit: pageLength + 1),
                waiting: try flows.filter { !$0.isOutbound && (flow == nil || flow == $0.name) }.flatMap { known in
                    try [FileDrop.State.waiting, .quarantined].flatMap { state in
                        try reader.drops(flow: known.name, in: state).prefix(20).map { (known.name, $0) }
                    }
                },
                left: try reader.recentConsignments(flow: flow, limit: 20).map { consignment in
                    (consignment, try reader.run(consignment.run)?.delivery)
                }
            )
        }
        func link(_ id: Int64?, _ flow: String) throws -> HTML {
            guard let id else { return "" }
            guard try visit.seesPeople || !shop.tellsOfPeople(flow) else { return "<span class=\"soft\">needs the right people</span>" }
            return "<a href=\"\(path)/files/\(id)/content\">Download</a>"
        }
        let files: [[HTML]] = try found.files.prefix(pageLength).map { file, run in
            [
                visit.time(file.received), HTML(file.displayName), HTML(file.flow), "\(Parts.number(Int(file.size))) bytes",
                run.map { "<a href=\"\(path)/runs/\($0.id)\">run \($0.id)</a> \(Parts.tag($0.state))" } ?? "–", try link(file.id, file.flow),
            ]
        }
        let waiting: [[HTML]] = found.waiting.map { flow, drop in
            [
                visit.time(drop.firstSeen), HTML(Escaped(drop.file.name).description), HTML(flow),
                drop.state == .quarantined ? Parts.tag(.red, "set aside") : Parts.tag(.amber, "waits"),
                HTML(Escaped(drop.rule ?? "", limit: 200).description),
            ]
        }
        let left: [[HTML]] = try found.left.map { consignment, delivery in
            let answer: HTML =
                consignment.acknowledged.map { "confirmed \(visit.time($0))" }
                ?? consignment.due.map { visit.now > $0 ? "\(Parts.tag(.red, "late")) due \(visit.time($0))" : "due \(visit.time($0))" } ?? "–"
            return [
                visit.time(consignment.placed ?? consignment.packed), HTML(consignment.name), HTML(consignment.flow), "\(consignment.documents)",
                HTML(consignment.state.word), answer, try link(delivery, consignment.flow),
            ]
        }
        let last = found.files.prefix(pageLength).last?.delivery.id
        let query = flow.map { "&flow=\(FormReader.encoded($0))" } ?? ""
        let older: HTML =
            found.files.count > pageLength
            ? "<p class=\"pager\"><a rel=\"next\" href=\"\(path)/files?before=\(last ?? 0)\(query)\">Older files</a></p>" : ""
        let body: HTML = """
            <h1>Files</h1>
            <form class="block" method="get" action="\(path)/files"><div class="cells">
            \(Filter.select("flow", "Flow", "all flows", flows.map(\.name), chosen: flow))
            <div class="field"><button class="secondary" type="submit">Show</button></div></div></form>
            \(waiting.isEmpty ? "" : Parts.table("Waiting, or set aside", ["Seen", "Name", "Flow", "State", "Why"], waiting))
            \(files.isEmpty ? "<p>No file has come yet.</p>" : Parts.table("What came, newest first", ["Received", "Name", "Flow", "Size", "Run", "Bytes"], files))
            \(older)
            \(left.isEmpty ? "" : Parts.table("What left, newest first", ["Left", "Name", "Flow", "Documents", "State", "Answer of the ERP", "Bytes"], left))
            <p class="hint">A file is given as it came, byte by byte. A spreadsheet may take a cell for a formula, and drops leading zeros.</p>
            """
        return Frame.response(visit, Page("Files", section: "files", body))
    }

    /// The bytes as they came, proven by their hash: always as a file to be saved, and always written down.
    static func content(_ visit: Visit) throws -> ConsoleResponse {
        let id = try visit.number("id")
        guard let delivery = try visit.read({ try $0.delivery(id) }) else { throw Visit.notFound }
        guard try visit.seesPeople || !visit.shop.tellsOfPeople(delivery.flow) else {
            try visit.app.note(visit, "was refused a file", "file \(id)")
            return Frame.forbidden(visit)
        }
        do {
            let path = try visit.shop.content(of: delivery.hash)
            try visit.app.note(visit, "downloaded a file", "file \(id), \(delivery.displayName)")
            var response = Downloads.response([], type: "application/octet-stream", named: delivery.name)
            response.file = path
            return response
        } catch let diagnostic as Diagnostic where diagnostic.code == "SPOOL-GONE" {
            return Frame.problem(
                visit,
                Diagnostic("SPOOL-GONE", "the bytes of this file are not kept any more", fix: "they were forgotten by the retention, or erased"),
                status: 410)
        }
    }
}
