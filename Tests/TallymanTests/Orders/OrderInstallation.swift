import Foundation
import MagentoSandbox
import Testing

/// An installation with a flow of orders, for what concerns orders and people.
enum OrderInstallation {
    static let flow = """
        push: {endpoint: erp, folder: in, name: "ORD_{batch}.csv", acknowledge: {file: "acks/{name}.ack", within: 30m}}
            profile: generic/orders
            select: {states: {checkmo: new, "*": processing}}
        """

    static func with(
        top: [String] = [], flows: [String] = [], orders: String = flow, environment: [String: String] = SettingsText.environment(),
        _ body: (Installation) async throws -> Void
    ) async throws {
        try await Installation.with(try OrderGoldenCase.shopState(), environment: environment) { installation in
            for name in ["in", "acks"] {
                try FileManager.default.createDirectory(atPath: "\(installation.folder)/erp/\(name)", withIntermediateDirectories: true)
            }
            try installation.write(settings(installation, top: top, flows: flows, orders: orders), to: "tallyman.yaml")
            try await body(installation)
        }
    }

    static func settings(_ installation: Installation, top: [String] = [], flows: [String] = [], orders: String = flow) -> String {
        """
        \(installation.settingsHead)
        \(top.joined(separator: "\n"))
        flows:
          orders:
            \(orders)
        \(flows.joined(separator: "\n"))

        """
    }

    /// Places an order of the seed's form, as a shopper does.
    static func place(_ json: String, in installation: Installation, at now: Int64 = 1_795_224_200) throws {
        let draft = try OrderSeed.read(JSONParser.parse(Array(json.utf8)))
        installation.shop.withState { state in
            do { try state.place(draft, now: now) } catch { Issue.record("\(error)") }
        }
    }
}
