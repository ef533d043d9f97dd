import Crypto
import Domain
import Endpoints
import Engine
import Entities
import Foundation
import Reports
import StateStore
import Synchronization
import TestKit
import Testing

@testable import Console

/// A console with two shops, in process: requests in, answers out, and clocks that only the test moves.
final class ConsoleWorld {
    let folder = TemporaryFolder()
    let clocks = ManualTimeline()
    let store: AccessStore
    let acme: BookHouse
    let other: BookHouse
    let app: ConsoleApp

    init(
        url: String = "http://127.0.0.1:8484", factor: ConsoleSettings.SecondFactor = .off, fourEyes: Bool = false, proxy: TrustedProxy? = nil,
        isTraining: Bool = false
    ) throws {
        store = try AccessStore(path: folder.path + "/console.db")
        acme = try BookHouse("acme", folder, clocks, isTraining: isTraining)
        other = try BookHouse("other", folder, clocks)
        var settings = ConsoleSettings(host: "127.0.0.1", port: 8484, url: url, secondFactor: factor, needsFourEyes: fourEyes)
        settings.folder = folder.path
        settings.proxy = proxy
        app = ConsoleApp(settings: settings, store: store, houses: [acme, other], timeline: clocks.timeline)
    }

    var now: UTCInstant { clocks.timeline.now() }

    /// Somebody in a browser, with what it keeps.
    final class Browser {
        private let world: ConsoleWorld
        var cookies: [String: String] = [:]
        var address = "10.0.0.7"

        init(_ world: ConsoleWorld) { self.world = world }

        func send(_ method: String, _ target: String, _ fields: [(String, String)] = [], headers: [String: String] = [:]) async -> ConsoleResponse {
            var all = ["host": world.app.settings.authority]
            if !cookies.isEmpty { all["cookie"] = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ") }
            if method == "POST" {
                all["content-type"] = "application/x-www-form-urlencoded"
                all["sec-fetch-site"] = "same-origin"
            }
            all.merge(headers) { $1 }
            let body = fields.map { "\(FormReader.encoded($0.0))=\(FormReader.encoded($0.1))" }.joined(separator: "&")
            let answer = await world.app.answer(
                ConsoleRequest(method: method, target: target, headers: all, body: Array(body.utf8), address: address))
            for header in answer.headers where header.name == "Set-Cookie" {
                let pair = header.value.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                if pair.count == 2 { cookies[String(pair[0])] = pair[1].isEmpty ? nil : String(pair[1]) }
            }
            return answer
        }

        func get(_ target: String, headers: [String: String] = [:]) async -> ConsoleResponse { await send("GET", target, headers: headers) }

        /// As a form of one of our pages is sent.
        func post(_ target: String, _ fields: [(String, String)] = []) async -> ConsoleResponse {
            await send("POST", target, [("token", formToken)] + fields)
        }

        /// Sends the form of a page as a browser does: with all that it carries, and what was typed in place of it.
        func fill(_ page: ConsoleResponse, _ action: String, _ typed: [(String, String)]) async throws -> ConsoleResponse {
            var fields = try ConsoleWorld.form(page, action)
            for name in Set(typed.map(\.0)) { fields.removeAll { $0.0 == name } }
            return await send("POST", action, fields + typed)
        }

        var formToken: String { Token.form(for: cookies[world.app.cookieName] ?? "") }
    }

