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
    /// Whether a session may probe a server that is not known. A preview changes nothing anywhere, so only runs do.
    var probing = ProbeMemory.Occasion.never

    init(settingsFile: String, timeline: Timeline = .system) throws {
        let environment = ProcessInfo.processInfo.environment
        settings = try Settings(path: settingsFile, environment: environment)
        ShopClock.isSet(to: settings.timeZone)
        var secrets = SecretStore(environment: environment, settingsFile: settingsFile)
        // Root becomes the owner of the state folder, who may not be able to read what root can.
        if geteuid() == 0 { secrets.hold(SecretReferences.all(in: settings.root)) }
        self.secrets = secrets
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

    func prepareStateFolder() throws {
        try StateOwner(folder: settings.stateFolder, settings: settings.path).settle()
        try prepareFolder(settings.stateFolder)
    }

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

    func prepareFolder(_ path: String) throws {
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

    func profile(of flow: SettingNode) throws -> Profile {
        try placed(at: flow["profile"]) { try ProfileCatalogue(folders: settings.profileFolders).profile(named: try flow.requiredText("profile")) }
    }

    /// A profile that is not there is a wrong name in the settings, and that is the place to show.
    func placed<Result>(at node: SettingNode?, _ load: () throws -> Result) throws -> Result {
        do {
            return try load()
        } catch var problem as Diagnostic where problem.code == "PROFILE-UNKNOWN" {
            problem.location = node?.location ?? problem.location
            if let name = node?.scalar, let other = otherDirection(name) { (problem.summary, problem.fix) = other }
            throw problem
        }
    }

    /// What to say of a profile that is there and goes the other way.
    private func otherDirection(_ name: String) -> (String, String)? {
        if settings.profileFolders.contains(where: { OutputProfile.names(in: $0).contains(name) }) {
            return (
                "profile \(Escaped(name)) writes files for the ERP, and this flow reads them",
                "give the flow push instead of pull, or a profile that reads"
            )
        }
        if ProfileCatalogue(folders: settings.profileFolders).names.contains(name) {
            return (
                "profile \(Escaped(name)) reads files of the ERP, and this flow writes them",
                "give the flow pull instead of push, or a profile that writes"
            )
        }
        return nil
    }

    /// Runs `body` with a connection to the shop.
    func withShop<Result>(_ body: (MagentoClient) async throws -> Result) async throws -> Result {
        let board = board
        let observer = ShopObserver { status, time in
            if status >= 500 { board.serverError() }
            if status < 400, let time { board.shopTime(time) }
        }
        let (trading, timeline) = (settings.service.trading, timeline)
        return try await MagentoClient.withClient(
            try shopSettings(), timeline: timeline, observer: observer, isTrading: { trading.isOpen(at: timeline.now()) }, body)
    }

    func shopSettings() throws -> MagentoSettings {
        guard let node = settings.root["magento"] else {
            throw Diagnostic("SETTINGS-MISSING", "magento is missing", fix: "add magento: {url: …}")
        }
        return try MagentoSettings(node, secrets: secrets.secret)
    }
}
