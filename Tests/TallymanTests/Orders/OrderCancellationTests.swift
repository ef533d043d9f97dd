import Foundation
import MagentoSandbox
import Testing

/// An order that is cancelled in the shop after it has left is cancelled in the ERP, once, whoever was first.
struct OrderCancellationTests {
    private typealias World = CancellationInstallation

    private static func run(_ flow: String, _ installation: Installation, exit: Int32 = 0) async throws -> Program.Ending {
        let ending = try await installation.tallyman("run", flow)
        #expect(ending.exit == exit, "\(flow): \(ending.all)")
        return ending
    }

    @Test(arguments: [false, true])
    func `C234 an order cancelled before or after the ERP answered leaves as a cancellation, once, and no person is asked`(
        _ isAnswered: Bool
    ) async throws {
        try await World.with { installation in
            _ = try await Self.run("orders", installation)
            if isAnswered {
                try installation.write("000000001,SO-1\n000000002,SO-2\n", to: "erp/acks/ORD_000001.csv.ack")
                _ = try await Self.run("orders", installation)
            }
            #expect(World.post("orders/1/cancel", in: installation) == 200)

            _ = try await Self.run("off", installation)
            _ = try await Self.run("off", installation)
            let orders = try await Self.run("orders", installation)
            let errors = try await installation.tallyman("errors")

            #expect(World.rows(in: installation) == World.whole)
            #expect(!errors.all.contains("CANCELLED-LATE") && !orders.all.contains("CANCELLED-LATE"), "\(orders.all)\(errors.all)")
            #expect(orders.all.contains("CANCELLED-CARRIED") || orders.all.contains("superseded"), "\(orders.all)")
            let text = try String(contentsOfFile: "\(installation.folder)/erp/off/CAN_000001.csv", encoding: .utf8)
            #expect(text.contains("W0000001") && text.contains("SO-1") == isAnswered, "\(text)")
        }
    }

