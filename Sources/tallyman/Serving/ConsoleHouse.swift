import Console
import Domain
import Endpoints
import Engine
import Formats
import Foundation
import Reports
import StateStore
import Synchronization

/// One shop as the console sees it. It never asks for a secret: what needs one is an order that another process carries out.
final class ConsoleHouse: ShopHouse {
    private struct Known {
        var assembly: Assembly
        var words: ValueWords
        var modified: Date?
    }

    let name: String
    let zone: TimeZone
    let isTraining: Bool
    private let settingsFile: String
    private let known: Mutex<Known>
    private let opened = Mutex<LedgerWindow?>(nil)
    /// What the last look at the alarms found; it reads much of what happened of late.
    private let judged = Mutex<(at: UTCInstant, entries: [AlarmBook.Entry])?>(nil)
    private static let judgedLasts = Duration.seconds(5)
    private let writing = Mutex<ConsoleDesk?>(nil)

    init(settingsFile: String, isTraining: Bool) throws {
        let assembly = try Assembly(settingsFile: settingsFile)
        name = assembly.settings.shop
        zone = TimeZone(identifier: assembly.settings.timeZone) ?? .gmt
        self.settingsFile = settingsFile
        self.isTraining = isTraining
        known = Mutex(Known(assembly: assembly, words: try ValueWords(assembly), modified: Self.modified(settingsFile)))
    }

    private static func modified(_ path: String) -> Date? {
        try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    }

    /// As the settings are now. A file with mistakes changes nothing: the one before stays in use, as in `serve`.
    private var present: Known {
        known.withLock { known in
            let modified = Self.modified(settingsFile)
            guard modified != known.modified else { return known }
            known.modified = modified
            if let assembly = try? Assembly(settingsFile: settingsFile), let words = try? ValueWords(assembly), assembly.settings.shop == name {
                known.assembly = assembly
                known.words = words
            }
            return known
        }
    }

    func window() throws -> LedgerWindow {
        try opened.withLock { window in
            if let window { return window }
            let fresh = try LedgerWindow(path: LedgerPlace(folder: present.assembly.settings.stateFolder).path)
            window = fresh
            return fresh
        }
    }

    func flows(at now: UTCInstant) throws -> [ShopFlow] {
        let assembly = present.assembly
        return try assembly.settings.flowNames.map { name in
            let schedule = assembly.settings.service.watch.flows.first { $0.name == name }?.schedule
            return ShopFlow(
                name: name, isOutbound: try assembly.isOutbound(name), next: schedule?.next(after: now), schedule: schedule?.text,
                closedUntil: assembly.settings.service.plan.maintenance.end(for: name, at: now))
        }
    }

    func alarms(_ reader: LedgerReader, at now: UTCInstant) throws -> [AlarmBook.Entry] {
        if let known = judged.withLock({ $0 }), known.at <= now, now.since(known.at) < Self.judgedLasts { return known.entries }
        let assembly = present.assembly
        let entries = try AlarmDesk.view(assembly.watchPlan(reader, at: now), reader, disk: DiskSpace.of(assembly.settings.stateFolder), at: now)
        judged.withLock { $0 = (now, entries) }
        return entries
    }

    func describe(_ value: EncodedValue, entity: String) -> String { present.words.describe(value, entity: entity) }

    func isPersonal(_ entity: String) -> Bool { EntityCatalogue.isPersonal(entity) }

    func noun(_ entity: String) -> String { KeyNoun.of(entity).one }

    func explain(_ key: RecordKey, _ reader: LedgerReader) throws -> [ExplanationView] {
        let assembly = present.assembly
        let explainer = Explainer(reader, spool: try assembly.spool())
        return try assembly.definitions().map { assembly.view(try explainer.explain(key, entity: $0)) }
    }

    func journey(of key: RecordKey, _ reader: LedgerReader) throws -> [OrderView] {
        let assembly = present.assembly
        return try Explainer(reader, spool: try assembly.spool()).explain(document: key).map { assembly.view($0) }
    }

    func bench(for error: QueuedError, _ reader: LedgerReader) throws -> RecordBench? {
        let assembly = present.assembly
        guard let run = try reader.run(error.run), let delivery = try run.delivery.flatMap({ try reader.delivery($0) }),
            let flow = try? assembly.settings.flow(error.flow), flow["push"] == nil, let profile = try? assembly.profile(of: flow)
        else { return nil }
        return RecordBench(
            error, of: delivery, in: try assembly.spool(), profile, timeZone: flow.text("timezone") ?? assembly.settings.timeZone)
    }

