import Foundation
import Glibc
import MagentoSandbox

/// One installation as an operator has it: a folder with settings, ledger and an ERP's folder, a shop that answers over real
/// HTTP, and the program. Everything of it is gone at the end of `with`.
final class Installation: Sendable {
    let folder: String
    let server: SandboxServer
    let settings: SettingsText
    let program: Program

    var shop: SandboxShop { server.shop }

    private init(folder: String, server: SandboxServer, settings: SettingsText, environment: [String: String]) throws {
        self.folder = folder
        self.server = server
        var settings = settings
        settings.url = server.url
        if settings.endpoint == SettingsText().endpoint { settings.endpoint = "local: {root: \(folder)/erp}" }
        self.settings = settings
        program = Program(folder: folder, environment: environment)
        try write(settings)
    }

    /// - Parameters:
    ///   - original: an installation's folder to begin with a copy of; an empty one unless given.
    static func with<Result>(
        _ state: ShopState = .small,
        settings: SettingsText = SettingsText(),
        environment: [String: String] = SettingsText.environment(),
        copyOf original: String? = nil,
        _ body: (Installation) async throws -> Result
    ) async throws -> Result {
        let folder = try await makeFolder(copyOf: original)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try await SandboxServer.start(shop: SandboxShop(state))
        do {
            let installation = try Installation(
                folder: folder, server: server, settings: settings, environment: environment)
            let result = try await body(installation)
            await server.stop()
            return result
        } catch {
            await server.stop()
            throw error
        }
    }

    /// In memory where the machine offers it: the ledger flushes at every commit.
    private static func makeFolder(copyOf original: String?) async throws -> String {
        let base = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
        let folder = "\(base)/tallyman-process-\(UUID().uuidString)"
        if let original {
            // Times are part of what is copied.
            try await Command.run(["cp", "-a", original, folder])
        } else {
            try FileManager.default.createDirectory(atPath: "\(folder)/erp/out", withIntermediateDirectories: true)
        }
        return folder
    }

    // MARK: The program

    func tallyman(_ arguments: String..., adding extra: [String: String] = [:]) async throws -> Program.Ending {
        try await program.run(arguments, adding: extra)
    }

    /// Runs the flow until nothing waits any more, as a schedule would.
    func runToRest(tries: Int = 5) async throws -> Program.Ending {
        var ending = try await tallyman("run", "stock")
        for _ in 1..<tries where ending.exit == 75 { ending = try await tallyman("run", "stock") }
        return ending
    }

    func write(_ settings: SettingsText) throws {
        let source = "\(Project.folder)/Schemas/profiles/generic/stock"
        for name in ["profile", "schema", "dialect"] where settings.profile == SettingsText.deltaProfile {
            let text = try String(contentsOfFile: "\(source)/\(name).json", encoding: .utf8)
            try write(text.replacing("\"mode\": \"full\"", with: "\"mode\": \"delta\""), to: "profiles/\(settings.profile)/\(name).json")
        }
        try write(settings.yaml, to: "tallyman.yaml")
    }

    func write(_ text: String, to name: String, mode: Int = 0o600) throws {
        let path = "\(folder)/\(name)"
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    // MARK: The ERP

    static let header = "sku,description,warehouse,on_hand,allocated,on_order,unit_price,updated"

    /// One line of the generic layout.
    static func line(_ sku: String, _ onHand: String, allocated: String = "0", warehouse: String = "LDS") -> String {
        "\(sku),thing,\(warehouse),\(onHand),\(allocated),0,1.00,21/11/2026 06:00"
    }

    static func file(_ lines: [String]) -> String { ([header] + lines).map { $0 + "\r\n" }.joined() }

    /// The ERP writes a file; `minute` orders files in time, whatever the clock says meanwhile.
    func drop(_ name: String, _ lines: [String], minute: Int) throws {
        try drop(name, content: Data(Self.file(lines).utf8), minute: minute)
    }

    func drop(_ name: String, content: Data, minute: Int) throws {
        let path = "\(folder)/erp/out/\(name)"
        try content.write(to: URL(fileURLWithPath: path))
        try Self.setTime(of: path, minute: minute)
    }

    /// Minutes after a morning in November.
    static func setTime(of path: String, minute: Int) throws {
        let date = Date(timeIntervalSince1970: 1_795_240_800 + Double(minute) * 60)
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
    }

    func names(in name: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)")) ?? []).sorted()
    }

    // MARK: The shop

    func quantity(_ sku: String, _ source: String = "main") -> String? {
        shop.withState { $0.sourceItems.item(sku: sku, source: source)?.quantity.number }
    }

    struct NothingSaved: Error {}

    /// Waits until a request to save has reached the shop.
    func firstSave() async throws {
        for _ in 0..<3000 {
            if requests("POST") > 0 { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw NothingSaved()
    }

    /// Requests that reached the shop, by method.
    func requests(_ method: String) -> Int {
        shop.journal.entries.count { $0.event == .arrived && $0.method == method }
    }

    var statuses: [Int] {
        shop.journal.entries.compactMap { entry in
            if case .answered(let status) = entry.event { status } else { nil }
        }
    }

    /// Every committed value, as `SKU@source=quantity/status`.
    var commits: [String] {
        shop.journal.entries.flatMap { entry -> [String] in
            guard case .committed(let items) = entry.event else { return [] }
            return items.map { "\($0.key)=\($0.value)" }
        }
    }
}

extension ShopState {
    /// Ten products with codes A to J, five of each at the source `main`.
    static let small: ShopState = {
        var state = ShopState.empty
        for sku in "ABCDEFGHIJ" {
            state.catalogue.add(sku: String(sku))
            state.sourceItems.upsert(sku: String(sku), source: "main", quantity: Quantity(5), isInStock: true)
        }
        return state
    }()
}
