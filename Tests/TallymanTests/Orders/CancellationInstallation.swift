import Foundation
import MagentoSandbox
import Testing

/// An installation whose orders leave by one flow and whose cancellations leave by another.
enum CancellationInstallation {
    static func flows(
        orders: String = "", cancellations: String = "", profile: String = "generic/order-cancellations", more: String = ""
    ) -> String {
        """
        flows:
          orders:
            push: {endpoint: erp, folder: in, name: "ORD_{batch}.csv", acknowledge: {file: "acks/{name}.ack", within: 30m}}
            profile: generic/orders
            select: {states: {"*": new}}
            orders: {shipping: {"*": X}, reference: {prefix: W, length: 8}}
        \(orders)
          off:
            push: {endpoint: erp, folder: off, name: "CAN_{batch}.csv", acknowledge: {file: "acks/{name}.ack", within: 30m}}
            profile: \(profile)
            order_cancellations: {orders: orders\(cancellations)}
        \(more)

        """
    }

    static let byERP = """
          cancellations:
            pull: {endpoint: erp, folder: cancel, files: "*.csv", settle: 0s, then: {move: archive}}
            profile: generic/cancellations
            cancellations: {}
        """

    static let credits = """
          credits:
            pull: {endpoint: erp, folder: credit, files: "*.csv", settle: 0s, then: {move: archive}}
            profile: sage50/credit-notes
            credits: {}
        """

    /// Two products, and orders 000000001 and 000000002 of two A and three B each.
    static func with(_ flows: String = flows(), _ body: (Installation) async throws -> Void) async throws {
        try await Installation.with(try state()) { installation in
            try prepare(installation, flows)
            try await body(installation)
        }
    }

    static func state() throws -> ShopState {
        var state = ShopState.empty
        for sku in ["A", "B"] {
            state.catalogue.add(sku: sku)
            state.sourceItems.upsert(sku: sku, source: "main", quantity: Quantity(500), isInStock: true)
        }
        for _ in 0..<2 { try state.place(draft, now: now) }
        return state
    }

    static var draft: OrderDraft { OrderDraft([.init("A", Quantity(2)), .init("B", Quantity(3))]) }
    static var now: Int64 { Int64(Date().timeIntervalSince1970) }

    static func prepare(_ installation: Installation, _ flows: String = flows()) throws {
        for name in ["in", "off", "acks", "cancel", "credit"] {
            try FileManager.default.createDirectory(atPath: "\(installation.folder)/erp/\(name)", withIntermediateDirectories: true)
        }
        try installation.write("\(installation.settingsHead)\n\(flows)", to: "tallyman.yaml")
    }

    /// What the shop's staff do.
    @discardableResult
    static func post(_ path: String, _ body: String = "", in installation: Installation) -> Int {
        installation.shop.withState { state in
            state.access.adminTokens["staff"] = AdminToken(username: "admin", expires: .max)
            return state.handle(
                ShopRequest(
                    method: "POST", target: "/rest/V1/\(path)", host: "shop",
                    headers: ["authorization": "Bearer staff", "content-type": "application/json"], body: Array(body.utf8)),
                now: now
            ).answer.status
        }
    }

    /// Rows of every file in the folder of cancellations: cancellation, order, scope, SKU, quantity, what is left.
    static func rows(in installation: Installation) -> [String] {
        installation.names(in: "erp/off").filter { $0.hasSuffix(".csv") }.flatMap { name -> [String] in
            let text = String(decoding: FileManager.default.contents(atPath: "\(installation.folder)/erp/off/\(name)") ?? Data(), as: UTF8.self)
            return text.split(whereSeparator: \.isNewline).dropFirst().map { line in
                let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                return cells.count > 11 ? [0, 1, 6, 9, 10, 11].map { cells[$0] }.joined(separator: " ") : String(line)
            }
        }
    }

    static let whole = ["000000001 000000001 whole A 2 0", "000000001 000000001 whole B 3 0"]
}