    func benches(for errors: [QueuedError], of flow: String, _ reader: LedgerReader) throws -> [(error: QueuedError, bench: RecordBench)] {
        let assembly = present.assembly
        guard let node = try? assembly.settings.flow(flow), node["push"] == nil, let profile = try? assembly.profile(of: node) else { return [] }
        let benches = RecordBenches(in: try assembly.spool(), profile, timeZone: node.text("timezone") ?? assembly.settings.timeZone)
        return try errors.compactMap { error in
            guard let delivery = try reader.run(error.run)?.delivery.flatMap({ try reader.delivery($0) }),
                let bench = benches.bench(error, of: delivery)
            else { return nil }
            return (error, bench)
        }
    }

    func fingerprint(of flow: String) throws -> String? { try present.assembly.fingerprint(of: flow) }

    func flow(carrying entity: String) -> String? {
        let settings = present.assembly.settings
        return settings.flowNames.first { name in (try? settings.flow(name))?[entity] != nil }
    }

    func isOutbound(_ flow: String) throws -> Bool { try present.assembly.isOutbound(flow) }

    func previewUndo(of run: Int64, _ reader: LedgerReader, _ visit: (UndoStep) throws -> Void) throws {
        try OperatorDesk.previewRollback(run, entities: nil, definitions: present.words.all, reader, visit)
    }

    func tellsOfPeople(_ flow: String) throws -> Bool {
        let assembly = present.assembly
        // A flow that the settings have no more may have been of anything.
        guard assembly.settings.flowNames.contains(flow) else { return true }
        return try assembly.isOutbound(flow) || assembly.entities(of: assembly.settings.flow(flow)).contains { isPersonal($0.definition.name) }
    }

    func content(of hash: ContentHash) throws -> String { try present.assembly.spool().provenPath(of: hash) }

    func receive(file path: String) async throws -> ReceivedFile {
        let spooled = try await LocalFile(path: path).spool(into: present.assembly.spool()).spooled
        return ReceivedFile(hash: spooled.hash, size: spooled.size)
    }

    func settings() throws -> [SettingLine] {
        let assembly = present.assembly
        let secrets = Set(
            SecretReferences.all(in: assembly.settings.root).map { "\($0.location.file):\($0.location.line ?? 0):\($0.location.column ?? 0)" })
        var lines: [SettingLine] = []
        func add(_ node: SettingNode, _ path: String) {
            let place = "\((node.location.file as NSString).lastPathComponent):\(node.location.line ?? 0)"
            if secrets.contains("\(node.location.file):\(node.location.line ?? 0):\(node.location.column ?? 0)"), !path.isEmpty, node.list == nil {
                return lines.append(SettingLine(path: path, value: nil, place: place))
            }
            switch node.value {
            case .scalar(let text): lines.append(SettingLine(path: path, value: text, place: place))
            case .null: lines.append(SettingLine(path: path, value: "", place: place))
            case .list(let nodes): for (index, node) in nodes.enumerated() { add(node, "\(path)[\(index + 1)]") }
            case .map(let pairs): for (key, node) in pairs { add(node, path.isEmpty ? key : "\(path).\(key)") }
            }
        }
        add(assembly.settings.root, "")
        return lines
    }

    func report(weekly: Bool, through day: CivilDate?, at now: UTCInstant, _ reader: LedgerReader) throws -> ShopReport {
        let assembly = present.assembly
        let kind: ReportPeriod.Kind = weekly ? .weekly : .daily
        let latest = ReportPeriod(kind, before: now, zone: assembly.zone)
        let last = day.map { weekly ? $0.adding(days: (7 - $0.weekday.rawValue) % 7) : $0 } ?? latest.last
        let report = try PeriodReport(ReportPeriod(kind, through: last, zone: assembly.zone), try assembly.reportScope(), reader)
        return ShopReport(sheet: PeriodSheet(report, shop: name).sheet, indicators: report.indicators, last: last)
    }

    func indicators(of day: CivilDate, _ reader: LedgerReader) throws -> [Indicator] {
        let assembly = present.assembly
        return try PeriodReport.indicators(ReportPeriod(.daily, through: day, zone: assembly.zone), try assembly.reportScope(), reader)
    }

    /// Opened at the first decision; the console never brings a ledger to another schema.
    func desk() throws -> ConsoleDesk {
        _ = try window()
        return try writing.withLock { desk in
            if let desk { return desk }
            let assembly = present.assembly
            let ledger = try assembly.ledger()
            let mark = LedgerPlace(folder: assembly.settings.stateFolder).ordered
            let fresh = ConsoleDesk(ledger: ledger, desk: assembly.desk(try assembly.runner(ledger))) {
                // What cannot be touched costs nothing but the wait for the next run.
                _ = FileManager.default.createFile(atPath: mark, contents: Data(), attributes: [.posixPermissions: 0o600])
            }
            desk = fresh
            return fresh
        }
    }
}
