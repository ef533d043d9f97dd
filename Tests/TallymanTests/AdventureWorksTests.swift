import Foundation
import Glibc
import MagentoSandbox
import TestKit
import Testing

/// A real company's stock file, from a real SFTP server into the shop, against sums that a short Python script makes.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: Project.adventureWorks) && Python.isPresent, "../shared/data/adventureworks and python3"))
struct AdventureWorksTests {
    private static let file = Project.adventureWorks

    /// Sums per product and source: `1@main=408`.
    private static func sums(_ sources: [String: String], ignored: [String]) async throws -> [String: String] {
        let script = """
            import sys, json, collections
            sources, ignored = json.loads(sys.argv[2]), json.loads(sys.argv[3])
            sums = collections.defaultdict(int)
            for line in open(sys.argv[1], encoding='utf-8'):
                cells = line.rstrip('\\r\\n').split('\\t')
                if cells[2] in ignored: continue
                sums[cells[1] + '@' + sources[cells[2]]] += int(cells[5])
            print(json.dumps({key: str(value) for key, value in sums.items()}))
            """
        let arguments = [
            file, String(decoding: try JSONEncoder().encode(sources), as: UTF8.self),
            String(decoding: try JSONEncoder().encode(ignored), as: UTF8.self),
        ]
        return try JSONDecoder().decode([String: String].self, from: Data(try await Python.run(script, arguments).utf8))
    }

    private static func shop() throws -> ShopState {
        var state = ShopState.empty
        let text = try String(contentsOfFile: file, encoding: .utf8)
        for line in text.split(whereSeparator: \.isNewline) {
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
            state.catalogue.add(sku: String(cells[1]))
        }
        return state
    }

    @Test(arguments: ["mapped", "aggregated"])
    func `all rows of the file arrive as the sums of their product and source`(way: String) async throws {
        let server = try SSHServer.shared.get()
        let folder = "aw-\(way)"
        for name in [folder, "\(folder)/archive"] {
            try FileManager.default.createDirectory(atPath: "\(server.home.path)/\(name)", withIntermediateDirectories: true)
            chmod("\(server.home.path)/\(name)", 0o777)
        }
        try FileManager.default.copyItem(atPath: Self.file, toPath: "\(server.home.path)/\(folder)/ProductInventory.csv")
        let locations = try Set(
            String(contentsOfFile: Self.file, encoding: .utf8).split(whereSeparator: \.isNewline)
                .map { String($0.split(separator: "\t", omittingEmptySubsequences: false)[2]) })
        let ignored = ["60"]
        let sources = Dictionary(
            uniqueKeysWithValues: locations.subtracting(ignored).map { ($0, way == "mapped" && (Int($0) ?? 0) >= 10 ? "north" : "main") })
        var settings = SettingsText()
        settings.endpoint =
            "sftp: {host: 127.0.0.1, port: \(server.port), user: \(server.user), identity: {file: id}, host_keys: [\"\(try server.hostKeys[0].fingerprint())\"]}"
        settings.folder = folder
        settings.then = "{move: \(folder)/archive}"
        settings.profile = "adventureworks/product-inventory"
        let map = sources.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ")
        settings.stock =
            way == "mapped" ? ["warehouses: {\(map)}", "ignore: [\"60\"]"] : ["warehouses: {aggregate: {source: main, exclude: [\"60\"]}}"]
        let expected = try await Self.sums(sources, ignored: ignored)

        try await Installation.with(Self.shop(), settings: settings) { installation in
            try installation.write(server.keys.ed25519.privateText, to: "secrets/id")
            let run = try await installation.tallyman("run", "stock")

            let held = installation.shop.withState { $0.sourceItems.rows }
            let found = Dictionary(uniqueKeysWithValues: held.map { ("\($0.sku)@\($0.source)", $0.quantity.number) })
            #expect(run.exit == 0, "\(run.all)")
            #expect(run.output.contains("stock: 1069 read = ") || run.output.contains("stock: 1068 read = "), "\(run.all)")
            for (key, quantity) in expected { #expect(found[key] == quantity, "\(key)") }
            let others = found.filter { expected[$0.key] == nil && $0.value != "0" }
            #expect(others.isEmpty)
            #expect(JournalCheck.nothingTwice(installation.shop.journal.entries).isEmpty)
            print("AdventureWorks, \(way): \(expected.count) figures of \(Set(held.map(\.sku)).count) products equal")
        }
    }
}
