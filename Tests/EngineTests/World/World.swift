import Domain
import Endpoints
import Entities
import Formats
import Foundation
import StateStore
import TestKit

@testable import Engine

/// An ERP's folder, a ledger and a shop, small enough to be made anew for every case.
///
/// Each call of `run` builds the whole object graph again over the same files, as a new process would.
final class World: Sendable {
    /// In memory where the machine offers it: these tests commit thousands of times.
    let folder: String
    let clock = ManualTimeline()
    let shop: FakeShop
    /// Where the files are, where they are not in a folder of this machine.
    private let remote: (endpoint: any Endpoint, home: String, folder: String)?

    init(shop: FakeShop = FakeShop(), remote: (endpoint: any Endpoint, home: String, folder: String)? = nil) {
        self.shop = shop
        self.remote = remote
        let base = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
        folder = "\(base)/tallyman-engine-\(UUID().uuidString)"
        for name in ["erp/out", "state/work"] {
            try? FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// The ERP's folder as this machine sees it.
    var erp: String { remote.map { "\($0.home)/\($0.folder)" } ?? "\(folder)/erp" }
    /// The archive as the settings name it.
    var archive: String { remote.map { "\($0.folder)/archive" } ?? "archive" }

    /// Its files at a server; on this machine where that is `nil`.
    static func at(_ server: SSHServer?) async throws -> World {
        guard let server else { return World() }
        guard let key = HostKeyFingerprint(try server.hostKeys[0].fingerprint()) else { throw Diagnostic("TEST", "no key", fix: "") }
        let settings = SFTPSettings(
            host: "127.0.0.1", port: server.port, user: server.user,
            authentication: .key(Secret(server.keys.ed25519.privateText), passphrase: nil), hostKeys: .pinned([key]))
        let endpoint = SFTPEndpoint(name: "erp", settings: settings, timeline: .system)
        let name = "world-\(UUID().uuidString)"
        try await endpoint.withSession { try $0.makeFolder("\(name)/out") }
        return World(remote: (endpoint, server.home.path, name))
    }

    func emptyArchive() {
        for name in names(in: "archive") { try? FileManager.default.removeItem(atPath: "\(erp)/archive/\(name)") }
    }

    /// What a test may turn.
    struct Knobs {
        var profile = "generic/stock"
        var mode = FileMode.full
        var gates = Gates()
        var missing = StockDefinition.MissingPolicy.unchanged
        var duplicates: StockDefinition.DuplicatePolicy?
        var warehouses = WarehouseMap.sources(["LDS": "main", "NCL": "north"], ignored: ["TRADE"])
        var buffer = SafetyBuffer.none
        var settle = SettlePolicy.atOnce
        var after = AfterReading.move(folder: "archive", naming: .stamped)
        var doneFile: DoneFileName?
        var manifest: ManifestRule?
        var flowName = "stock"
        var emptyFile = Flow.EmptyFile.error
        var files = "*.csv"
        /// What the profile says of a count in the done file.
        var doneCount: String?
        var approval = Flow.Approval.automatic
        var fingerprint = "1"
    }

    static let projectFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    func flow(_ knobs: Knobs, boundary: Boundary = .open) throws -> Flow {
        let profile = try knobs.doneCount.map { try countedProfile($0) } ?? profile(knobs.profile)
        let definition = StockDefinition(
            warehouses: knobs.warehouses, buffers: BufferPolicy(standard: .init(buffer: knobs.buffer)),
            missing: knobs.missing,
            duplicates: knobs.duplicates ?? profile.statedDuplicateKeys.flatMap { .init(rawValue: $0.rawValue) } ?? .reject
        )
        let endpoint = WatchedEndpoint(
            remote?.endpoint ?? LocalDirectoryEndpoint(name: "erp", settings: LocalSettings(root: "\(folder)/erp")), boundary: boundary
        )
        var selection = FileSelection(patterns: [GlobPattern(knobs.files)], doneFile: knobs.doneFile)
        selection.manifest = knobs.manifest
        var gates = knobs.gates
        gates.missing = knobs.missing == .hold ? .hold : .allow
        var flow = Flow(
            name: knobs.flowName,
            pull: Pull(
                endpoint: endpoint, folder: remote.map { "\($0.folder)/out" } ?? "out", selection: selection, settle: knobs.settle, after: knobs.after
            ),
            profile: profile,
            entities: [
                FlowEntity(definition: definition, applier: WatchedApplier(shop, boundary: boundary), gates: gates)
            ],
            mode: knobs.mode, timeZone: "Europe/London", approval: knobs.approval, fingerprint: knobs.fingerprint
        )
        flow.emptyFile = knobs.emptyFile
        return flow
    }

    /// Stock as `generic/stock` has it, in files of changes.
    static let deltaProfile = "test/delta"

    /// Stock as `generic/stock` has it, in files whose names end with a number.
    static let numberedProfile = "test/numbered"
    static let numberedDeltaProfile = "test/numbered-delta"

    /// Stock as `generic/stock` has it, whose last column is the day from which the goods can be sold.
    static let datedProfile = "test/dated"

    /// Stock as `generic/stock` has it, each row of which says when it was true.
    static let rowDatedProfile = "test/row-dated"

    private func profile(_ name: String) throws -> Profile {
        let shipped = "\(Self.projectFolder)/Schemas/profiles"
        switch name {
        case Self.deltaProfile: return try profile(name) { $0.replacing("\"mode\": \"full\"", with: "\"mode\": \"delta\"") }
        case Self.numberedProfile, Self.numberedDeltaProfile:
            let numbered = "\"sequence\": {\"source\": \"file_name\", \"pattern\": \"*_{sequence}.csv\"}, \"event_time\""
            let mode = name == Self.numberedDeltaProfile ? "delta" : "full"
            return try profile(name) {
                $0.replacing("\"event_time\"", with: numbered).replacing("\"mode\": \"full\"", with: "\"mode\": \"\(mode)\"")
            }
        case Self.datedProfile:
            return try profile(name) {
                $0.replacing("\"sku\": {\"column\"", with: "\"available_from\": {\"column\": \"updated\"}, \"sku\": {\"column\"")
            }
        case Self.rowDatedProfile:
            return try profile(name) { $0.replacing("{\"source\": \"modified\"}", with: "{\"source\": \"column\", \"column\": \"updated\"}") }
        default: return try ProfileCatalogue(folder: shipped).profile(named: name)
        }
    }

    /// Stock as `generic/stock` has it, announced by done files that state the count of records this way.
    private func countedProfile(_ count: String) throws -> Profile {
        try profile("test/counted") {
            $0.replacing("\"final_line_end\": true", with: "\"done_file\": \"${name}.done\", \"done_count\": \"\(count)\"")
        }
    }

    private func profile(_ name: String, edit: (String) -> String) throws -> Profile {
        let shipped = "\(Self.projectFolder)/Schemas/profiles"
        let own = "\(folder)/profiles/\(name)"
        try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
        for file in ["profile", "schema", "dialect"] {
            let text = try String(contentsOfFile: "\(shipped)/generic/stock/\(file).json", encoding: .utf8)
            try edit(text).write(toFile: "\(own)/\(file).json", atomically: true, encoding: .utf8)
        }
        return try ProfileCatalogue(folder: "\(folder)/profiles").profile(named: name)
    }

    func ledger(boundary: Boundary = .open) throws -> Ledger {
        try Ledger(path: "\(folder)/state/ledger.db", boundary: boundary)
    }

    func runner(_ ledger: Ledger, isAlive: Bool = false) throws -> FlowRunner {
        FlowRunner(
            ledger: ledger, spool: try Spool(folder: "\(folder)/state/spool", timeline: clock.timeline),
            workFolder: "\(folder)/state/work", timeline: clock.timeline,
            holder: LeaseHolder(name: "test", isAlive: { _ in isAlive })
        )
    }

    @discardableResult
    func run(_ knobs: Knobs = Knobs(), boundary: Boundary = .open) async throws -> FlowReport {
        try await runner(ledger(boundary: boundary)).run(flow(knobs, boundary: boundary), cause: "schedule")
    }

    /// - Parameter isAlive: what this process takes others for that hold something.
    func desk(isAlive: Bool = false) throws -> OperatorDesk {
        OperatorDesk(runner: try runner(ledger(), isAlive: isAlive)) { text in
            ContentHash(hex: String(repeating: Hex.string([UInt8(text.utf8.count & 255)]), count: 32))
                ?? ContentHash(digest: [])
        }
    }

    // MARK: The ERP

    static let header = "sku,description,warehouse,on_hand,allocated,on_order,unit_price,updated"

    /// One line of the generic layout.
    static func line(_ sku: String, _ onHand: String, allocated: String = "0", warehouse: String = "LDS") -> String {
        "\(sku),thing,\(warehouse),\(onHand),\(allocated),0,1.00,21/11/2026 06:00"
    }

    static func file(_ lines: [String]) -> [UInt8] {
        Array(([header] + lines).map { $0 + "\r\n" }.joined().utf8)
    }

    /// The ERP writes a file. Each drop is a minute later than the one before, unless `at` says when.
    func drop(_ name: String, _ lines: [String], at: UTCInstant? = nil) throws {
        try drop(name, bytes: Self.file(lines), at: at)
    }

    func drop(_ name: String, bytes: [UInt8], at: UTCInstant? = nil) throws {
        clock.advance(by: .seconds(60))
        let path = "\(erp)/out/\(name)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let modified = at ?? clock.timeline.now()
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: Double(modified.milliseconds / 1000))], ofItemAtPath: path
        )
    }

    /// How many files the spool holds.
    func spooled() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: "\(folder)/state/spool").count }

    func names(in name: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(erp)/\(name)")) ?? []).sorted()
    }

    // MARK: The books

    var unbalanced: [Int64] { get throws { try ledger().read { try $0.unbalancedRuns() } } }

    func mirror(_ sku: String) throws -> MirrorEntry? {
        try ledger().read { try $0.mirror(entity: "stock", key: RecordKey(sku)) }
    }

    func errors() throws -> [QueuedError] { try ledger().read { try $0.errors(limit: 1000) } }
}

extension FlowReport {
    /// The only run's tally.
    var tally: Tally { runs.last?.tallies.first?.tally ?? Tally() }
    var state: Run.State? { runs.last?.run.state }
    var gates: [String] { runs.last?.plans.first?.findings.map(\.gate) ?? [] }
}