    /// The fields of the page's form for an action, with what stands in them; boxes and circles only where they are ticked.
    static func form(_ page: ConsoleResponse, _ action: String) throws -> [(String, String)] {
        let parts = page.text.components(separatedBy: "action=\"\(action)\"")
        guard parts.count > 1, let body = parts[1].components(separatedBy: "</form>").first else {
            throw Diagnostic("TEST-FORM", "no form for \(action)", fix: page.text)
        }
        return body.matches(of: /<input ([^>]*)>/).compactMap { match in
            let text = String(match.1)
            func value(_ name: String) -> String? {
                text.components(separatedBy: "\(name)=\"").dropFirst().first?.components(separatedBy: "\"").first.map {
                    $0.replacing("&quot;", with: "\"").replacing("&#39;", with: "'").replacing("&lt;", with: "<").replacing("&gt;", with: ">")
                        .replacing("&amp;", with: "&")
                }
            }
            guard let name = value("name") else { return nil }
            if ["radio", "checkbox"].contains(value("type") ?? ""), !text.contains(" checked") { return nil }
            return (name, value("value") ?? "")
        }
    }

    static let password = "seven grey herons wade"

    /// A person who has chosen a password.
    func add(_ name: String, admin: Bool = false, _ grants: [AccessGrant], factor: [UInt8]? = nil) async throws {
        try store.add(user: name, isAdmin: admin, grants: grants, at: now)
        guard let hash = PasswordHash.make(Self.password, salt: clocks.timeline.randomBytes(16)) else { return }
        try store.set(password: hash, factor: factor, recovery: [], of: name)
    }

    /// A browser that is signed in, by a session of its own.
    func signedIn(_ name: String) throws -> Browser {
        let browser = Browser(self)
        let cookie = Token.make(clocks.timeline)
        try store.add(AccessSession(id: Token.hash(cookie), user: name, created: now, seen: now, proven: now, address: browser.address))
        browser.cookies[app.cookieName] = cookie
        return browser
    }

    func member(_ role: AccessRole, people: Bool = false) async throws -> Browser {
        let name = "\(role.rawValue)\(people ? "-people" : "")"
        if try store.user(name) == nil { try await add(name, [AccessGrant(shop: "acme", role: role, seesPeople: people)]) }
        return try signedIn(name)
    }
}

/// A shop that is its books alone.
final class BookHouse: ShopHouse {
    let name: String
    let zone = TimeZone.gmt
    let isTraining: Bool
    let ledger: Ledger
    private let reading: LedgerWindow
    private let clocks: ManualTimeline
    private let operators: OperatorDesk
    let spool: Spool
    /// What is wrong, and which flow is in maintenance.
    let found = Mutex<(alarms: [AlarmBook.Entry], closedUntil: UTCInstant?)>(([], nil))

    init(_ name: String, _ folder: TemporaryFolder, _ clocks: ManualTimeline, isTraining: Bool = false) throws {
        self.name = name
        self.isTraining = isTraining
        self.clocks = clocks
        ledger = try Ledger(path: "\(folder.path)/\(name).db")
        reading = try LedgerWindow(path: ledger.path)
        spool = try Spool(folder: "\(folder.path)/\(name)-spool", timeline: clocks.timeline)
        let runner = FlowRunner(
            ledger: ledger, spool: spool, workFolder: folder.path,
            timeline: clocks.timeline, holder: LeaseHolder(name: "console", isAlive: { _ in false }))
        operators = OperatorDesk(runner: runner) { ContentHash(digest: SHA256.hash(data: Data($0.utf8))) }
    }

