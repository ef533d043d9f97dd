import Domain
import Endpoints
import Engine
import Foundation
import StateStore
import Synchronization
import TestKit
import Testing

@testable import Console

/// Alarms that people care for, flows that they run and hold back, files that they bring and take.
@Suite struct OperationsTests {
    private func orders(_ world: ConsoleWorld) throws -> [Instruction] { try world.acme.ledger.read { try $0.openInstructions() } }

    private func alarm(_ world: ConsoleWorld, _ code: AlarmCode = .fileMissing, _ severity: AlarmSeverity = .amber, subject: String = "stock")
        -> AlarmBook.Entry
    {
        let entry = AlarmBook.Entry(
            key: AlarmKey(code, subject), severity: severity, since: world.now.adding(.seconds(-600)), text: "a file was due", opened: world.now)
        world.acme.found.withLock { $0.alarms = [entry] }
        return entry
    }

    private func care(_ entry: AlarmBook.Entry, _ verb: String, _ more: [(String, String)] = []) -> [(String, String)] {
        [("code", entry.key.code.rawValue), ("subject", entry.key.subject), ("since", "\(entry.since.milliseconds)"), ("do", verb)] + more
    }

    @Test func `an alarm that somebody is on stays on Home and on its page, with the name`() async throws {
        let world = try ConsoleWorld()
        let entry = alarm(world, subject: "stock/a ü")
        let browser = try await world.member(.operator)
        #expect(await browser.post("/s/acme/alarms/care", care(entry, "acknowledge")).status == 303)
        for page in ["/s/acme", "/s/acme/alarms"] {
            let text = await browser.get(page).text
            #expect(text.contains("acknowledged</strong> by operator (console, 10.0.0.7)"), "\(page)")
            #expect(text.contains("a file was due"))
        }
    }

    @Test func `a snooze has a reason and an end, hides nothing, and can be ended`() async throws {
        let world = try ConsoleWorld()
        let entry = alarm(world)
        let browser = try await world.member(.operator)
        let snooze = care(entry, "snooze", [("field", "x"), ("x", "the ERP is rebooted"), ("hours", "4")])
        for bad in [
            [("hours", "4")], [("x", " "), ("field", "x"), ("hours", "4")], [("x", "y"), ("field", "x"), ("hours", "5")],
            [("x", "y"), ("field", "x"), ("hours", "-1")],
        ] {
            #expect(await browser.post("/s/acme/alarms/care", care(entry, "snooze", bad)).status == 422)
        }
        #expect(try world.acme.ledger.read { try $0.alarmCare().isEmpty })
        #expect(await browser.post("/s/acme/alarms/care", snooze).status == 303)
        let text = await browser.get("/s/acme").text
        #expect(text.contains("snoozed</strong> until") && text.contains("the ERP is rebooted") && text.contains("a file was due"))
        #expect(text.contains("1 thing needs someone"))
        #expect(await browser.post("/s/acme/alarms/care", care(entry, "wake")).status == 303)
        #expect(await !browser.get("/s/acme").text.contains("snoozed</strong>"))
    }

    @Test func `an operator snoozes and pauses for a day at most, an approver for seven`() async throws {
        let world = try ConsoleWorld()
        let entry = alarm(world)
        let (op, approver) = (try await world.member(.operator), try await world.member(.approver))
        let long = care(entry, "snooze", [("field", "x"), ("x", "holiday"), ("hours", "168")])
        #expect(await op.post("/s/acme/alarms/care", long).status == 403)
        #expect(await approver.post("/s/acme/alarms/care", long).status == 303)
        let pause = [("hours", "72"), ("because-stock", "stock-taking")]
        #expect(await op.post("/s/acme/flows/stock/pause", pause).status == 403)
        #expect(await approver.post("/s/acme/flows/stock/pause", pause).status == 303)
    }

