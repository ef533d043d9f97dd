import Domain
import Endpoints
import Engine
import Entities
import Foundation
import Reports
import StateStore
import TestKit
import Testing

@testable import tallyman

/// A folder below `Fixtures/stock`: the ERP's files, the flow's settings, the shop before, and what must come of them.
///
///     input/*          the files, each dropped and run after the other, in the order of their names
///     settings.yaml    what a flow's settings say, without `pull`
///     profiles/        where the case has a layout of its own
///     shop.csv         sku,source,quantity: what the shop holds before; without a source: the product alone
///     expected/*       plan, rejects, report and the shop afterwards; `make golden` writes them
struct GoldenCase: Sendable, CustomTestStringConvertible {
    static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let isWriting = ProcessInfo.processInfo.environment["GOLDEN"] == "write"

    static var all: [GoldenCase] {
        let root = project.appendingPathComponent("Fixtures/stock")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted().map { GoldenCase(folder: root.appendingPathComponent($0)) }
    }

    let folder: URL
    var testDescription: String { folder.lastPathComponent }

    // MARK: What is expected

    func expected() throws -> [String: Data] { try files(in: "expected") }

    func write(_ actual: [String: Data]) throws {
        let target = folder.appendingPathComponent("expected")
        try? FileManager.default.removeItem(at: target)
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        for (name, content) in actual { try content.write(to: target.appendingPathComponent(name)) }
    }

    private func files(in name: String) throws -> [String: Data] {
        let source = folder.appendingPathComponent(name)
        var files: [String: Data] = [:]
        for name in (try? FileManager.default.contentsOfDirectory(atPath: source.path)) ?? [] {
            files[name] = try Data(contentsOf: source.appendingPathComponent(name))
        }
        return files
    }

    // MARK: What happens

