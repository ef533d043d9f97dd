import Domain
import Endpoints
import Engine
import Entities
import Formats
import Foundation
import Magento
import MagentoSandbox
import StateStore

/// One machine with its state folder, the ERP's server and the shop. Processes come and go over the same files.
///
/// `@unchecked Sendable`: touched by the holder of the baton alone.
final class SimulatedWorld: @unchecked Sendable {
    let stage: Stage
    let erp: DropFolder
    let shop: SimulatedShop
    let setting: Setting
    let folder: String
    let kit: WorldKit
    private var nextNumber = 0

    init(_ setting: Setting, kit: WorldKit) throws {
        self.setting = setting
        self.kit = kit
        stage = Stage(seed: setting.seed, start: UTCInstant(seconds: 1_795_224_000))
        let account = VersionAccount()
        erp = DropFolder(clock: stage.clock, account: account)
        erp.silence = setting.silence
        shop = SimulatedShop(kit.shop, clock: stage.clock)
        folder = "\(kit.base)/\(setting.seed)"
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: "\(folder)/work", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: "\(folder)/spool", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: kit.emptyLedger, toPath: "\(folder)/ledger.db")
        let spool = "\(folder)/spool"
        account.isHeld = { bytes in
            FileManager.default.fileExists(atPath: "\(spool)/\(FileHash.hex(bytes))")
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Orders that are there from the beginning.
    static let firstOrders = 3
    static func orderNumber(_ number: Int) -> String { "00000000\(number)" }

    var ledgerPath: String { "\(folder)/ledger.db" }

    // MARK: Processes

    /// A new process that runs every flow once, as cron would start it.
    @discardableResult
    func call(faults: Faults = [:]) -> SimulatedProcess {
        let process = newProcess(faults)
        process.start { [self] in await runAll(process) }
        return process
    }

    /// What strikes a process, by the number of the crossing.
    typealias Faults = [Int: @Sendable (SimulatedProcess) throws -> Void]

    func newProcess(_ faults: Faults) -> SimulatedProcess {
        nextNumber += 1
        let process = SimulatedProcess(number: nextNumber, stage: stage)
        for (crossing, fault) in faults { process.faults[crossing] = { [unowned process] in try fault(process) } }
        stage.add(process)
        return process
    }

    func openLedger(_ process: SimulatedProcess) throws -> Ledger {
        try Ledger(path: ledgerPath, boundary: Boundary { name, moment in try process.cross(name, moment) })
    }

    func runner(_ ledger: Ledger, _ process: SimulatedProcess) throws -> FlowRunner {
        FlowRunner(
            ledger: ledger, spool: try Spool(folder: "\(folder)/spool", timeline: process.timeline), workFolder: "\(folder)/work",
            timeline: process.timeline, holder: holder(process))
    }

    private func runAll(_ process: SimulatedProcess) async {
        do {
            let ledger = try openLedger(process)
            let runner = try runner(ledger, process)
            for name in setting.flows {
                await carryOutOrders(of: name, runner, ledger, process)
                await run(name, runner, ledger, process)
            }
            try AlarmDesk(ledger: ledger, timeline: process.timeline).look(
                WatchPlan(flows: setting.flows.map { WatchPlan.WatchedFlow(name: $0.rawValue, endpoint: "erp") }))
        } catch {}
    }

    func run(_ kind: FlowKind, _ runner: FlowRunner, _ ledger: Ledger, _ process: SimulatedProcess) async {
        let board = SignalBoard(timeline: process.timeline)
        var met: Diagnostic?
        do {
            let report =
                kind == .orders
                ? try await runner.run(try outbound(process), cause: "schedule")
                : try await runner.run(try inbound(kind, process), cause: "schedule")
            met = report.trouble ?? report.runs.compactMap(\.trouble).first
        } catch let diagnostic as Diagnostic {
            met = diagnostic
        } catch { return }
        try? runner.note(met, of: kind.rawValue, board)
        try? runner.expire(try Retention(nil))
    }

    /// Processes know each other by number, where they can see each other.
    private func holder(_ process: SimulatedProcess) -> LeaseHolder {
        let stage = stage
        let sees = setting.processesSeeEachOther
        var holder = LeaseHolder(name: "\(process.number)", clock: "the machine") { row in
            guard sees else { return .unseen }
            guard let other = stage.processes.first(where: { "\($0.number)" == row.holder }) else { return .dead }
            return other.isDead || other.isOver ? .dead : .alive
        }
        holder.pulse = process.pulse
        return holder
    }

    // MARK: Flows

    /// Waits for a person where most of a file is zero.
    private static let watchful: Gates = {
        var gates = Gates.open
        gates.toZero = 10
        gates.least = 1
        return gates
    }()

    private func client(_ process: SimulatedProcess) -> MagentoClient {
        let policy = RetryPolicy()
        let gated = ThrottleGate(
            AdmissionTransport(ShopLine(shop: shop, process: process), limit: 4), longest: policy.longestRetryAfter, timeline: process.timeline)
        let calls = setting.callsInFlight
        return MagentoClient(
            transport: CredentialLatch(RetryingTransport(gated, policy: policy, timeline: process.timeline)),
            // Each product has a call of its own where several may be in flight.
            pace: ShopPace(concurrency: calls, batch: calls > 1 ? 1 : 1000) { calls })
    }

    func inbound(_ kind: FlowKind, _ process: SimulatedProcess) throws -> Flow {
        let client = client(process)
        let entity: FlowEntity
        switch kind {
        case .stock, .delta:
            let definition = StockDefinition(warehouses: .sources(["LDS": "main"], ignored: []))
            entity = FlowEntity(
                definition: definition, applier: SourceItemsApplier(client: client, sources: ["main"], timeline: process.timeline),
                gates: setting.people == .operators ? Self.watchful : .open)
        case .despatches, .credits:
            var rules = SalesEventRules(kind: kind == .despatches ? .despatches : .credits)
            rules.source = kind == .despatches ? "main" : nil
            rules.letters = kind == .despatches ? .send : .none
            entity = FlowEntity(
                definition: SalesEventDefinition(rules), applier: SalesEventApplier(client: client, rules: rules, timeline: process.timeline),
                gates: .open)
        case .orders: preconditionFailure("orders go out")
        }
        let endings = kind == .despatches || kind == .credits ? "*.xml" : "*.csv"
        let pull = Pull(
            endpoint: DropEndpoint(folder: erp, process: process), folder: kind.folder,
            selection: FileSelection(patterns: [GlobPattern(endings)], doneFile: setting.announces ? DoneFileName("${name}.done") : nil),
            settle: setting.announces ? .announced(by: DoneFileName("${name}.done")!) : setting.settles ? .unchanged(for: .seconds(30)) : .atOnce,
            after: setting.after)
        return Flow(
            name: kind.rawValue, pull: pull, profile: kit.profile(kind, isAnnounced: setting.announces), entities: [entity],
            mode: kind == .delta ? .delta : .full,
            timeZone: "Europe/London", fingerprint: "1")
    }

    func outbound(_ process: SimulatedProcess) throws -> OutboundFlow {
        let trigger = OrderTrigger(moments: kit.orderSettings.moments, start: UTCInstant(seconds: 0))
        let client = client(process)
        return OutboundFlow(
            name: "orders",
            push: Push(
                endpoint: DropEndpoint(folder: erp, process: process), folder: "in", name: ConsignmentName("ORD_{batch}.csv")!, batch: 2,
                acknowledgement: setting.confirmsByTaking ? Acknowledgement(proof: .gone, within: .seconds(3600)) : nil),
            profile: kit.orderProfile, source: OrderSource(client: client, trigger: trigger, settings: kit.orderSettings),
            maker: OrderMaker(kit.orderSettings), timeZone: "Europe/London")
    }
}

/// What all histories share: made once, because it costs more than a history.
struct WorldKit: Sendable {
    let base: String
    let emptyLedger: String
    let shop: ShopState
    let orderProfile: OutputProfile
    let orderSettings: OrderSettings
    private let profiles: [FlowKind: Profile]
    private let announced: [FlowKind: Profile]