    @Test(arguments: [AlarmCode.guestSees, .credentialRefused])
    func `what harms customers or locks an account has no snooze on its page, and its form is refused`(_ code: AlarmCode) async throws {
        let world = try ConsoleWorld()
        let entry = alarm(world, code, .red)
        let browser = try await world.member(.approver)
        let page = await browser.get("/s/acme/alarms").text
        #expect(page.contains("It cannot be snoozed.") && !page.contains("Snooze it"))
        #expect(await browser.post("/s/acme/alarms/care", care(entry, "snooze", [("field", "x"), ("x", "y"), ("hours", "1")])).status == 422)
        #expect(try world.acme.ledger.read { try $0.alarmCare().isEmpty })
    }

    @Test func `a word about an alarm that is over or began anew is refused, with the page of now`() async throws {
        let world = try ConsoleWorld()
        let entry = alarm(world)
        let browser = try await world.member(.operator)
        var old = entry
        old.since = entry.since.adding(.seconds(-60))
        #expect(await browser.post("/s/acme/alarms/care", care(old, "acknowledge")).status == 409)
        world.acme.found.withLock { $0.alarms = [] }
        #expect(await browser.post("/s/acme/alarms/care", care(entry, "acknowledge")).status == 409)
    }

    @Test func `a flow is held back with a reason and an end, which every page tells, and resumed`() async throws {
        let world = try ConsoleWorld()
        let browser = try await world.member(.operator)
        let viewer = try await world.member(.viewer)
        #expect(await browser.post("/s/acme/flows/stock/pause", [("hours", "2")]).status == 422)
        #expect(await browser.post("/s/acme/flows/none/pause", [("hours", "2"), ("because-none", "x")]).status == 404)
        #expect(await browser.post("/s/acme/flows/stock/pause", [("hours", "2"), ("because-stock", "wrong list")]).status == 303)
        #expect(await browser.post("/s/acme/flows/stock/pause", [("hours", "4"), ("because-stock", "longer")]).status == 409)
        for page in ["/s/acme", "/s/acme/schedule"] {
            #expect(await viewer.get(page).text.contains("by operator (console, 10.0.0.7): wrong list"), "\(page)")
        }
        #expect(await browser.post("/s/acme/flows/stock/run", [("once", String(repeating: "a", count: 32))]).status == 422)
        #expect(try orders(world).isEmpty)
        #expect(await browser.post("/s/acme/flows/stock/resume").status == 303)
        #expect(await browser.post("/s/acme/flows/stock/run", [("once", String(repeating: "a", count: 32))]).status == 303)
        #expect(try orders(world).map(\.subject) == [.flow(despiteMaintenance: false)])
        #expect(try world.acme.ledger.read { try $0.audit(limit: 5) }.map(\.action) == ["run", "resume", "pause"])
    }

    @Test func `a maintenance window is overridden only with a tick`() async throws {
        let world = try ConsoleWorld()
        world.acme.found.withLock { $0.closedUntil = world.now.adding(.seconds(3600)) }
        let browser = try await world.member(.operator)
        let page = await browser.get("/s/acme/schedule")
        #expect(page.text.contains("Run it despite the maintenance window"))
        #expect(try await browser.fill(page, "/s/acme/flows/stock/run", []).status == 422)
        #expect(try orders(world).isEmpty)
        #expect(try await browser.fill(page, "/s/acme/flows/stock/run", [("despite", "yes")]).status == 303)
        #expect(try orders(world).map(\.subject) == [.flow(despiteMaintenance: true)])
        // A second order of the same meets the first.
        #expect(try await browser.fill(await browser.get("/s/acme/schedule"), "/s/acme/flows/stock/run", [("despite", "yes")]).status == 409)
    }