    func window() throws -> LedgerWindow { reading }
    func flows(at now: UTCInstant) throws -> [ShopFlow] {
        [
            ShopFlow(name: "stock", isOutbound: false, next: nil, schedule: "every 15m", closedUntil: found.withLock { $0.closedUntil }),
            ShopFlow(name: "accounts", isOutbound: false, next: nil), ShopFlow(name: "orders", isOutbound: true, next: nil),
        ]
    }
    func alarms(_ reader: LedgerReader, at now: UTCInstant) throws -> [AlarmBook.Entry] {
        let added = found.withLock { $0.alarms }
        return try added + reader.alarms().filter { $0.opened != nil }
    }
    func describe(_ value: EncodedValue, entity: String) -> String { String(decoding: value, as: UTF8.self) }
    func isPersonal(_ entity: String) -> Bool { entity == "accounts" }
    func noun(_ entity: String) -> String { "product" }
    func explain(_ key: RecordKey, _ reader: LedgerReader) throws -> [ExplanationView] {
        try ["stock", "accounts"].map { entity in
            let steps = try reader.changes(entity: entity, key: key, limit: 5).map { planned in
                ExplanationView.Step(
                    run: planned.run, flow: entity, at: nil, outcome: planned.outcome.rawValue, before: nil,
                    after: describe(planned.change.after, entity: entity), formula: planned.evidence, file: "f",
                    records: [.init(line: 1, record: 1, text: planned.evidence)],
                    proof: nil)
            }
            return ExplanationView(
                key: key.description, entity: entity, current: try reader.mirror(entity: entity, key: key).map { describe($0.value, entity: entity) },
                adopted: nil, steps: steps,
                openErrors: try reader.openErrors(key: key, flow: entity).map { ErrorView($0) })
        }
    }
    func journey(of key: RecordKey, _ reader: LedgerReader) throws -> [OrderView] { [] }
    func bench(for error: QueuedError, _ reader: LedgerReader) throws -> RecordBench? { nil }
    func benches(for errors: [QueuedError], of flow: String, _ reader: LedgerReader) throws -> [(error: QueuedError, bench: RecordBench)] { [] }
    func tellsOfPeople(_ flow: String) throws -> Bool { flow == "accounts" || flow == "orders" }
    func content(of hash: ContentHash) throws -> String { try spool.provenPath(of: hash) }
    func receive(file path: String) async throws -> ReceivedFile {
        let url = URL(fileURLWithPath: path)
        let spool = spool
        return try await LocalDirectoryEndpoint(name: "work", settings: LocalSettings(root: url.deletingLastPathComponent().path)).withSession {
            session in
            let remote = RemotePath(folder: "", name: url.lastPathComponent)
            let file = try #require(try session.stat(remote))
            let spooled = try spool.receive(file, at: remote, session: session)
            return ReceivedFile(hash: spooled.hash, size: spooled.size)
        }
    }
    func settings() throws -> [SettingLine] {
        [SettingLine(path: "shop", value: name, place: "acme.yaml:1"), SettingLine(path: "magento.token", value: nil, place: "acme.yaml:2")]
    }
    func report(weekly: Bool, through day: CivilDate?, at now: UTCInstant, _ reader: LedgerReader) throws -> ShopReport {
        let period =
            day.map { ReportPeriod(weekly ? .weekly : .daily, through: $0, zone: .utc) }
            ?? ReportPeriod(weekly ? .weekly : .daily, before: now, zone: .utc)
        let scope = PeriodReport.Scope(flows: ["stock", "accounts"], outbound: [], events: [], figures: "stock", despatches: "despatches")
        let report = try PeriodReport(period, scope, reader)
        return ShopReport(sheet: PeriodSheet(report, shop: name).sheet, indicators: report.indicators, last: period.last)
    }
    func indicators(of day: CivilDate, _ reader: LedgerReader) throws -> [Indicator] {
        let scope = PeriodReport.Scope(flows: ["stock", "accounts"], outbound: [], events: [], figures: "stock", despatches: "despatches")
        return try PeriodReport.indicators(ReportPeriod(.daily, through: day, zone: .utc), scope, reader)
    }
    func desk() throws -> ConsoleDesk { ConsoleDesk(ledger: ledger, desk: operators) }
    func fingerprint(of flow: String) throws -> String? { "now" }
    func flow(carrying entity: String) -> String? { entity }
    func isOutbound(_ flow: String) throws -> Bool { flow == "orders" }
    func previewUndo(of run: Int64, _ reader: LedgerReader, _ visit: (UndoStep) throws -> Void) throws {
        try OperatorDesk.previewRollback(run, entities: nil, definitions: [StockDefinition(warehouses: .sources([:], ignored: []))], reader, visit)
    }

