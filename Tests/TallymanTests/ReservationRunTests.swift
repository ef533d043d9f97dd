import Foundation
import MagentoSandbox
import Testing

/// Orders out, answers, despatches and stock between an ERP's folders and the sandbox shop, by the program itself. What may be sold has
/// to be the ERP's free stock less the orders it has not seen, whatever was shipped or cancelled meanwhile.
struct ReservationRunTests {
    private static func with(
        _ reservations: String = "{by: acknowledged, margin: 0s}", stock: [(String, String, Int64)] = [("A", "main", 100)],
        _ body: (Installation) async throws -> Void
    ) async throws {
        var state = ShopState.empty
        for (sku, source, quantity) in stock {
            if state.catalogue[sku] == nil { state.catalogue.add(sku: sku) }
            state.sourceItems.upsert(sku: sku, source: source, quantity: Quantity(quantity), isInStock: true)
        }
        try await Installation.with(state) { installation in
            for name in ["in", "acks", "despatch", "cancel"] {
                try FileManager.default.createDirectory(atPath: "\(installation.folder)/erp/\(name)", withIntermediateDirectories: true)
            }
            try installation.write(settings(installation, reservations), to: "tallyman.yaml")
            try await body(installation)
        }
    }

    private static func settings(_ installation: Installation, _ reservations: String) -> String {
        """
        shop: test
        timezone: Europe/London
        state: state
        magento:
          url: "\(installation.server.url)"
          oauth1:
            consumer_key: {env: MAGENTO_CONSUMER_KEY}
            consumer_secret: {env: MAGENTO_CONSUMER_SECRET}
            access_token: {env: MAGENTO_ACCESS_TOKEN}
            access_token_secret: {env: MAGENTO_ACCESS_TOKEN_SECRET}
        endpoints: {erp: {local: {root: \(installation.folder)/erp}}}
        flows:
          stock:
            pull: {endpoint: erp, folder: out, files: "*.csv", settle: 0s, then: {move: archive}}
            profile: generic/stock
            stock:
              warehouses: {LDS: main, NCL: north}
              reservations: \(reservations)
            gates: {to_zero: 100%}
          orders:
            push: {endpoint: erp, folder: in, name: "ORD_{batch}.csv", acknowledge: {file: "acks/{name}.ack", within: 30m}}
            profile: generic/orders
            select: {states: {checkmo: new, "*": processing}}
            orders: {shipping: {"*": X}}
          despatches:
            pull: {endpoint: erp, folder: despatch, files: "*.csv", settle: 0s, then: {move: archive}}
            profile: sage50/despatches
            despatches: {warehouses: {LDS: main, BHM: north}}
          cancellations:
            pull: {endpoint: erp, folder: cancel, files: "*.csv", settle: 0s, then: {move: archive}}
            profile: generic/cancellations
            cancellations: {}

        """
    }

    @discardableResult
    private static func place(_ quantity: Int64, _ sku: String = "A", in installation: Installation) -> String {
        installation.shop.withState { state in
            let now = Int64(Date().timeIntervalSince1970)
            do { return try state.place(OrderDraft([.init(sku, Quantity(quantity))]), now: now).incrementID } catch {
                Issue.record("\(error)")
                return ""
            }
        }
    }

    /// The ERP writes its stock; `after` seconds from now by its clock, so that what went before is surely before.
    private static func drop(
        _ name: String, _ rows: [(sku: String, onHand: Int64, allocated: Int64, warehouse: String)], after seconds: Double, in installation: Installation
    ) throws {
        let lines = rows.map { Installation.line($0.sku, "\($0.onHand)", allocated: "\($0.allocated)", warehouse: $0.warehouse) }
        try installation.drop(name, lines, minute: 0)
        try FileManager.default.setAttributes(
            [.modificationDate: Date().addingTimeInterval(seconds)], ofItemAtPath: "\(installation.folder)/erp/out/\(name)")
    }

    private static func acknowledge(_ file: String, in installation: Installation) throws { try installation.write("", to: "erp/acks/\(file).ack") }

    private static func salable(_ installation: Installation, _ sku: String = "A") -> String? {
        installation.shop.withState { $0.salableQuantity(sku: sku, stockID: 2)?.number }
    }

    @Test func `C4 C159 an order is subtracted once before the ERP has it, after, and when it is shipped`() async throws {
        try await Self.with { installation in
            try Self.drop("s1.csv", [("A", 90, 0, "LDS")], after: 0, in: installation)
            _ = try await installation.tallyman("run")
            #expect(Self.salable(installation) == "90")
            Self.place(10, in: installation)
            #expect(Self.salable(installation) == "80")

            // The ERP has not read it: its figure is the same.
            try Self.drop("s2.csv", [("A", 90, 0, "LDS")], after: 1, in: installation)
            let exported = try await installation.tallyman("run")
            #expect(exported.exit == 0 && installation.names(in: "erp/in") == ["ORD_000001.csv"], "\(exported.all)")
            #expect(Self.salable(installation) == "80", "\(exported.all)")
            #expect(installation.quantity("A") == "90")

            // It has, and says so: 90 on hand, 10 of them promised.
            try Self.acknowledge("ORD_000001.csv", in: installation)
            _ = try await installation.tallyman("run", "orders")
            try Self.drop("s3.csv", [("A", 90, 10, "LDS")], after: 5, in: installation)
            let included = try await installation.tallyman("run")
            #expect(included.exit == 0, "\(included.all)")
            #expect(Self.salable(installation) == "80" && installation.quantity("A") == "90", "\(included.all)")
            let why = try await installation.tallyman("why", "A")
            #expect(why.output.contains("LDS 90 - 10 = 80"), "\(why.all)")
            #expect(why.output.contains("10 of it for open orders"), "\(why.all)")

            // It has sent the goods; the despatch is posted before the stock of the same run.
            let header = "GDN Number,Customer Order No,Product Code,Qty Despatched,Location,Courier,Consignment Number"
            try installation.write(header + "\r\n1001,000000001,A,10,LDS,,\r\n", to: "erp/despatch/d1.csv")
            try Self.drop("s4.csv", [("A", 80, 0, "LDS")], after: 8, in: installation)
            let sent = try await installation.tallyman("run")

            #expect(sent.exit == 0 && installation.shop.withState { $0.sales.shipments.count } == 1, "\(sent.all)")
            #expect(Self.salable(installation) == "80" && installation.quantity("A") == "80", "\(sent.all)")
        }
    }
}
