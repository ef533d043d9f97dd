import Domain
import Endpoints
import Entities
import Formats
import Foundation
import StateStore
import TestKit
import Testing

@testable import Engine

/// An installation with several flows that is served by the clock: the code of `serve` without its loop, so that a month takes
/// seconds. Each flow has a folder of its own below `erp`.
final class ServedWorld {
    static let zone = try! ZoneTable("Europe/London")
    static let trading = OpeningHours(
        name: "trading-hours", zone: zone, weekdays: [.monday, .tuesday, .wednesday, .thursday, .friday], hours: [540..<1050]
    )

    let folder: String
    let clock: ManualTimeline
    let shop = FakeShop()
    let ledger: Ledger
    let runner: FlowRunner
    let board: SignalBoard
    let desk: AlarmDesk
    let jobs: [Job]
    var watch: WatchPlan
    private(set) var core: ServiceCore
    private(set) var started: [SlotStart] = []
    private let flows: [String: Flow]

    init(jobs: [Job], watch: WatchPlan, from start: UTCInstant) throws {
        let base = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
        folder = "\(base)/tallyman-served-\(UUID().uuidString)"
        for name in jobs.map({ "erp/\($0.flow)" }) + ["state/work"] {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
        clock = ManualTimeline(now: start)
        self.jobs = jobs
        self.watch = watch
        let timeline = clock.timeline
        ledger = try Ledger(path: "\(folder)/state/ledger.db")
        runner = FlowRunner(
            ledger: ledger, spool: try Spool(folder: "\(folder)/state/spool", timeline: timeline), workFolder: "\(folder)/state/work",
            timeline: timeline, holder: LeaseHolder(name: "flow", isAlive: { _ in false })
        )
        board = SignalBoard(timeline: timeline)
        desk = AlarmDesk(ledger: ledger, timeline: timeline)
        core = try Self.core(ledger, timeline, jobs)
        let profile = try ProfileCatalogue(folder: "\(World.projectFolder)/Schemas/profiles").profile(named: "generic/stock")
        let endpoint = LocalDirectoryEndpoint(name: "erp", settings: LocalSettings(root: "\(folder)/erp"))
        flows = [String: Flow](
            uniqueKeysWithValues: jobs.map { [shop] job in
                let definition = StockDefinition(
                    warehouses: .sources(["LDS": "main", "NCL": "north"], ignored: []),
                    buffers: BufferPolicy(standard: .init(buffer: .none)), missing: .unchanged, duplicates: .reject
                )
                return (
                    job.flow,
                    Flow(
                        name: job.flow,
                        pull: Pull(
                            endpoint: endpoint, folder: job.flow, selection: FileSelection(patterns: [GlobPattern("*.csv")], doneFile: nil),
                            settle: .atOnce, after: .delete
                        ),
                        profile: profile, entities: [FlowEntity(definition: definition, applier: shop, gates: .open)], mode: .full,
                        timeZone: "Europe/London", fingerprint: "1"
                    )
                )
            }
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var now: UTCInstant { clock.timeline.now() }

    private struct IsBusy: Error {}

    private static func core(_ ledger: Ledger, _ timeline: Timeline, _ jobs: [Job]) throws -> ServiceCore {
        let request = LeaseRequest(
            flow: ServiceCore.leaseName, holder: timeline.randomHex(byteCount: 4), clock: "one", terms: LeaseTerms()
        ) { _ in .dead }
        guard case .taken(let lease) = try ledger.takeLease(request, timeline: timeline) else { throw IsBusy() }
        return try ServiceCore(ledger: ledger, timeline: timeline, lease: lease, plan: ServicePlan(jobs: jobs))
    }

    /// The process is gone and another one starts.
    func restart() throws { core = try Self.core(ledger, clock.timeline, jobs) }

    /// One look of `serve`: what is due is started and carried out. `dies` says before which start the process is killed.
    func look(diesBefore dies: (SlotStart) -> Bool = { _ in false }) async throws {
        try core.beat()
        var starts = try core.tick()
        while !starts.isEmpty {
            let start = starts.removeFirst()
            started.append(start)
            if dies(start) {
                try restart()
                starts = try core.tick()
                continue
            }
            starts += try core.finished(start, try await carryOut(start))
        }
    }

    private func carryOut(_ start: SlotStart) async throws -> SlotResult {
        let flow = try #require(flows[start.flow])
        do {
            let report = try await runner.run(flow, cause: "schedule")
            let trouble = report.trouble ?? report.runs.compactMap(\.trouble).first
            try runner.note(trouble, of: start.flow, board)
            return SlotResult(trouble == nil ? .done : .later, report.runs.map { "\($0.run.id)" }.joined(separator: " "))
        } catch let diagnostic as Diagnostic {
            try runner.note(diagnostic, of: start.flow, board)
            return SlotResult(diagnostic.kind == .permanent ? .failed : .later, diagnostic.code)
        }
    }

    /// The ERP writes a file for a flow.
    func drop(_ flow: String, _ lines: [String]) throws {
        let path = "\(folder)/erp/\(flow)/\(now.milliseconds).csv"
        try Data(World.file(lines)).write(to: URL(fileURLWithPath: path))
        let date = Date(timeIntervalSince1970: Double(now.milliseconds / 1000))
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
    }

    /// Descriptors that are open on the installation's files.
    var descriptors: Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.count { name in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)"))?.hasPrefix(folder) ?? false
        }
    }

    /// `opened FILE-OVERDUE fast`, oldest first.
    func notices() throws -> [String] {
        try ledger.read { try $0.recentNotices(limit: 10_000) }.reversed().map {
            "\($0.telling.rawValue) \($0.key.code.rawValue) \($0.key.subject)"
        }
    }
}
