import Foundation
import Glibc
import MagentoSandbox
import TestKit
import Testing

/// The orders' commands as a person meets them.
struct OrderCommandTests {
    private static let orders = """
        push: {endpoint: erp, folder: in, name: "ORD_{batch}.csv", acknowledge: {file: "acks/{name}.ack", within: 30m}}
            profile: generic/orders
            select: {states: {checkmo: new, "*": processing}}
        """

    private static func settings(_ url: String, endpoint: String, orders: String = orders) -> String {
        """
        \(SettingsText.head(url: url, endpoint: endpoint))
        flows:
          orders:
            \(orders)

        """
    }

    private static func with(_ orders: String = orders, _ body: (Installation) async throws -> Void) async throws {
        try await Installation.with(try OrderGoldenCase.shopState()) { installation in
            for name in ["in", "acks"] {
                try FileManager.default.createDirectory(atPath: "\(installation.folder)/erp/\(name)", withIntermediateDirectories: true)
            }
            let endpoint = "local: {root: \(installation.folder)/erp}"
            try installation.write(settings(installation.server.url, endpoint: endpoint, orders: orders), to: "tallyman.yaml")
            try await body(installation)
        }
    }

    @Test func `C239 C230 a person looks, sends, is answered, and asks where an order is`() async throws {
        try await Self.with { installation in
            let plan = try await installation.tallyman("plan", "orders")
            #expect(plan.exit == 0, "\(plan.all)")
            #expect(installation.names(in: "erp/in").isEmpty)
            let run = try await installation.tallyman("run", "orders")
            #expect(
                run.stable(in: installation.folder) == """
                    run 2 · orders · ORD_000001.csv · finished
                      ORD_000001.csv left with 3 documents
                      orders: 4 read = 3 applied + 1 unchanged
                      consignment 1 · ORD_000001.csv · 3 documents · placed

                    """)
            let idle = try await installation.tallyman("run", "orders", "--no-quiet")
            #expect(idle.output == "orders: 0 orders looked at, nothing to send\n", "\(idle.all)")
            try installation.write("000000101,SO-1\n000000102,,REJECTED,no such account\n000000103,SO-3\n", to: "erp/acks/ORD_000001.csv.ack")
            let answered = try await installation.tallyman("run", "orders")
            #expect(answered.exit == 3, "\(answered.all)")
            let why = try await installation.tallyman("why", "000000101")
            #expect(why.output.contains("the ERP took it as SO-1"), "\(why.all)")
            let waiting = try await installation.tallyman("why", "000000104")
            #expect(waiting.output.contains("waiting: waits for payment (state pending_payment)"), "\(waiting.all)")
            let errors = try await installation.tallyman("errors")
            #expect(errors.output.contains("ERP-REFUSED"), "\(errors.all)")

            let again = try await installation.tallyman("resend", "000000102", "--because", "the account is there now")
            #expect(again.exit == 0, "\(again.all)")
            #expect(installation.names(in: "erp/in") == ["ORD_000001.csv", "ORD_000002.csv"])
            let second = String(
                decoding: FileManager.default.contents(atPath: "\(installation.folder)/erp/in/ORD_000002.csv") ?? Data(), as: UTF8.self)
            #expect(second.contains("\r\n000000102,RESENT,"))
            let list = try await installation.tallyman("consignments", "--json")
            #expect(try list.json().elements?.count == 2)
            let open = try await installation.tallyman("errors")
            #expect(open.output == "no rejected record is waiting\n", "\(open.all)")
        }
    }

    @Test func `the mail about an order that the ERP refused names the order and the ERP's reason`() async throws {
        let mailed = Self.orders + "\nowner: ops@acme.example\nmail: {folder: mail, from: tallyman@acme.example}"
        try await Self.with(mailed) { installation in
            _ = try await installation.tallyman("run", "orders")
            try installation.write("000000101,SO-1\n000000102,,REJECTED,no such account\n000000103,SO-3\n", to: "erp/acks/ORD_000001.csv.ack")
            let before = Set(installation.names(in: "mail"))
            let answered = try await installation.tallyman("run", "orders")
            let mails = try installation.names(in: "mail").filter { !before.contains($0) }.map {
                try String(contentsOfFile: "\(installation.folder)/mail/\($0)", encoding: .utf8)
            }

            #expect(answered.exit == 3, "\(answered.all)")
            #expect(mails.contains { $0.contains("no such account") && $0.contains("000000102") }, "\(mails)")
            #expect(!mails.contains { $0.contains("line 0") }, "\(mails)")
        }
    }

    @Test func `C222 F51 the ERP's order number is entered in the shop once, and one that stands there stays`() async throws {
        let entering = Self.orders + "\n    orders: {shipping: {\"*\": X}, enter_erp_number: true}"
        try await Self.with(entering) { installation in
            #expect(try await installation.tallyman("run", "orders").exit == 0)
            func outside(_ number: String) -> String? {
                installation.shop.withState { $0.sales.order(number)?.externalID }
            }
            installation.shop.withState { state in
                guard let order = state.sales.order("000000103") else { return }
                state.sales.update(order.id) { $0.externalID = "BY-HAND" }
            }
            try installation.write("000000101,SO-1\n000000102,SO-2\n000000103,SO-3\n", to: "erp/acks/ORD_000001.csv.ack")
            // The first is written and its answer is lost.
            installation.shop.add(FaultRule(.commitThenDrop, method: "POST", hits: 1...1))
            let lost = try await installation.tallyman("run", "orders")
            let next = try await installation.tallyman("run", "orders")
            let idle = try await installation.tallyman("run", "orders", "--no-quiet")

            #expect(lost.output.contains("numbers are not in the shop yet"), "\(lost.all)")
            #expect(next.exit == 0, "\(next.all)")
            #expect(next.output.contains("2 of the ERP's numbers entered in the shop"), "\(next.all)")
            #expect(next.output.contains("000000103: the ERP's number SO-3 is not in the shop: the shop has BY-HAND there"), "\(next.all)")
            #expect(outside("000000101") == "SO-1" && outside("000000102") == "SO-2" && outside("000000103") == "BY-HAND")
            // Entering moves the orders' time of change, so the shop shows them once more.
            #expect(idle.output == "orders: 2 orders looked at, nothing to send\n", "\(idle.all)")
            #expect(installation.shop.journal.entries.count { $0.event == .arrived && $0.method == "POST" && $0.path.hasSuffix("/orders") } == 2)
        }
    }

    @Test func `C217 one line in a table mends every order that waits for it`() async throws {
        let unmapped = Self.orders + "\n    orders: {shipping: {other: X}}"
        try await Self.with(unmapped) { installation in
            let refused = try await installation.tallyman("run", "orders")
            #expect(refused.exit == 3, "\(refused.all)")
            #expect(refused.output.contains("3 rejected"), "\(refused.all)")
            let errors = try await installation.tallyman("errors")
            #expect(errors.output.contains("add flatrate_flatrate to orders.shipping"), "\(errors.all)")

            let mended = Self.settings(
                installation.server.url, endpoint: "local: {root: \(installation.folder)/erp}",
                orders: Self.orders + "\n    orders: {shipping: {\"*\": X}}")
            try installation.write(mended, to: "tallyman.yaml")
            let sent = try await installation.tallyman("errors", "retry", "--all")
            #expect(sent.exit == 0, "\(sent.all)")
            #expect(installation.names(in: "erp/in") == ["ORD_000001.csv"])
            #expect(try await installation.tallyman("errors").output == "no rejected record is waiting\n")
        }
    }

    @Test func `lint names what is wrong with a flow out of the shop, with its line`() async throws {
        for (orders, fix) in [
            ("push: {endpoint: erp, folder: in, name: orders.csv}\n    profile: generic/orders", "{batch}"),
            (Self.orders.replacing("generic/orders", with: "generic/stock"), "a profile that writes"),
            (Self.orders.replacing("checkmo: new", with: "checkmo: paid"), "new, processing or complete"),
            (Self.orders.replacing("push: {endpoint: erp", with: "push: {endpoint: other"), "known: erp"),
            (Self.orders + "\n    stock: {warehouses: {A: main}}", "move stock to a flow with a pull"),
            (Self.orders + "\n    pull: {endpoint: erp, folder: out, files: x}", "give flow orders one of pull:"),
        ] {
            try await Self.with(orders) { installation in
                let lint = try await installation.tallyman("lint")
                #expect(lint.exit == 2, "\(lint.all)")
                #expect(lint.errors.contains(fix), "\(lint.all)")
            }
        }
    }

    @Test func `what has left cannot be rolled back, and an order's error has no line to edit`() async throws {
        try await Self.with(Self.orders + "\n    orders: {shipping: {freeshipping_freeshipping: STD}}") { installation in
            #expect(try await installation.tallyman("run", "orders").exit == 3)
            let rollback = try await installation.tallyman("rollback", "1")
            #expect(rollback.errors.contains("RUN-OUTBOUND"), "\(rollback.all)")
            let edit = try await installation.tallyman("errors", "edit", "1", "--line", "x")
            #expect(edit.errors.contains("ERROR-NO-LINE"), "\(edit.all)")
        }
    }

    @Test func `D3 C035 over SFTP the file is whole under its name, and a second run sends nothing`() async throws {
        let server = try SSHServer.shared.get()
        let folder = "orders-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: "\(server.home.path)/\(folder)", withIntermediateDirectories: true)
        chmod("\(server.home.path)/\(folder)", 0o777)
        let endpoint =
            "sftp: {host: 127.0.0.1, port: \(server.port), user: \(server.user), identity: {file: id}, host_keys: [\"\(try server.hostKeys[0].fingerprint())\"]}"
        try await Self.with { installation in
            let orders = Self.orders.replacing("folder: in,", with: "folder: \(folder),").replacing("acks/", with: "\(folder)/")
            try installation.write(Self.settings(installation.server.url, endpoint: endpoint, orders: orders), to: "tallyman.yaml")

            try installation.write(server.keys.ed25519.privateText, to: "secrets/id")
            let run = try await installation.tallyman("run", "orders")
            let idle = try await installation.tallyman("run", "orders", "--no-quiet")

            #expect(run.exit == 0, "\(run.all)")
            #expect(idle.output == "orders: 0 orders looked at, nothing to send\n", "\(idle.all)")
            #expect(server.home.names(in: folder) == ["ORD_000001.csv"])
            let consignments = try await installation.tallyman("consignments", "--json")
            let bytes = try consignments.json().elements?.first?["bytes"]?.whole
            #expect(server.home.read("\(folder)/ORD_000001.csv")?.count == bytes)
        }
    }
}