    /// A run that rejected one record of each text and changed one key of each, in a file of that name.
    @discardableResult
    func arrange(_ entity: String = "stock", texts: [String], file: String = "STOCK.csv", held: Bool = false) throws -> Int64 {
        let now = clocks.timeline.now()
        return try ledger.write(.operators) { writer in
            let delivery = try writer.addDelivery(
                flow: entity, hash: ContentHash(digest: Array(repeating: UInt8(texts.count), count: 32)), size: 100, folder: "",
                name: Array(file.utf8),
                modified: now, received: now, origin: .file)
            let run = try writer.startRun(flow: entity, delivery: delivery.id, cause: "test", at: now).id
            let count = texts.count
            try writer.set(tally: Tally(read: count * 2, counts: [.rejected: count, .deferred: count]), run: run, entity: entity)
            try writer.openPlan(run: run, entity: entity, mode: .full, version: now)
            try writer.add(
                texts.enumerated().map { index, text in
                    let key = RecordKey(text)
                    return ChangeDraft(
                        key: key, keyHash: KeyHash.of(key.bytes[...]), before: nil, after: Array(text.utf8), evidence: text,
                        origins: [RecordOrigin(number: count + index + 1, line: index + 2, offset: 0, length: 10)], reach: .shop)
                }, run: run, entity: entity, version: now)
            var summary = PlanSummary()
            summary.updates = count
            for text in texts { summary.marks["down", default: MarkCount()].add(PlanMark("down", text)) }
            try writer.sealPlan(
                run: run, entity: entity, summary: summary, findings: held ? texts.map { GateFinding(gate: "down", text: $0) } : [])
            for (index, text) in texts.enumerated() {
                let reason = RejectReason("NUMBER-FORMAT", column: text, value: text, text, fix: text)
                let verdict = RecordVerdict(
                    outcome: .rejected, origin: RecordOrigin(number: index + 1, line: index + 2, offset: 0, length: 1), key: RecordKey(text),
                    reason: reason, original: Array(text.utf8))
                try writer.add(verdict, run: run, entity: entity)
            }
            try writer.set(run: run, to: held ? .held : .waiting, verdict: texts.first ?? "", at: now)
            return run
        }
    }

    /// A run of stock that put a value of each key into the shop, over one of before where `before` has one.
    @discardableResult
    func arrangeApplied(_ values: [(key: String, before: String?, after: String)]) throws -> Int64 {
        let now = clocks.timeline.now()
        return try ledger.write(.operators) { writer in
            let run = try writer.startRun(flow: "stock", delivery: nil, cause: "test", at: now).id
            try writer.set(tally: Tally(read: values.count, counts: [.deferred: values.count]), run: run, entity: "stock")
            try writer.openPlan(run: run, entity: "stock", mode: .full, version: now)
            try writer.add(
                values.enumerated().map { index, value in
                    let key = RecordKey(value.key)
                    return ChangeDraft(
                        key: key, keyHash: KeyHash.of(key.bytes[...]), before: value.before.map { Array($0.utf8) }, after: Array(value.after.utf8),
                        evidence: "", origins: [RecordOrigin(number: index + 1, line: index + 2, offset: 0, length: 1)], reach: .shop)
                }, run: run, entity: "stock", version: now)
            try writer.sealPlan(run: run, entity: "stock", summary: PlanSummary(), findings: [])
            for value in values where value.before != nil {
                try writer.setMirror(
                    entity: "stock", key: RecordKey(value.key), value: Array((value.before ?? "").utf8), version: now, change: nil)
            }
            let claimed = try writer.claim(run: run, entity: "stock", after: 0, limit: values.count, now: now)
            try writer.settle(
                claimed.claims.map { SettledChange(claim: $0, answer: .applied(evidence: "read back")) }, run: run, entity: "stock", now: now)
            try writer.set(run: run, to: .finished, verdict: "done", at: now)
            return run
        }
    }
}
