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
        \(installation.settingsHead)
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
        _ name: String, _ rows: [(sku: String, onHand: Int64, allocated: Int64, warehouse: String)], after seconds: Double,
        in installation: Installation
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
            let without = try await installation.tallyman("why", "A")
            #expect(without.output.contains("not added back: 10 of 000000001 (not answered by the ERP)"), "\(without.all)")

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
            #expect(!why.output.contains("· stock · main 90 (10 of it for open orders); not added back"), "\(why.all)")

            // It has sent the goods; the despatch is posted before the stock of the same run.
            let header = "GDN Number,Customer Order No,Product Code,Qty Despatched,Location,Courier,Consignment Number"
            try installation.write(header + "\r\n1001,000000001,A,10,LDS,,\r\n", to: "erp/despatch/d1.csv")
            try Self.drop("s4.csv", [("A", 80, 0, "LDS")], after: 8, in: installation)
            let sent = try await installation.tallyman("run")

            #expect(sent.exit == 0 && installation.shop.withState { $0.sales.shipments.count } == 1, "\(sent.all)")
            #expect(Self.salable(installation) == "80" && installation.quantity("A") == "80", "\(sent.all)")
        }
    }

    @Test func `C4 F51 where only orders have moved the last figures are planned anew, and where nothing has moved nothing is sent`() async throws {
        try await Self.with { installation in
            try Self.drop("s1.csv", [("A", 50, 0, "LDS")], after: -60, in: installation)
            _ = try await installation.tallyman("run")
            for _ in 0..<2 { Self.place(10, in: installation) }
            _ = try await installation.tallyman("run")
            try Self.acknowledge("ORD_000001.csv", in: installation)
            _ = try await installation.tallyman("run", "orders")
            try Self.drop("s2.csv", [("A", 50, 20, "LDS")], after: 5, in: installation)
            _ = try await installation.tallyman("run")
            #expect(installation.quantity("A") == "50" && Self.salable(installation) == "30")

            let idle = try await installation.tallyman("run", "stock", "--no-quiet")
            #expect(idle.exit == 0 && idle.output.contains("0 files"), "\(idle.all)")
            // A customer calls one off in the shop; the ERP does not know and holds its goods.
            let staff = installation.shop.withState { state in
                state.access.adminTokens["staff"] = AdminToken(username: "admin", expires: .max)
                return state.handle(
                    ShopRequest(
                        method: "POST", target: "/rest/V1/orders/1/cancel", host: "shop",
                        headers: ["authorization": "Bearer staff", "content-type": "application/json"], body: []),
                    now: Int64(Date().timeIntervalSince1970)
                ).answer.status
            }
            #expect(staff == 200 && Self.salable(installation) == "40")
            installation.shop.add(FaultRule(.commitThenDrop, method: "POST", path: "source-items", hits: 1...1))
            let moved = try await installation.tallyman("run", "stock")

            #expect(moved.exit == 0 && Self.salable(installation) == "30" && installation.quantity("A") == "40", "\(moved.all)")
            #expect(moved.output.contains(" · stock · orders moved · finished") && moved.output.contains("stock: 0 read"), "\(moved.all)")
            let again = try await installation.tallyman("run", "stock", "--no-quiet")
            #expect(again.output.contains("0 files"), "\(again.all)")
            let show = try await installation.tallyman("why", "A")
            #expect(show.output.contains("30 as last reported; and 10 for open orders that the ERP has (10 of 000000002) → 40"), "\(show.all)")
        }
    }

    @Test func `C4 goods that arrive as an order is shipped by hand are seen, although the quantity to be written is the same as before`()
        async throws
    {
        try await Self.with { installation in
            try Self.drop("s1.csv", [("A", 50, 0, "LDS")], after: -60, in: installation)
            _ = try await installation.tallyman("run")
            Self.place(10, in: installation)
            _ = try await installation.tallyman("run")
            try Self.acknowledge("ORD_000001.csv", in: installation)
            _ = try await installation.tallyman("run", "orders")
            try Self.drop("s2.csv", [("A", 50, 10, "LDS")], after: 5, in: installation)
            _ = try await installation.tallyman("run")
            #expect(installation.quantity("A") == "50")
            installation.shop.withState { state in
                state.access.adminTokens["staff"] = AdminToken(username: "admin", expires: .max)
                _ = state.handle(
                    ShopRequest(
                        method: "POST", target: "/rest/V1/order/1/ship", host: "shop",
                        headers: ["authorization": "Bearer staff", "content-type": "application/json"],
                        body: Array(#"{"arguments":{"extension_attributes":{"source_code":"main"}}}"#.utf8)),
                    now: Int64(Date().timeIntervalSince1970))
            }
            #expect(installation.quantity("A") == "40")

            try Self.drop("s3.csv", [("A", 60, 10, "LDS")], after: 8, in: installation)
            let run = try await installation.tallyman("run", "stock")

            #expect(run.exit == 0 && installation.quantity("A") == "50" && Self.salable(installation) == "50", "\(run.all)")
        }
    }

    @Test func `C4 what the ERP has cancelled is not added again, and is free once the shop knows`() async throws {
        try await Self.with("{lag: 0s}") { installation in
            try Self.drop("s1.csv", [("A", 50, 0, "LDS")], after: -60, in: installation)
            _ = try await installation.tallyman("run")
            let number = Self.place(10, in: installation)
            _ = try await installation.tallyman("run")
            try Self.drop("s2.csv", [("A", 50, 10, "LDS")], after: 5, in: installation)
            _ = try await installation.tallyman("run")
            #expect(installation.quantity("A") == "50" && Self.salable(installation) == "40")

            // The same bytes that say the same of the order find the shop closed for cancellations.
            installation.shop.add(FaultRule(.answer(.maintenance), method: "POST", path: "/cancel", hits: 1...1))
            try installation.write("order,reason\r\n\(number),no credit\r\n", to: "erp/cancel/c1.csv")
            try Self.drop("s3.csv", [("A", 50, 0, "LDS")], after: 8, in: installation)
            _ = try await installation.tallyman("run")
            #expect(installation.quantity("A") == "50" && Self.salable(installation) == "40", "not sold while the shop holds it for the order")

            let run = try await installation.tallyman("run")

            #expect(run.exit == 0 && Self.salable(installation) == "50", "\(run.all)")
            #expect(installation.shop.withState { $0.sales.orders[0].state } == .canceled)
        }
    }

    @Test func `the file itself may say up to which order it goes, and a profile that cannot is named by lint`() async throws {
        try await Self.with("imported_up_to") { installation in
            let refused = try await installation.tallyman("lint")
            #expect(refused.exit == 2 && refused.all.contains("maps no column to it"), "\(refused.all)")
            let shipped = "\(Project.folder)/Schemas/profiles"
            try await Command.run(["cp", "-a", shipped, "\(installation.folder)/profiles"])
            for (file, from, to) in [
                ("profile", #""allocated": {"#, #""imported_up_to": {"column": "last_order", "blank": "keep", "optional": true}, "allocated": {"#),
                ("schema", #"{"name": "updated""#, #"{"name": "last_order", "type": "string"}, {"name": "updated""#),
            ] {
                let path = "profiles/generic/stock/\(file).json"
                let text = try String(contentsOfFile: "\(installation.folder)/\(path)", encoding: .utf8)
                try installation.write(text.replacing(from, with: to), to: path)
            }
            try installation.write("profiles: profiles\n" + Self.settings(installation, "imported_up_to"), to: "tallyman.yaml")
            let header = "sku,warehouse,on_hand,allocated,last_order"
            func drop(_ name: String, _ row: String, _ seconds: Double) throws {
                try installation.drop(name, content: Data("\(header)\r\n\(row)\r\n".utf8), minute: 0)
                try FileManager.default.setAttributes(
                    [.modificationDate: Date().addingTimeInterval(seconds)], ofItemAtPath: "\(installation.folder)/erp/out/\(name)")
            }
            try drop("s1.csv", "A,LDS,50,0,", -60)
            _ = try await installation.tallyman("run")
            for _ in 0..<2 { Self.place(10, in: installation) }
            _ = try await installation.tallyman("run", "orders")
            #expect(Self.salable(installation) == "30")

            try drop("s2.csv", "A,LDS,50,10,000000001", 5)
            let first = try await installation.tallyman("run", "stock")
            #expect(Self.salable(installation) == "30" && installation.quantity("A") == "50", "\(first.all)")
            try drop("s3.csv", "A,LDS,50,20,ORD_000001.csv", 8)
            let both = try await installation.tallyman("run", "stock")

            #expect(Self.salable(installation) == "30" && installation.quantity("A") == "50", "\(both.all)")
        }
    }

    @Test func `settings that cannot work are named, with what to do`() async throws {
        for (reservations, text) in [
            ("{}", "does not say how long the ERP takes"), ("sometimes", "off, acknowledged, imported_up_to"),
            ("{by: acknowledged, margn: 1m}", "margn"),
        ] {
            try await Self.with(reservations) { installation in
                let lint = try await installation.tallyman("lint")
                #expect(lint.exit == 2 && lint.all.contains(text), "\(lint.all)")
            }
        }
        try await Self.with("acknowledged") { installation in
            let text = Self.settings(installation, "acknowledged").replacing(", acknowledge: {file: \"acks/{name}.ack\", within: 30m}", with: "")
            try installation.write(text, to: "tallyman.yaml")
            let lint = try await installation.tallyman("lint")
            #expect(lint.exit == 2 && lint.all.contains("no flow has push.acknowledge"), "\(lint.all)")
        }
        try await Self.with("off") { installation in
            let lint = try await installation.tallyman("lint")
            #expect(lint.exit == 0, "\(lint.all)")
        }
    }

    // MARK: Killed at any point

    private static let by = "{by: acknowledged, margin: 0s}"

    /// An order is out and answered for; a second one is cancelled by a customer. `file`: whether a stock file tells of them, too.
    private static func prepared(withFile file: Bool, _ body: (Installation, ShopState) async throws -> Void) async throws {
        try await with(by) { installation in
            try drop("s1.csv", [("A", 50, 0, "LDS")], after: -60, in: installation)
            _ = try await installation.tallyman("run")
            for _ in 0..<2 { place(10, in: installation) }
            _ = try await installation.tallyman("run")
            try acknowledge("ORD_000001.csv", in: installation)
            _ = try await installation.tallyman("run", "orders")
            try drop("s2.csv", [("A", 50, 20, "LDS")], after: 5, in: installation)
            if !file {
                _ = try await installation.tallyman("run", "stock")
                #expect(installation.quantity("A") == "50" && salable(installation) == "30")
                installation.shop.withState { state in
                    state.access.adminTokens["staff"] = AdminToken(username: "admin", expires: .max)
                    let request = ShopRequest(
                        method: "POST", target: "/rest/V1/orders/1/cancel", host: "shop",
                        headers: ["authorization": "Bearer staff", "content-type": "application/json"], body: [])
                    #expect(state.handle(request, now: Int64(Date().timeIntervalSince1970)).answer.status == 200)
                }
            }
            try await body(installation, installation.shop.withState { $0 })
        }
    }

    private static func killed(
        at point: Int, _ original: Installation, _ state: ShopState, quantity: String
    ) async throws -> String? {
        try await Installation.with(state, copyOf: original.folder) { installation in
            try installation.write(settings(installation, by), to: "tallyman.yaml")
            _ = try await installation.tallyman("run", "stock", adding: ["TALLYMAN_STOP_AT": "\(point)"])
            var end = try await installation.tallyman("run", "stock")
            for _ in 0..<4 where end.exit == 75 { end = try await installation.tallyman("run", "stock") }
            let idle = try await installation.tallyman("run", "stock", "--no-quiet")
            let held = installation.quantity("A") ?? "-"
            guard held == quantity, salable(installation) == "30", end.exit == 0, idle.output.contains("0 files") else {
                return "killed at \(point): \(held) held, \(salable(installation) ?? "-") for sale: \(end.all) \(idle.all)"
            }
            return nil
        }
    }

    @Test(.timeLimit(.minutes(20)), arguments: [true, false])
    func `C4 F76 kill -9 at any crossing of a stock run leaves each open order subtracted once (G1, G2)`(_ hasFile: Bool) async throws {
        try await Self.prepared(withFile: hasFile) { original, state in
            let crossings = try await Installation.with(state, copyOf: original.folder) { installation in
                try installation.write(Self.settings(installation, Self.by), to: "tallyman.yaml")
                try installation.write("", to: "crossings")
                let listing = "\(installation.folder)/crossings"
                let run = try await installation.tallyman("run", "stock", adding: ["TALLYMAN_CROSSINGS": listing])
                #expect(run.exit == 0, "\(run.all)")
                return (FileManager.default.contents(atPath: listing) ?? Data()).count { $0 == 0x0A }
            }
            #expect(crossings > 15)

            let problems = try await withThrowingTaskGroup(of: String?.self) { group in
                var found: [String] = []
                for point in 1...crossings {
                    if point > 3, let result = try await group.next() ?? nil { found.append(result) }
                    group.addTask { try await Self.killed(at: point, original, state, quantity: hasFile ? "50" : "40") }
                }
                for try await result in group { if let result { found.append(result) } }
                return found
            }

            #expect(problems.isEmpty, "\(problems.prefix(3))")
        }
    }

    @Test func `J1 a preview reckons with open orders and changes nothing`() async throws {
        try await Self.prepared(withFile: true) { installation, _ in
            let plan = try await installation.tallyman("plan", "stock")

            #expect(plan.exit == 0, "\(plan.all)")
            #expect(installation.quantity("A") == "50" && installation.names(in: "erp/out").contains("s2.csv"))
            let run = try await installation.tallyman("run", "stock")
            #expect(run.exit == 0 && Self.salable(installation) == "30", "\(run.all)")
        }
    }
}