    /// Runs the flow once for each input file, over a ledger and a shop of its own.
    func run() async throws -> [String: Data] {
        let base = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
        let work = URL(fileURLWithPath: "\(base)/tallyman-golden-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: work) }
        try FileManager.default.createDirectory(at: work.appendingPathComponent("erp/out"), withIntermediateDirectories: true)
        let clock = ManualTimeline()
        let assembly = try Assembly(settingsFile: try writeSettings(in: work), timeline: clock.timeline)
        let shop = GoldenShop(try shopLines())
        let flow = try flow(assembly, shop)
        let ledger = try assembly.ledger()
        let runner = try assembly.runner(ledger)
        var result: [String: Data] = [:]
        var plan = ""
        var reports: [RunView] = []
        for (name, content) in try files(in: "input").sorted(by: { $0.key < $1.key }) {
            clock.advance(by: .seconds(60))
            let path = work.appendingPathComponent("erp/out/\(name)")
            try content.write(to: path)
            let modified = Date(timeIntervalSince1970: Double(clock.timeline.now().milliseconds / 1000))
            try FileManager.default.setAttributes([.modificationDate: modified], ofItemAtPath: path.path)
            for report in try await runner.run(flow, cause: "schedule").runs {
                reports.append(RunView(report))
                plan += try Self.plan(of: report, ledger, flow.entities[0].definition)
                if let path = try RejectFiles(assembly: assembly, ledger: ledger).write(for: report) {
                    result["rejects-run\(report.run.id).csv"] = try Data(contentsOf: URL(fileURLWithPath: path))
                }
            }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        result["report.json"] = try encoder.encode(reports) + Data("\n".utf8)
        result["plan.txt"] = Data(plan.utf8)
        result["shop.csv"] = Data(await shop.listing.utf8)
        return result
    }

    /// One line a change: records, product, before and after, the sum behind it, and what became of it.
    private static func plan(of report: RunReport, _ ledger: Ledger, _ entity: any EntityDefinition) throws -> String {
        let changes = try ledger.read { try $0.changes(run: report.run.id, limit: 1000) }
        var text = "run \(report.run.id) · \(report.fileName ?? "-") · \(report.run.state.rawValue)\n"
        for planned in changes.sorted(by: { $0.change.key < $1.change.key }) {
            let lines = planned.origins.map { "\($0.line)" }.joined(separator: ", ")
            text += "  \(planned.change.key): \(planned.change.before.map { entity.describe($0) } ?? "nothing")"
            text += " → \(entity.describe(planned.change.after))\n"
            text += "    lines \(lines.isEmpty ? "none" : lines) · \(planned.evidence) · \(planned.outcome.rawValue)\n"
        }
        return text
    }

    private func flow(_ assembly: Assembly, _ shop: GoldenShop) throws -> Flow {
        let node = try assembly.settings.flow("stock")
        let profile = try assembly.profile(of: node)
        let entities = try assembly.entities(of: node).map { entity in
            FlowEntity(definition: entity.definition, applier: shop, gates: try entity.gates(Gates(node["gates"])))
        }
        guard let pull = node["pull"] else { throw node.invalid("has no pull", fix: "the case is broken") }
        return Flow(
            name: "stock", pull: try Pull(pull, endpoint: try assembly.endpoint("erp")), profile: profile,
            entities: entities,
            mode: try node.choice("mode", default: .full), timeZone: "Europe/London", fingerprint: "golden"
        )
    }

    private func writeSettings(in work: URL) throws -> String {
        let own = folder.appendingPathComponent("profiles")
        let profiles = FileManager.default.fileExists(atPath: own.path) ? own : Self.project.appendingPathComponent("Schemas/profiles")
        let fragment = try String(contentsOf: folder.appendingPathComponent("settings.yaml"), encoding: .utf8)
        let text = """
            shop: golden
            state: \(work.path)/state
            profiles: \(profiles.path)
            magento: {url: "https://shop.invalid", bearer: {env: NOT_USED}}
            endpoints: {erp: {local: {root: \(work.path)/erp}}}
            flows:
              stock:
                pull: {endpoint: erp, folder: out, files: ["*"], settle: 0s, then: delete}

            """ + fragment.split(separator: "\n").map { "    \($0)\n" }.joined()
        let path = work.appendingPathComponent("tallyman.yaml")
        try Data(text.utf8).write(to: path)
        let buffers = folder.appendingPathComponent("buffers.csv")
        if FileManager.default.fileExists(atPath: buffers.path) {
            try FileManager.default.copyItem(at: buffers, to: work.appendingPathComponent("buffers.csv"))
        }
        return path.path
    }

    private func shopLines() throws -> [[String]] {
        try String(contentsOf: folder.appendingPathComponent("shop.csv"), encoding: .utf8)
            .split(separator: "\n").dropFirst()
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    }
}

/// A shop in memory: it has the products of `shop.csv` and takes everything for them.
actor GoldenShop: AbsoluteApplier {
    private var values: [RecordKey: StockValue] = [:]

    init(_ lines: [[String]]) {
        var values: [RecordKey: StockValue] = [:]
        for line in lines {
            var levels = values[RecordKey(line[0])]?.levels ?? []
            if line.count > 2, !line[1].isEmpty, let quantity = ExactDecimal(plain: line[2]) {
                levels.append(StockLevel(source: line[1], quantity: quantity, isInStock: true))
            }
            values[RecordKey(line[0])] = StockValue(levels: levels)
        }
        self.values = values
    }

    var listing: String {
        let rows = values.sorted { $0.key < $1.key }.flatMap { key, value in
            value.levels.isEmpty ? ["\(key),,"] : value.levels.map { "\(key),\($0.source),\($0.quantity)" }
        }
        return (["sku,source,quantity"] + rows).map { $0 + "\n" }.joined()
    }

    // MARK: ChangeApplier

    var batchSize: Int { 100 }

    func lookUp(_ keys: [RecordKey]) -> [RecordKey: KeyLookup] {
        var standings: [RecordKey: KeyLookup] = [:]
        for key in keys where values[key] != nil { standings[key] = .known(spelling: key) }
        return standings
    }

    func observe(_ visit: @Sendable ([ObservedValue]) async throws -> Void) async throws {
        try await visit(
            values.filter { !$0.value.levels.isEmpty }.map { ObservedValue(key: $0.key, value: $0.value.encoded) }
        )
    }

    func apply(_ changes: [Change]) throws -> [ChangeAnswer] {
        for change in changes { values[change.key] = StockValue(levels: try StockValue(encoded: change.after).levels) }
        return changes.map { _ in .applied(evidence: "accepted") }
    }

    func readBack(_ changes: [Change]) -> [ObservedValue] {
        changes.compactMap { change in values[change.key].map { ObservedValue(key: change.key, value: $0.encoded) } }
    }
}
