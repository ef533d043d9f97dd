import Domain
import Engine
import Foundation
import StateStore

/// A file that a person brings. Its plan is always held, whatever it changes: somebody looks at it before anything is sent.
enum UploadPage {
    static func show(_ visit: Visit) throws -> ConsoleResponse { try page(visit, problems: [], because: "") }

    private static func flow(_ visit: Visit) throws -> ShopFlow {
        guard let name = visit.values["flow"], let flow = try visit.shop.flows(at: visit.now).first(where: { $0.name == name && !$0.isOutbound })
        else {
            throw Visit.notFound
        }
        return flow
    }

    private static func page(_ visit: Visit, problems: [Confirmation.Problem], because: String) throws -> ConsoleResponse {
        let flow = try flow(visit)
        let path = try visit.path()
        let problem = problems.first { $0.field == "file" }?.text
        let who: HTML =
            visit.app.settings.needsFourEyes ? "Somebody else than you approves it." : "An approver decides on it."
        let error: HTML = problem.map { "<span class=\"field-error\" id=\"file-error\"><span class=\"hidden\">Error:</span> \($0)</span>" } ?? ""
        let body: HTML = """
            \(Parts.errorSummary(problems))<p><a href="\(path)/schedule">Schedule</a></p>
            <h1>Bring a file for \(flow.name)</h1>
            <p>The file is read and planned like any other, and its plan is held: nothing reaches the shop before it is approved. \(who)</p>
            <form class="block" method="post" enctype="multipart/form-data" action="\(path)/flows/\(FormReader.encoded(flow.name))/upload">\(visit.formToken)\(Orders.once(visit))
            <div class="field\(problem == nil ? "" : " has-error")"><label for="file">File</label><span class="hint" id="file-hint">As the ERP writes it, under its own name. At most \(visit.app.settings.uploadLimit >> 20) MiB.</span>\(error)
            <input id="file" name="file" type="file" aria-describedby="file-hint"></div>
            \(Parts.field("because", "Because", problem: problems.first { $0.field == "because" }?.text, value: because))
            <button type="submit">Read and hold it</button></form>
            """
        let title = "Bring a file for \(flow.name)"
        return Frame.response(
            visit, Page(problems.isEmpty ? title : "Error: \(title)", section: "files", status: problems.isEmpty ? 200 : 422, body))
    }

    static func carryOut(_ visit: Visit) async throws -> ConsoleResponse {
        let flow = try flow(visit)
        let form = Form(visit.request)
        let token = try Orders.token(form)
        if let known = try visit.read({ try $0.instruction(token: token) }) { return try Orders.page(of: known.id, visit) }
        var problems: [Confirmation.Problem] = []
        let name = form.upload.map { $0.name.filter { !$0.isNewline && $0 != "\0" } } ?? ""
        if name.isEmpty || name.utf8.count > 255 { problems.append(("file", "Choose a file.")) }
        if let upload = form.upload, upload.content.isEmpty { problems.append(("file", "The file is empty.")) }
        if let upload = form.upload, upload.content.count > visit.app.settings.uploadLimit { problems.append(("file", "The file is too large.")) }
        if form.text("because") == nil { problems.append(("because", "Say why it comes by hand.")) }
        guard problems.isEmpty, let upload = form.upload else { return try page(visit, problems: problems, because: form["because"] ?? "") }
        let spooled = try await receive(upload, visit)
        let desk = try visit.shop.desk()
        let number = try desk.ledger.write(.operators) { writer in
            if let known = try writer.reader.instruction(token: token) { return known.id }
            let delivery = try writer.addDelivery(
                flow: flow.name, hash: spooled.hash, size: spooled.size, folder: "", name: Array(name.utf8), modified: visit.now, received: visit.now,
                origin: .file)
            let order = try Orders.instruction(.upload, .delivery(delivery.id), of: flow.name, seen: "", form, visit)
            try desk.desk.note(
                "upload", of: "file \(delivery.id) for \(flow.name)", by: visit.actor,
                because: "\(delivery.displayName), \(spooled.hash.hex.prefix(16)): \(order.because)", in: writer)
            return try writer.order(order)
        }
        desk.announce()
        try visit.app.note(visit, "brought a file", "\(flow.name): \(Escaped(name, limit: 100))")
        return try Orders.page(of: number, visit)
    }

    /// The file's own bytes, out of the form and into the spool.
    private static func receive(_ upload: MultipartReader.File, _ visit: Visit) async throws -> ReceivedFile {
        let part = try Upload(in: visit.app.settings.folder, limit: visit.app.settings.uploadLimit, visit.app.timeline)
        defer { part.remove() }
        var place = upload.content.startIndex
        while place < upload.content.endIndex {
            let end = min(place + (1 << 20), upload.content.endIndex)
            try part.take(upload.content[place..<end])
            place = end
        }
        try part.finish()
        return try await visit.shop.receive(file: part.path)
    }
}
