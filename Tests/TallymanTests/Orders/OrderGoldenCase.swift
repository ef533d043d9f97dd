import Domain
import Engine
import Foundation
import Magento
import MagentoSandbox
import StateStore
import TestKit
import Testing

@testable import tallyman

/// A folder below `Fixtures/orders`: what a flow's settings say, and the files that must come of the orders and customers of `shop.json`.
///
///     ../shop.json     the shop with its orders and customers, as the sandbox reads them
///     settings.yaml    the flow
///     expected/*       the ERP's inbox afterwards, and the report; `make golden` writes them
struct OrderGoldenCase: Sendable, CustomTestStringConvertible {
    static let root = GoldenCase.project.appendingPathComponent("Fixtures/orders")

    static var all: [OrderGoldenCase] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        return names.filter { !$0.contains(".") }.sorted().map { OrderGoldenCase(folder: root.appendingPathComponent($0)) }
    }

    let folder: URL
    var testDescription: String { folder.lastPathComponent }

    func expected() throws -> [String: Data] { try Self.files(in: folder.appendingPathComponent("expected")) }

    func write(_ actual: [String: Data]) throws {
        let target = folder.appendingPathComponent("expected")
        try? FileManager.default.removeItem(at: target)
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        for (name, content) in actual { try content.write(to: target.appendingPathComponent(name)) }
    }

    private static func files(in folder: URL) throws -> [String: Data] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return try names.reduce(into: [:]) { $0[$1] = try Data(contentsOf: folder.appendingPathComponent($1)) }
    }

    static func shopState() throws -> ShopState {
        try SeedFile.read(Array(try Data(contentsOf: root.appendingPathComponent("shop.json"))))
    }

    /// The flow's inbox after one run, and what the run said.
    func run() async throws -> [String: Data] {
        let base = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
        let work = URL(fileURLWithPath: "\(base)/tallyman-orders-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: work) }
        let inbox = work.appendingPathComponent("erp/in")
        try FileManager.default.createDirectory(at: work.appendingPathComponent("erp/out"), withIntermediateDirectories: true)
        try FileManager.default.createDirectory(at: inbox, withIntermediateDirectories: true)
        let server = try await SandboxServer.start(shop: SandboxShop(try Self.shopState()))
        do {
            let report = try await run(in: work, url: server.url, server.shop)
            await server.stop()
            var files = try Self.files(in: inbox)
            files["report.txt"] = Data(report.utf8)
            return files
        } catch {
            await server.stop()
            throw error
        }
    }

    private struct NoAddress: Error {}

    /// A folder of cancellations: the flow of orders is that of `sage50`, and its orders are cancelled after they have left.
    private var isOfCancellations: Bool { folder.lastPathComponent.hasSuffix("-cancellations") }

    private static func cancelOrders(_ shop: SandboxShop) {
        func post(_ path: String, _ body: String = "") {
            shop.withState { state in
                state.access.adminTokens["staff"] = AdminToken(username: "admin", expires: .max)
                let answer = state.handle(
                    ShopRequest(
                        method: "POST", target: "/rest/V1/\(path)", host: "shop",
                        headers: ["authorization": "Bearer staff", "content-type": "application/json"], body: Array(body.utf8)),
                    now: 1_795_227_600)
                if answer.answer.status != 200 { Issue.record("\(path): \(String(decoding: answer.answer.body, as: UTF8.self))") }
            }
        }
        post("orders/1/cancel")
        // Of the second, what is invoiced stays.
        post("order/2/invoice", #"{"items":[{"order_item_id":3,"qty":1}]}"#)
        post("orders/2/cancel")
    }

    private func run(in work: URL, url: String, _ shop: SandboxShop) async throws -> String {
        // Own clock: the files bear the time of the run.
        let assembly = try Assembly(settingsFile: try writeSettings(in: work), timeline: ManualTimeline().timeline)
        guard let endpoint = ShopEndpoint(url: url) else { throw NoAddress() }
        let demo = Integration.demo
        let credentials = OAuth1.Credentials(
            consumerKey: Secret(demo.consumerKey), consumerSecret: Secret(demo.consumerSecret), accessToken: Secret(demo.token),
            accessTokenSecret: Secret(demo.tokenSecret))
        let settings = MagentoSettings(endpoint: endpoint, credential: .oauth1(credentials, .standard))
        let ledger = try assembly.ledger()
        return try await MagentoClient.withClient(settings, timeline: .system) { client in
            if isOfCancellations {
                _ = try await assembly.runner(ledger).run(try await assembly.outboundFlow("orders", client, ledger), cause: "schedule")
                Self.cancelOrders(shop)
            }
            let flow = try await assembly.outboundFlow(isOfCancellations ? "cancellations" : "orders", client, ledger)
            var text = ""
            for report in try await assembly.runner(ledger).run(flow, cause: "schedule").runs {
                text += "run \(report.run.id) · \(report.fileName ?? "-") · \(report.run.state.rawValue) · \(report.run.verdict ?? "")\n"
                for (entity, tally) in report.tallies { text += "  \(entity): \(tally)\n" }
                for planned in try ledger.read({ try $0.changes(run: report.run.id, limit: 100) }) {
                    let origin = planned.origins.first
                    text +=
                        "  \(planned.change.key): line \(origin?.line ?? 0), \(origin?.length ?? 0) bytes · \(planned.evidence) · \(planned.outcome.rawValue)\n"
                }
            }
            return text
        }
    }

    private func writeSettings(in work: URL) throws -> String {
        func fragment(_ folder: URL) throws -> String {
            try String(contentsOf: folder.appendingPathComponent("settings.yaml"), encoding: .utf8).split(separator: "\n").map { "    \($0)\n" }
                .joined()
        }
        let own = try fragment(folder)
        let orders = try fragment(Self.root.appendingPathComponent("sage50")).replacing("folder: in,", with: "folder: out,")
        let text = """
            shop: golden
            state: \(work.path)/state
            profiles: \(GoldenCase.project.path)/Schemas/profiles
            magento: {url: "https://shop.invalid", bearer: {env: NOT_USED}}
            endpoints: {erp: {local: {root: \(work.path)/erp}}}
            flows:
              orders:

            """ + (isOfCancellations ? "\(orders)    \n  cancellations:\n\(own)" : own)
        let path = work.appendingPathComponent("tallyman.yaml")
        try Data(text.utf8).write(to: path)
        return path.path
    }
}