    static let skus = ["A", "B", "C", "D"]

    init(project: String, base: String) throws {
        self.base = base
        try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: true)
        emptyLedger = "\(base)/empty.db"
        do {
            let made = try Ledger(path: "\(base)/made.db")
            try? FileManager.default.removeItem(atPath: emptyLedger)
            try made.backUp(to: emptyLedger)
        }
        profiles = try Self.profiles(project: project, base: base, name: "simulated") { _ in }
        announced = try Self.profiles(project: project, base: base, name: "announced") { profile in
            profile["complete"] = ["done_file": "${name}.done", "done_count": "records={count}"]
        }
        orderProfile = try OutputProfile.load("generic/orders", from: "\(project)/Schemas/profiles")
        orderSettings = try OrderSettings(select: Self.node(["states": Self.node(["*": "new"])]), orders: nil) { _, _ in "" }
        shop = try Self.stockedShop()
    }

    /// The shipped layouts with what these histories need, and the stock's once more for files that list what has changed.
    private static func profiles(
        project: String, base: String, name: String, edit: (inout [String: Any]) -> Void
    ) throws -> [FlowKind: Profile] {
        let layouts: [(FlowKind, String)] = [
            (.stock, "stock"), (.delta, "stock"), (.despatches, "despatches-xml"), (.credits, "credits-xml"),
        ]
        let folder = "\(base)/profiles"
        // Schemas lie beside profiles.
        try? FileManager.default.createSymbolicLink(atPath: "\(base)/xsd", withDestinationPath: "\(project)/Schemas/xsd")
        try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        var profiles: [FlowKind: Profile] = [:]
        for (kind, layout) in layouts {
            let target = "\(folder)/\(name)/\(kind.rawValue)"
            try FileManager.default.copyItem(atPath: "\(project)/Schemas/profiles/generic/\(layout)", toPath: target)
            let file = URL(fileURLWithPath: "\(target)/profile.json")
            guard var profile = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] else { continue }
            if kind == .delta { profile["mode"] = "delta" }
            edit(&profile)
            try JSONSerialization.data(withJSONObject: profile).write(to: file)
            profiles[kind] = try ProfileCatalogue(folder: folder).profile(named: "\(name)/\(kind.rawValue)")
        }
        return profiles
    }

    private static func node(_ text: String) -> SettingNode { SettingNode(.scalar(text), at: .init(file: "simulation")) }
    private static func node(_ map: [String: SettingNode]) -> SettingNode {
        SettingNode(.map(map.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }), at: .init(file: "simulation"))
    }
    private static func node(_ map: [String: String]) -> SettingNode { node(map.mapValues { node($0) }) }

    /// The layout of the flow's files; where they are announced, with the count in their done files.
    func profile(_ kind: FlowKind, isAnnounced: Bool) -> Profile { (isAnnounced ? announced : profiles)[kind]! }

    private static func stockedShop() throws -> ShopState {
        var state = ShopState.empty
        for sku in skus {
            state.catalogue.add(sku: sku, price: Money(pence: 1000))
            state.sourceItems.upsert(sku: sku, source: "main", quantity: Quantity(1000), isInStock: true)
        }
        return state
    }
}
