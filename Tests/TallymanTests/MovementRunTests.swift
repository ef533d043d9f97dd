import Foundation
import MagentoSandbox
import Testing

/// What the shop does to quantities by itself, where stock does not reckon with its orders: the ERP's next full file puts the shop right
/// whatever it says, and a comparison does not take shipments for drift.
struct MovementRunTests {
    private static func settings(_ installation: Installation, _ others: String = "") -> String {
        """
        \(installation.settingsHead)
        flows:
          stock:
            pull: {endpoint: erp, folder: out, files: "*.csv", settle: 0s, then: {move: archive}}
            profile: generic/stock
            stock: {warehouses: {LDS: main, NCL: north}, reservations: off}
            gates: {to_zero: 100%}
        \(others)

        """
    }

    private static func with(_ others: String = "", prepare: (inout ShopState) -> Void = { _ in }, _ body: (Installation) async throws -> Void)
        async throws
    {
        var state = ShopState.empty
        for sku in ["A", "B"] {
            state.catalogue.add(sku: sku)
            for source in ["main", "north"] { state.sourceItems.upsert(sku: sku, source: source, quantity: Quantity(50), isInStock: true) }
        }
        prepare(&state)
        try await Installation.with(state) { installation in
            try installation.write(settings(installation, others), to: "tallyman.yaml")
            try FileManager.default.createDirectory(atPath: "\(installation.folder)/erp/despatch", withIntermediateDirectories: true)
            try await body(installation)
        }
    }

    private static func drop(_ name: String, minute: Int, in installation: Installation) throws {
        let rows = [("A", "36", "LDS"), ("A", "50", "NCL"), ("B", "20", "LDS"), ("B", "50", "NCL")]
        try installation.drop(name, rows.map { Installation.line($0.0, $0.1, warehouse: $0.2) }, minute: minute)
    }

    private static func place(_ sku: String, _ quantity: Int64, in installation: Installation) {
        installation.shop.withState { state in
            do { try state.place(OrderDraft([.init(sku, Quantity(quantity))]), now: Int64(Date().timeIntervalSince1970)) } catch {
                Issue.record("\(error)")
            }
        }
    }

    private static func staff(_ path: String, _ body: String, in installation: Installation) {
        let status = installation.shop.withState { state in
            state.access.adminTokens["staff"] = AdminToken(username: "admin", expires: .max)
            return state.handle(
                ShopRequest(
                    method: "POST", target: "/rest/V1/\(path)", host: "shop",
                    headers: ["authorization": "Bearer staff", "content-type": "application/json"], body: Array(body.utf8)),
                now: Int64(Date().timeIntervalSince1970)
            ).answer.status
        }
        #expect(status == 200)
    }

    @Test func `C4 goods that our own despatch takes are put back by the ERP's next full file, also where its bytes are the same as before`()
        async throws
    {
        let despatches = """
              despatches:
                pull: {endpoint: erp, folder: despatch, files: "*.csv", settle: 0s, then: {move: archive}}
                profile: sage50/despatches
                despatches: {warehouses: {LDS: main, NCL: north}}
            """
        try await Self.with(despatches) { installation in
            try Self.drop("s1.csv", minute: 1, in: installation)
            _ = try await installation.tallyman("run")
            Self.place("A", 10, in: installation)
            let header = "GDN Number,Customer Order No,Product Code,Qty Despatched,Location,Courier,Consignment Number"
            try installation.write(header + "\r\n1001,000000001,A,10,LDS,,\r\n", to: "erp/despatch/d1.csv")
            let sent = try await installation.tallyman("run", "despatches")
            #expect(sent.exit == 0 && installation.quantity("A") == "26", "\(sent.all)")

            let compared = try await installation.tallyman("reconcile", "stock")
            #expect(compared.exit == 0, "a shipment is no drift: \(compared.all)")
            try Self.drop("s2.csv", minute: 2, in: installation)
            let run = try await installation.tallyman("run", "stock")

            #expect(run.exit == 0 && installation.quantity("A") == "36", "\(run.all)")
            try Self.drop("s3.csv", minute: 3, in: installation)
            let again = try await installation.tallyman("run", "stock")
            #expect(again.output.contains("the same content") && installation.quantity("A") == "36", "\(again.all)")
        }
    }

    @Test func `C4 what staff ship and credit by hand is put right by the next full file, with the sources that did not move left alone`()
        async throws
    {
        try await Self.with { installation in
            try Self.drop("s1.csv", minute: 1, in: installation)
            _ = try await installation.tallyman("run")
            Self.place("A", 4, in: installation)
            Self.place("B", 3, in: installation)
            Self.staff("order/1/ship", #"{"arguments":{"extension_attributes":{"source_code":"main"}}}"#, in: installation)
            Self.staff("order/2/invoice", "{}", in: installation)
            Self.staff("order/2/refund", #"{"arguments":{"shipping_amount":0}}"#, in: installation)
            #expect(installation.quantity("A") == "32" && installation.quantity("B") == "17", "written off")

            try Self.drop("s2.csv", minute: 2, in: installation)
            let run = try await installation.tallyman("run", "stock")

            #expect(run.exit == 0 && installation.quantity("A") == "36" && installation.quantity("B") == "20", "\(run.all)")
            #expect(run.output.contains("2 changed (2 had moved in the shop), 0 unchanged of 2 products"), "\(run.all)")
        }
    }

    @Test func `C4 the same holds where the credential may not read orders`() async throws {
        try await Self.with(prepare: { state in
            for index in state.access.integrations.indices {
                state.access.integrations[index].resources = .only([
                    "Magento_Backend::store", "Magento_Catalog::products", "Magento_InventoryApi::source",
                    "Magento_InventoryApi::stock_source_item_assign",
                ])
            }
        }) { installation in
            try Self.drop("s1.csv", minute: 1, in: installation)
            _ = try await installation.tallyman("run")
            Self.place("A", 4, in: installation)
            Self.staff("order/1/ship", #"{"arguments":{"extension_attributes":{"source_code":"main"}}}"#, in: installation)

            try Self.drop("s2.csv", minute: 2, in: installation)
            let run = try await installation.tallyman("run", "stock")

            #expect(run.exit == 0 && installation.quantity("A") == "36", "\(run.all)")
        }
    }

    @Test func `C4 stock reckons with orders by itself where the ERP answers to them, and lint says what off means`() async throws {
        let orders = """
              orders:
                push: {endpoint: erp, folder: in, name: "ORD_{batch}.csv", acknowledge: {file: "acks/{name}.ack", within: 30m}}
                profile: generic/orders
            """
        try await Self.with(orders) { installation in
            let off = try await installation.tallyman("lint")
            #expect(off.exit == 0 && off.output.contains("note: flow stock: stock.reservations: off means that"), "\(off.all)")

            try installation.write(Self.settings(installation, orders).replacing(", reservations: off", with: ""), to: "tallyman.yaml")
            let byItself = try await installation.tallyman("lint")
            #expect(byItself.exit == 0 && !byItself.output.contains("note:"), "\(byItself.all)")

            let mute = Self.settings(installation, orders).replacing(", reservations: off", with: "")
                .replacing(", acknowledge: {file: \"acks/{name}.ack\", within: 30m}", with: "")
            try installation.write(mute, to: "tallyman.yaml")
            let unknown = try await installation.tallyman("lint")
            #expect(unknown.output.contains("is off because no flow of orders has push.acknowledge"), "\(unknown.all)")
        }
    }
}
