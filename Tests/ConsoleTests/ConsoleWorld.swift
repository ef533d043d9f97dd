import Domain
import Engine
import Foundation
import Reports
import StateStore
import TestKit

@testable import Console

/// A console with two shops, in process: requests in, answers out, and clocks that only the test moves.
final class ConsoleWorld {
    let folder = TemporaryFolder()
    let clocks = ManualTimeline()
    let store: AccessStore
    let acme: BookHouse
    let other: BookHouse
    let app: ConsoleApp

    init(url: String = "http://127.0.0.1:8484", factor: ConsoleSettings.SecondFactor = .off) throws {
        store = try AccessStore(path: folder.path + "/console.db")
        acme = try BookHouse("acme", folder, clocks)
        other = try BookHouse("other", folder, clocks)
        let settings = ConsoleSettings(host: "127.0.0.1", port: 8484, url: url, secondFactor: factor)
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

        var formToken: String { Token.form(for: cookies[world.app.cookieName] ?? "") }
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
    let isTraining = false
    let ledger: Ledger
    private let reading: LedgerWindow
    private let clocks: ManualTimeline

    init(_ name: String, _ folder: TemporaryFolder, _ clocks: ManualTimeline) throws {
        self.name = name
        self.clocks = clocks
        ledger = try Ledger(path: "\(folder.path)/\(name).db")
        reading = try LedgerWindow(path: ledger.path)
    }

    func window() throws -> LedgerWindow { reading }
    func flows(at now: UTCInstant) throws -> [ShopFlow] {
        [ShopFlow(name: "stock", isOutbound: false, next: nil), ShopFlow(name: "accounts", isOutbound: false, next: nil)]
    }
    func alarms(_ reader: LedgerReader, at now: UTCInstant) throws -> [AlarmBook.Entry] { try reader.alarms().filter { $0.opened != nil } }
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
                key: key.description, entity: entity, current: nil, adopted: nil, steps: steps,
                openErrors: try reader.openErrors(key: key, flow: entity).map { ErrorView($0) })
        }
    }
    func journey(of key: RecordKey, _ reader: LedgerReader) throws -> [OrderView] { [] }
    func bench(for error: QueuedError, _ reader: LedgerReader) throws -> RecordBench? { nil }
    func desk() throws -> ConsoleDesk {
        throw Diagnostic("LEDGER-ACCESS", "these books are only read", fix: "use another house")
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
}