    @Test func `each part that is cancelled leaves as a cancellation of its own, and the rest only with what is left`() async throws {
        try await World.with { installation in
            _ = try await Self.run("orders", installation)
            // What is invoiced stays; the rest is cancelled.
            World.post("order/1/invoice", #"{"items":[{"order_item_id":1,"qty":1},{"order_item_id":2,"qty":3}]}"#, in: installation)
            #expect(World.post("orders/1/cancel", in: installation) == 200)
            _ = try await Self.run("off", installation)
            #expect(World.rows(in: installation) == ["000000001 000000001 part A 1 1"])
            // Later the money of two B goes back before anything has left.
            World.post("order/1/refund", #"{"items":[{"order_item_id":2,"qty":2}]}"#, in: installation)
            _ = try await Self.run("off", installation)
            _ = try await Self.run("off", installation)

            #expect(
                World.rows(in: installation) == ["000000001 000000001 part A 1 1", "000000001-C2 000000001 part B 2 1"])
        }
    }

    @Test func `what was cancelled before the order left is not cancelled again, and an order that never left leaves no cancellation`() async throws {
        try await World.with { installation in
            World.post("order/1/invoice", #"{"items":[{"order_item_id":1,"qty":1},{"order_item_id":2,"qty":3}]}"#, in: installation)
            World.post("orders/1/cancel", in: installation)
            World.post("orders/2/cancel", in: installation)
            _ = try await Self.run("orders", installation)
            _ = try await Self.run("off", installation)

            #expect(installation.names(in: "erp/in") == ["ORD_000001.csv"])
            #expect(installation.names(in: "erp/off").isEmpty)
        }
    }

    @Test func `an order that the ERP cancelled or refused itself leaves no cancellation`() async throws {
        try await World.with(World.flows(more: World.byERP)) { installation in
            _ = try await Self.run("orders", installation)
            try installation.write("order,reason\r\n000000001,no stock\r\n", to: "erp/cancel/c.csv")
            _ = try await Self.run("cancellations", installation)
            try installation.write("000000001,SO-1\n000000002,,REJECTED,unknown account\n", to: "erp/acks/ORD_000001.csv.ack")
            _ = try await Self.run("orders", installation, exit: 3)
            World.post("orders/2/cancel", in: installation)

            _ = try await Self.run("off", installation)

            #expect(installation.names(in: "erp/off").isEmpty)
        }
    }

    @Test func `a refused cancellation shows both sides and what to do, and closes when the ERP cancels after all`() async throws {
        try await World.with(World.flows(more: World.byERP)) { installation in
            _ = try await Self.run("orders", installation)
            World.post("orders/1/cancel", in: installation)
            _ = try await Self.run("off", installation)
            try installation.write("000000001,SO-77,REJECTED,already despatched\n", to: "erp/acks/CAN_000001.csv.ack")
            _ = try await Self.run("off", installation, exit: 3)
            _ = try await Self.run("off", installation)
            let errors = try await installation.tallyman("errors", "--json")
            let why = try await installation.tallyman("why", "000000001")

            for text in [
                "CANCELLATION-REFUSED", "already despatched", "In the shop nothing of it is left (2 A, 3 B cancelled)", "SO-77", "have them returned",
            ] {
                #expect(errors.all.contains(text), "\(text): \(errors.all)")
            }
            #expect(why.all.contains("already despatched") && why.all.contains("CAN_000001.csv"), "\(why.all)")
            #expect(World.rows(in: installation) == World.whole)

            try installation.write("order,reason\r\n000000001,stopped in time\r\n", to: "erp/cancel/c.csv")
            _ = try await installation.tallyman("run", "cancellations")
            _ = try await Self.run("off", installation)
            let closed = try await installation.tallyman("errors")
            #expect(!closed.all.contains("CANCELLATION-REFUSED"), "\(closed.all)")
        }
    }

    @Test func `a cancellation waits for the file of its order, and for the ERP's answer where the settings say so`() async throws {
        try await World.with(World.flows(orders: "    approve: always", cancellations: ", after: answered")) { installation in
            _ = try await Self.run("orders", installation, exit: 4)
            World.post("order/1/invoice", #"{"items":[{"order_item_id":1,"qty":1},{"order_item_id":2,"qty":3}]}"#, in: installation)
            World.post("orders/1/cancel", in: installation)
            _ = try await Self.run("off", installation)
            #expect(installation.names(in: "erp/off").isEmpty)
            _ = try await installation.tallyman("approve", "1")
            _ = try await Self.run("off", installation)
            #expect(installation.names(in: "erp/in") == ["ORD_000001.csv"] && installation.names(in: "erp/off").isEmpty)
            try installation.write("", to: "erp/acks/ORD_000001.csv.ack")
            _ = try await Self.run("orders", installation)

            _ = try await Self.run("off", installation)

            #expect(World.rows(in: installation) == ["000000001 000000001 part A 1 1"])
        }
    }

    @Test(arguments: [("", true), (CancellationInstallation.credits, false)])
    func `goods refunded before they left count as cancelled, unless the ERP's own credit notes come into the shop`(
        _ more: String, _ counts: Bool
    ) async throws {
        try await World.with(World.flows(more: more)) { installation in
            _ = try await Self.run("orders", installation)
            World.post("order/1/invoice", in: installation)
            World.post("order/1/refund", in: installation)

            _ = try await Self.run("off", installation)

            #expect(World.rows(in: installation) == (counts ? World.whole : []))
        }
    }

    @Test func `an order sent again after a cancellation leaves with the rest, and nothing is cancelled twice`() async throws {
        try await World.with { installation in
            _ = try await Self.run("orders", installation)
            World.post("order/1/invoice", #"{"items":[{"order_item_id":1,"qty":1},{"order_item_id":2,"qty":3}]}"#, in: installation)
            World.post("orders/1/cancel", in: installation)
            _ = try await Self.run("off", installation)
            _ = try await installation.tallyman("resend", "000000001", "--flow", "orders", "--because", "lost there")
            _ = try await Self.run("off", installation)
            #expect(World.rows(in: installation) == ["000000001 000000001 part A 1 1"])
            let again = try await installation.tallyman("resend", "000000001", "--flow", "off", "--because", "lost there")

            #expect(again.exit == 0, "\(again.all)")
            #expect(installation.names(in: "erp/in") == ["ORD_000001.csv", "ORD_000002.csv"])
        }
    }

    @Test func `a profile that cancels whole orders refuses a part and names what to do`() async throws {
        try await World.with(World.flows(profile: "ubl/order-cancellations")) { installation in
            _ = try await Self.run("orders", installation)
            World.post("order/1/invoice", #"{"items":[{"order_item_id":1,"qty":1},{"order_item_id":2,"qty":3}]}"#, in: installation)
            World.post("orders/1/cancel", in: installation)
            World.post("orders/2/cancel", in: installation)
            _ = try await Self.run("off", installation, exit: 3)
            let errors = try await installation.tallyman("errors")

            #expect(installation.names(in: "erp/off").count == 1)
            #expect(errors.all.contains("CANCELLATION-PART") && errors.all.contains("1 A of order 000000001"), "\(errors.all)")
        }
    }

    @Test(arguments: [
        (CancellationInstallation.flows(cancellations: ", after: never"), "after"),
        (CancellationInstallation.flows().replacing("orders: orders", with: "orders: nothing"), "is not a flow of orders out of the shop"),
        (
            CancellationInstallation.flows(
                more: """
                      again:
                        push: {endpoint: erp, folder: off, name: "AGAIN_{batch}.csv"}
                        profile: generic/order-cancellations
                        order_cancellations: {orders: orders}
                    """), "each would reach the ERP twice"
        ),
    ])
    func `lint refuses a flow of cancellations that would carry them twice, or nothing`(_ flows: String, _ words: String) async throws {
        try await World.with(flows) { installation in
            let lint = try await installation.tallyman("lint")

            #expect(lint.exit != 0 && lint.all.contains(words), "\(lint.all)")
        }
    }
}