    @Test func `the same form posted twenty times at once is one order, and leads to one page`() async throws {
        let world = try ConsoleWorld()
        try world.acme.arrange(texts: ["SKU-1"])
        let browser = try await world.member(.operator)
        let form = try ConsoleWorld.form(await browser.get("/s/acme/errors"), "/s/acme/errors/cause") + [("do", "retry")]
        let body = Array(form.map { "\(FormReader.encoded($0.0))=\(FormReader.encoded($0.1))" }.joined(separator: "&").utf8)
        let request = ConsoleRequest(
            method: "POST", target: "/s/acme/errors/cause",
            headers: [
                "host": world.app.settings.authority, "cookie": "tallyman=\(browser.cookies["tallyman"] ?? "")", "sec-fetch-site": "same-origin",
                "content-type": "application/x-www-form-urlencoded",
            ], body: body, address: "10.0.0.7")
        let app = world.app
        let answers = await withTaskGroup(of: ConsoleResponse.self) { group in
            for _ in 0..<20 { group.addTask { await app.answer(request) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.map(\.status) == Array(repeating: 303, count: 20))
        #expect(Set(answers.compactMap { $0.header("Location") }).count == 1)
        #expect(try orders(world).count == 1)
    }

    // MARK: Files

    private func multipart(_ fields: [(String, String)], file: String?, _ content: [UInt8], boundary: String = "----b0") -> [UInt8] {
        var body: [UInt8] = []
        for (name, value) in fields { body += Array("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8) }
        if let file {
            body += Array(
                "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(file)\"\r\nContent-Type: text/csv\r\n\r\n".utf8)
            body += content + Array("\r\n".utf8)
        }
        return body + Array("--\(boundary)--\r\n".utf8)
    }

    private func upload(_ world: ConsoleWorld, _ browser: ConsoleWorld.Browser, _ body: [UInt8], path: String? = nil) async -> ConsoleResponse {
        await world.app.answer(
            ConsoleRequest(
                method: "POST", target: "/s/acme/flows/stock/upload",
                headers: [
                    "host": world.app.settings.authority, "cookie": "tallyman=\(browser.cookies["tallyman"] ?? "")", "sec-fetch-site": "same-origin",
                    "content-type": "multipart/form-data; boundary=----b0",
                ], body: path == nil ? body : [], bodyPath: path, address: "10.0.0.7"))
    }

    @Test func `a file that is brought is in the spool as it was, waits as an order, and is in the audit with its hash`() async throws {
        let world = try ConsoleWorld()
        let browser = try await world.member(.operator)
        let content = Array("sku,qty\r\nA,1\r\n--not a boundary\r\n".utf8) + [0, 255, 13, 10]
        let fields = [("token", browser.formToken), ("once", String(repeating: "b", count: 32)), ("because", "the ERP is down")]
        let body = multipart(fields, file: "C:\\data\\../STOCK 1.csv", content)
        // As the server does it: the body is a file.
        let path = "\(world.folder.path)/body"
        try Data(body).write(to: URL(fileURLWithPath: path))
        let done = await upload(world, browser, [], path: path)
        #expect(done.status == 303, "\(done.text)")
        #expect(await upload(world, browser, body).header("Location") == done.header("Location"))
        let order = try #require(try orders(world).first)
        guard case .delivery(let id) = order.subject else { return #expect(Bool(false), "\(order.subject)") }
        let delivery = try #require(try world.acme.ledger.read { try $0.delivery(id) })
        #expect(delivery.name == Array("STOCK 1.csv".utf8))
        #expect(try Data(contentsOf: URL(fileURLWithPath: world.acme.content(of: delivery.hash))) == Data(content))
        let entry = try #require(try world.acme.ledger.read { try $0.audit(limit: 1).first })
        #expect(entry.action == "upload" && entry.detail.contains(delivery.hash.hex.prefix(16)) && entry.detail.contains("the ERP is down"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: world.folder.path).allSatisfy { !$0.hasPrefix("upload-") })
    }

    @Test func `a file without a reason, without a name, empty or in a form that is cut off is not taken`() async throws {
        let world = try ConsoleWorld()
        let browser = try await world.member(.operator)
        let token = [("token", browser.formToken), ("once", String(repeating: "b", count: 32))]
        #expect(await upload(world, browser, multipart(token, file: "a.csv", [65])).status == 422)
        #expect(await upload(world, browser, multipart(token + [("because", "x")], file: nil, [])).status == 422)
        #expect(await upload(world, browser, multipart(token + [("because", "x")], file: "", [65])).status == 422)
        #expect(await upload(world, browser, multipart(token + [("because", "x")], file: "a.csv", [])).status == 422)
        let whole = multipart(token + [("because", "x")], file: "a.csv", Array("sku\r\n".utf8))
        for length in stride(from: 0, to: whole.count - 5, by: 3) {
            #expect([403, 422].contains(await upload(world, browser, Array(whole.prefix(length))).status), "\(length)")
            if length % 60 == 0 { world.clocks.advance(by: .seconds(11)) }
        }
        // A form without its token, and one of a viewer.
        world.clocks.advance(by: .seconds(11))
        #expect(await upload(world, browser, multipart([("because", "x")], file: "a.csv", [65])).status == 403)
        let viewer = try await world.member(.viewer)
        #expect(await upload(world, viewer, multipart([("token", viewer.formToken)], file: "a.csv", [65])).status == 403)
        #expect(try orders(world).isEmpty)
        #expect(try world.acme.ledger.read { try $0.deliveries(flow: nil, before: .max, limit: 10).isEmpty })
    }

    @Test func `what may come is known before the file is read`() async throws {
        let world = try ConsoleWorld()
        let browser = try await world.member(.operator)
        func refusal(_ target: String, _ more: [String: String] = [:], cookie: String? = nil) -> Int? {
            var headers = [
                "host": world.app.settings.authority, "cookie": "tallyman=\(cookie ?? browser.cookies["tallyman"] ?? "")",
                "sec-fetch-site": "same-origin",
                "content-type": "multipart/form-data; boundary=x",
            ]
            headers.merge(more) { $1 }
            return world.app.refusal(ofUpload: ConsoleRequest(method: "POST", target: target, headers: headers, address: "10.0.0.7"))?.status
        }
        #expect(refusal("/s/acme/flows/stock/upload") == nil)
        #expect(refusal("/s/acme/errors/cause") == 415)
        #expect(refusal("/s/acme/flows/stock/upload", ["sec-fetch-site": "cross-site"]) == 403)
        #expect(refusal("/s/acme/flows/stock/upload", ["host": "evil.example"]) == 421)
        #expect(refusal("/s/acme/flows/stock/upload", cookie: "none") == 303)
        #expect(refusal("/s/other/flows/stock/upload") == 403)
    }

    @Test func `an upload that grows beyond its limit is given up, and leaves nothing`() throws {
        let world = try ConsoleWorld()
        let upload = try Upload(in: world.folder.path, limit: 1000, world.clocks.timeline)
        try upload.take(Array(repeating: 1, count: 1000))
        let refused = #expect(throws: Diagnostic.self) { try upload.take([1]) }
        #expect(refused?.code == "FILE-TOO-LARGE")
        upload.remove()
        #expect(!FileManager.default.fileExists(atPath: upload.path))
    }

    @Test func `a file is given as it came to whoever may see it, each time on record, and never shown by the browser`() async throws {
        let world = try ConsoleWorld()
        let content = "<script>alert(1)</script>"
        let path = "\(world.folder.path)/came"
        try content.write(toFile: path, atomically: true, encoding: .utf8)
        let spooled = try await world.acme.receive(file: path)
        func deliver(_ flow: String) throws -> Int64 {
            try world.acme.ledger.write(.operators) { writer in
                try writer.addDelivery(
                    flow: flow, hash: spooled.hash, size: spooled.size, folder: "", name: Array("a<b>\".html".utf8), modified: world.now,
                    received: world.now,
                    origin: .endpoint
                ).id
            }
        }
        let (stock, people) = (try deliver("stock"), try deliver("accounts"))
        let viewer = try await world.member(.viewer)
        let answer = await viewer.get("/s/acme/files/\(stock)/content")
        #expect(answer.status == 200)
        #expect(answer.file.flatMap { try? String(contentsOfFile: $0, encoding: .utf8) } == content)
        #expect(answer.header("Content-Type") == "application/octet-stream")
        #expect(answer.header("X-Content-Type-Options") == "nosniff")
        #expect(answer.header("Content-Disposition")?.hasPrefix("attachment; filename=\"a<b>_.html\"") == true)
        #expect(answer.header("Content-Security-Policy") == "default-src 'none'; sandbox")
        #expect(await viewer.get("/s/acme/files/\(people)/content").status == 403)
        #expect(await viewer.get("/s/acme/files").text.contains("needs the right people"))
        let seer = try await world.member(.viewer, people: true)
        #expect(await seer.get("/s/acme/files/\(people)/content").status == 200)
        let said = try world.store.events(limit: 10).map { "\($0.who) \($0.what)" }
        #expect(
            said.contains("viewer downloaded a file") && said.contains("viewer was refused a file")
                && said.contains("viewer-people downloaded a file"))
        // Forgotten by retention, or erased.
        try world.acme.spool.remove(spooled.hash)
        #expect(await seer.get("/s/acme/files/\(people)/content").status == 410)
    }

    // MARK: The rest

    @Test func `the chain of the audit is verified on its page, and a change in it shows`() async throws {
        let world = try ConsoleWorld()
        try await world.add("root", admin: true, [])
        let root = try world.signedIn("root")
        let desk = try world.acme.desk()
        for name in ["a", "b", "c"] { try desk.desk.note("edit", of: "error \(name)", by: "ann (console, 10.0.0.7)") }
        let good = await root.get("/s/acme/audit?verify=1").text
        #expect(good.contains("chain verified") && good.contains("3 entries"))
        #expect(await root.get("/s/acme/audit?who=ann").text.contains("error b"))
        #expect(await !root.get("/s/acme/audit?who=ben").text.contains("error b"))
        #expect(await root.get("/s/acme/audit.csv").text.components(separatedBy: "\r\n").count == 5)
        try desk.ledger.write(.operators) { try $0.remember(flow: "", name: "audit.head", value: "9 abc") }
        #expect(await root.get("/s/acme/audit?verify=1").text.contains("the chain is broken"))
    }

    @Test func `the settings are shown with their lines, and what is secret as dots`() async throws {
        let world = try ConsoleWorld()
        try await world.add("root", admin: true, [])
        let page = await (try world.signedIn("root")).get("/s/acme/settings").text
        #expect(page.contains("magento.token") && page.contains("••••") && page.contains("acme.yaml:2"))
    }

    @Test func `every code that the program has is explained, and no other`() async throws {
        let world = try ConsoleWorld()
        let browser = try await world.member(.viewer)
        for (index, code) in (AlarmCode.allCases.map(\.rawValue) + DiagnosticCatalogue.entries.keys.sorted()).enumerated() {
            if index % 60 == 0 { world.clocks.advance(by: .seconds(11)) }
            #expect(await browser.get("/help/\(code)").status == 200, "\(code)")
        }
        #expect(await browser.get("/help/NONE").status == 404)
        #expect(await browser.get("/help/%3Cscript%3E").status == 404)
    }

    @Test func `progress is told by the books, and only while there is some`() {
        #expect(Parts.progress([]).text.isEmpty)
        #expect(Parts.progress([Tally(read: 10, counts: [.applied: 10])]).text.isEmpty)
        let half = Parts.progress([Tally(read: 2000, counts: [.applied: 1000, .deferred: 760, .unchanged: 240])]).text
        #expect(half.contains("max=\"2000\" value=\"1240\"") && half.contains("1,240 of 2,000 records"))
    }
}
