import Crypto
import Domain
import Endpoints
import Engine
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
    /// What runs see of the other sides.
    let board: SignalBoard
    let holder: LeaseHolder

    init(settingsFile: String, timeline: Timeline = .system) throws {
        let environment = ProcessInfo.processInfo.environment
        settings = try Settings(path: settingsFile, environment: environment)
        secrets = SecretStore(environment: environment, settingsFile: settingsFile)
        self.timeline = timeline
        boundary = Boundary.fromEnvironment(environment)
        board = SignalBoard(timeline: timeline)
        var holder = LeaseHolder.thisProcess(timeline)
        holder.terms = Self.leaseTerms(environment)
        holder.isFenced = settings.root.text("failover") == "fenced"
        self.holder = holder
    }

    // MARK: The state folder

    func ledger() throws -> Ledger {
        try prepareStateFolder()
        return try LedgerPlace(folder: settings.stateFolder).open(boundary: boundary)
    }

    func prepareStateFolder() throws { try prepareFolder(settings.stateFolder) }

    /// How long the work of a process that gives no sign of life stays its own. Tests that stop processes cannot wait for long.
    private static func leaseTerms(_ environment: [String: String]) -> LeaseTerms {
        #if DEBUG
        environment["TALLYMAN_LEASE"].flatMap { Duration(setting: $0) }.map { LeaseTerms(length: $0) } ?? LeaseTerms()
        #else
        LeaseTerms()
        #endif
    }

    func runner(_ ledger: Ledger) throws -> FlowRunner {
        let work = "\(settings.stateFolder)/work"
        try prepareFolder(work)
        return FlowRunner(
            ledger: ledger, spool: try spool(), workFolder: work, timeline: timeline, holder: holder
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
                fix: "make it, owned by the user that runs tallyman, with mode 0700"
            )
        }
    }

    // MARK: The world

    func endpoint(_ name: String) throws -> any Endpoint {
        guard let node = settings.root["endpoints"]?[name] else {
            throw Diagnostic("ENDPOINT-UNKNOWN", "there is no endpoint \(Escaped(name))", fix: "name it under endpoints")
        }
        if let sftp = node["sftp"] {
            let settings = try SFTPSettings(sftp, secrets: secrets.secret)
            let endpoint = SFTPEndpoint(name: name, settings: settings, timeline: timeline)
            return clocked(watched(RetryingEndpoint(endpoint, timeline: timeline)))
        }
        guard let local = node["local"] else {
            throw node.invalid("is neither sftp nor local", fix: "write sftp: {…} or local: {root: /srv/erp}")
        }
        return watched(LocalDirectoryEndpoint(name: name, settings: try LocalSettings(local)))
    }

    private func clocked(_ endpoint: any Endpoint) -> any Endpoint {
        ClockedEndpoint(endpoint, board: board, timeline: timeline)
    }

    func profile(of flow: SettingNode) throws -> Profile {
        try ProfileCatalogue(folder: settings.profileFolder).profile(named: try flow.requiredText("profile"))
    }

    /// Runs `body` with a connection to the shop.
    func withShop<Result>(_ body: (MagentoClient) async throws -> Result) async throws -> Result {
        let board = board
        let observer = ShopObserver { status, time in
            if status >= 500 { board.serverError() }
            if status < 400, let time { board.shopTime(time) }
        }
        return try await MagentoClient.withClient(try shopSettings(), timeline: timeline, observer: observer, body)
    }

    func shopSettings() throws -> MagentoSettings {
        guard let node = settings.root["magento"] else {
            throw Diagnostic("SETTINGS-MISSING", "magento is missing", fix: "add magento: {url: …}")
        }
        return try MagentoSettings(node, secrets: secrets.secret)
    }
}
