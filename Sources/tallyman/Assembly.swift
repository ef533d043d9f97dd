import Crypto
import Domain
import Endpoints
import Engine
import Entities
import Formats
import Foundation
import Magento
import StateStore

/// The composition root: the one place that names concrete types and hands out the machine's clock and chance.
struct Assembly {
    let settings: Settings
    let secrets: SecretStore
    let timeline: Timeline
    let boundary: Boundary

    init(settingsFile: String, timeline: Timeline = .system) throws {
        let environment = ProcessInfo.processInfo.environment
        settings = try Settings(path: settingsFile, environment: environment)
        secrets = SecretStore(environment: environment, settingsFile: settingsFile)
        self.timeline = timeline
        boundary = Boundary.fromEnvironment(environment)
    }

    // MARK: The state folder

    func ledger() throws -> Ledger {
        try prepareFolder(settings.stateFolder)
        return try Ledger(path: "\(settings.stateFolder)/ledger.db", boundary: boundary)
    }

    func runner(_ ledger: Ledger) throws -> FlowRunner {
        let work = "\(settings.stateFolder)/work"
        try prepareFolder(work)
        return FlowRunner(
            ledger: ledger, spool: try spool(), workFolder: work, timeline: timeline, holder: .thisProcess(timeline)
        )
    }

    func spool() throws -> Spool { try Spool(folder: "\(settings.stateFolder)/spool", timeline: timeline) }

    func desk(_ runner: FlowRunner) -> OperatorDesk {
        OperatorDesk(runner: runner) { text in ContentHash(digest: SHA256.hash(data: Data(text.utf8))) }
    }

    private func prepareFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw Diagnostic(
                "STATE-FOLDER", "the state folder cannot be made", at: .init(file: path),
                hint: "make it, owned by the user that runs tallyman, with mode 0700"
            )
        }
    }

    // MARK: Flows

    func endpoint(_ name: String) throws -> any Endpoint {
        guard let node = settings.root["endpoints"]?[name] else {
            throw Diagnostic("ENDPOINT-UNKNOWN", "there is no endpoint \(Escaped(name))", hint: "name it under endpoints")
        }
        if let sftp = node["sftp"] {
            let settings = try SFTPSettings(sftp, secrets: secrets.secret)
            let endpoint = SFTPEndpoint(name: name, settings: settings, timeline: timeline)
            return watched(RetryingEndpoint(endpoint, timeline: timeline))
        }
        guard let local = node["local"] else {
            throw node.invalid("is neither sftp nor local", hint: "write sftp: {…} or local: {root: /srv/erp}")
        }
        return watched(LocalDirectoryEndpoint(name: name, settings: try LocalSettings(local)))
    }

    func profile(of flow: SettingNode) throws -> Profile {
        try ProfileCatalogue(folder: settings.profileFolder).profile(named: try flow.requiredText("profile"))
    }

    /// Runs `body` with a connection to the shop.
    func withShop<Result>(_ body: (MagentoClient) async throws -> Result) async throws -> Result {
        guard let node = settings.root["magento"] else {
            throw Diagnostic("SETTINGS-MISSING", "magento is missing", hint: "add magento: {url: …}")
        }
        let shop = try MagentoSettings(node, secrets: secrets.secret)
        return try await MagentoClient.withClient(shop, timeline: timeline, body)
    }

    func flow(_ name: String, _ client: MagentoClient) throws -> Flow {
        let node = try settings.flow(name)
        guard let pullNode = node["pull"] else { throw node.invalid("has no pull", hint: "add pull: {…}") }
        let profile = try profile(of: node)
        let pull = try Pull(pullNode, endpoint: try endpoint(try pullNode.requiredText("endpoint")))
        return Flow(
            name: name, pull: pull, profile: profile, entities: [try stock(node, profile, client)],
            mode: try node.choice("mode", default: .full), timeZone: node.text("timezone") ?? settings.timeZone,
            approval: try node.choice("approve", default: .automatic), fingerprint: try fingerprint(of: node, profile)
        )
    }

    /// The settings' definition of stock, with or without a shop to apply to.
    func stockDefinition(_ flow: SettingNode, _ profile: Profile) throws -> (StockDefinition, StockSettings) {
        guard let node = flow["stock"] else { throw flow.invalid("has no stock", hint: "add stock: {warehouses: …}") }
        let stock = try StockSettings(node)
        var buffers = BufferPolicy(standard: stock.standardRule)
        if let file = stock.overridesFile {
            buffers = try BufferOverrides.load(
                Settings.absolute(file, beside: settings.path), profiles: settings.profileFolder, standard: stock.standardRule
            )
        }
        let definition = StockDefinition(
            warehouses: stock.warehouses, buffers: buffers, missing: stock.missing,
            duplicates: StockDefinition.DuplicatePolicy(rawValue: profile.duplicateKeys.rawValue) ?? .reject
        )
        return (definition, stock)
    }

    func stockDefinition(flow name: String) throws -> StockDefinition {
        let flow = try settings.flow(name)
        return try stockDefinition(flow, try profile(of: flow)).0
    }

    private func stock(_ flow: SettingNode, _ profile: Profile, _ client: MagentoClient) throws -> FlowEntity {
        let (definition, stock) = try stockDefinition(flow, profile)
        var gates = try Gates(flow["gates"])
        gates.missing = stock.missing == .hold ? .hold : .allow
        return FlowEntity(
            definition: definition, applier: applier(of: stock, client), gates: gates
        )
    }

    private func applier(of stock: StockSettings, _ client: MagentoClient) -> any ChangeApplier {
        let applier: any ChangeApplier =
            switch stock.api {
            case .sourceItems: SourceItemsApplier(client: client, sources: stock.warehouses.sources, timeline: timeline)
            case .stockItems: StockItemsApplier(client: client, concurrency: 2)
            }
        return watched(applier)
    }

    /// Changes with everything that turns the same bytes into other values.
    private func fingerprint(of flow: SettingNode, _ profile: Profile) throws -> String {
        var text = "\(profile.name) \(profile.version) \(flow["stock"].map(Self.canonical) ?? "")"
        if let file = try stockDefinition(flow, profile).1.overridesFile {
            let path = Settings.absolute(file, beside: settings.path)
            text += Hex.string(SHA256.hash(data: FileManager.default.contents(atPath: path) ?? Data()))
        }
        return ContentHash(digest: SHA256.hash(data: Data(text.utf8))).short
    }

    private static func canonical(_ node: SettingNode) -> String {
        switch node.value {
        case .scalar(let text): text
        case .null: "~"
        case .list(let nodes): "[" + nodes.map(canonical).joined(separator: ",") + "]"
        case .map(let pairs):
            "{" + pairs.sorted { $0.key < $1.key }.map { "\($0.key):\(canonical($0.node))" }.joined(separator: ",") + "}"
        }
    }
}
