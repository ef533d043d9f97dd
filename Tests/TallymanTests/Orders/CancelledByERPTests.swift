import Foundation
import MagentoSandbox
import Testing

/// Who has cancelled an order decides whether a person has to tell the ERP.
struct CancelledByERPTests {
    private static func with(_ body: (Installation) async throws -> Void) async throws {
        var state = ShopState.empty
        state.catalogue.add(sku: "A")
        state.sourceItems.upsert(sku: "A", source: "main", quantity: Quantity(50), isInStock: true)
        try await Installation.with(state) { installation in
            for name in ["in", "cancel"] {
                try FileManager.default.createDirectory(atPath: "\(installation.folder)/erp/\(name)", withIntermediateDirectories: true)
            }
            try installation.write(
                """
                \(installation.settingsHead)
                flows:
                  orders:
                    push: {endpoint: erp, folder: in, name: "ORD_{batch}.csv"}
                    profile: generic/orders
                    select: {states: {"*": new}}
                    orders: {shipping: {"*": X}}
                  cancellations:
                    pull: {endpoint: erp, folder: cancel, files: "*.csv", settle: 0s, then: {move: archive}}
                    profile: generic/cancellations
                    cancellations: {}

                """, to: "tallyman.yaml")
            for _ in 0..<2 {
                installation.shop.withState { state in
                    do { try state.place(OrderDraft([.init("A", Quantity(2))]), now: Int64(Date().timeIntervalSince1970)) } catch {
                        Issue.record("\(error)")
                    }
                }
            }
            let left = try await installation.tallyman("run", "orders")
            #expect(left.exit == 0 && installation.names(in: "erp/in") == ["ORD_000001.csv"], "\(left.all)")
            try await body(installation)
        }
    }

    private static func cancelByERP(_ order: String, in installation: Installation) async throws {
        try installation.write("order,reason\r\n\(order),no stock\r\n", to: "erp/cancel/c.csv")
        let run = try await installation.tallyman("run", "cancellations")
        #expect(run.exit == 0, "\(run.all)")
    }

    private static func cancelByStaff(_ id: Int, in installation: Installation) {
        installation.shop.withState { state in
            state.access.adminTokens["staff"] = AdminToken(username: "admin", expires: .max)
            _ = state.handle(
                ShopRequest(
                    method: "POST", target: "/rest/V1/orders/\(id)/cancel", host: "shop",
                    headers: ["authorization": "Bearer staff", "content-type": "application/json"], body: []),
                now: Int64(Date().timeIntervalSince1970))
        }
    }

    @Test func `an order that the ERP itself cancelled is told to nobody`() async throws {
        try await Self.with { installation in
            try await Self.cancelByERP("000000001", in: installation)

            let run = try await installation.tallyman("run", "orders")
            let errors = try await installation.tallyman("errors")

            #expect(run.exit == 0 && !run.all.contains("CANCELLED-LATE"), "\(run.all)")
            #expect(!errors.all.contains("CANCELLED-LATE"), "\(errors.all)")
        }
    }

    @Test func `an order that staff cancelled waits for a person until the ERP has cancelled it too`() async throws {
        try await Self.with { installation in
            Self.cancelByStaff(2, in: installation)
            let late = try await installation.tallyman("run", "orders")
            let open = try await installation.tallyman("errors")
            #expect(late.exit == 3 && open.all.contains("CANCELLED-LATE"), "\(late.all)\(open.all)")

            try await Self.cancelByERP("000000002", in: installation)
            _ = try await installation.tallyman("run", "orders")
            let errors = try await installation.tallyman("errors")

            #expect(!errors.all.contains("CANCELLED-LATE"), "\(errors.all)")
        }
    }
}
