import Foundation
import MagentoSandbox
import Testing

/// What an order is known by: its number, which two store views may share, and the short reference under which the ERP takes it.
struct OrderIdentityTests {
    private static let reference = """
        push: {endpoint: erp, folder: in, name: "ORD_{batch}.csv", acknowledge: {file: "acks/{name}.ack", within: 30m}}
            profile: sage50/orders
            select: {states: {"*": new}}
            orders: {reference: {prefix: W, length: 8}, accounts: {guest: WEB, "*": WEB}, shipping: {"*": X}, tax: {"*": T1}}
        """

    private static func with(
        _ orders: String = reference, flows: [String] = [], numbers: [(String, Int)], _ body: (Installation) async throws -> Void
    ) async throws {
        var state = ShopState.empty
        state.catalogue.add(sku: "A")
        state.storeViews.append(StoreView(id: 2, code: "second", name: "Second", websiteID: 1, groupID: 1))
        state.sourceItems.upsert(sku: "A", source: "main", quantity: Quantity(50), isInStock: true)
        try await Installation.with(state) { installation in
            for name in ["in", "acks", "despatch"] {
                try FileManager.default.createDirectory(atPath: "\(installation.folder)/erp/\(name)", withIntermediateDirectories: true)
            }
            try installation.write(OrderInstallation.settings(installation, flows: flows, orders: orders), to: "tallyman.yaml")
            for (index, (number, store)) in numbers.enumerated() {
                installation.shop.withState { state in
                    var draft = OrderDraft([.init("A", Quantity(2))])
                    draft.incrementID = number
                    draft.storeID = store
                    let now = Int64(Date().timeIntervalSince1970) - 100 + Int64(index)
                    do { try state.place(draft, now: now) } catch { Issue.record("\(error)") }
                }
            }
            try await body(installation)
        }
    }

    @Test func `short references are each order's own, and are understood when the ERP answers and despatches by them`() async throws {
        let despatches = """
              despatches:
                pull: {endpoint: erp, folder: despatch, files: "*.csv", settle: 0s, then: {move: archive}}
                profile: sage50/despatches
                despatches: {warehouses: {LDS: main}}
            """
        try await Self.with(flows: [despatches], numbers: [("000001351", 1), ("000000135-1", 1)]) { installation in
            let left = try await installation.tallyman("run", "orders")
            #expect(left.exit == 0, "\(left.all)")
            let name = try #require(installation.names(in: "erp/in").first)
            let file = try String(contentsOfFile: "\(installation.folder)/erp/in/\(name)", encoding: .utf8)
            #expect(file.contains("W0001351,000001351") && file.contains("W00135R1,000000135-1"), "\(file)")

            try installation.write("W0001351,SO-1\r\nW00135R1,SO-2\r\n", to: "erp/acks/\(name).ack")
            let answered = try await installation.tallyman("run", "orders")
            #expect(answered.all.contains("2 of 2 answered"), "\(answered.all)")
            let header = "GDN Number,Customer Order No,Product Code,Qty Despatched,Location,Courier,Consignment Number"
            try installation.write(header + "\r\n1001,W00135R1,A,2,LDS,,\r\n", to: "erp/despatch/d1.csv")
            let sent = try await installation.tallyman("run", "despatches")

            #expect(sent.exit == 0, "\(sent.all)")
            let shipped = installation.shop.withState { state in state.sales.shipments.map { state.sales[$0.orderID]?.incrementID } }
            #expect(shipped == ["000000135-1"])
        }
    }

    @Test func `storenum: the second order of a number is named and doctor refuses the set-up, and what comes back is for the first`() async throws {
        let orders = """
            push: {endpoint: erp, folder: in, name: "ORD_{batch}.csv"}
                profile: generic/orders
                select: {states: {"*": new}}
                orders: {shipping: {"*": X}}
            """
        let cancellations = """
              cancellations:
                pull: {endpoint: erp, folder: despatch, files: "*.csv", settle: 0s, then: {move: archive}}
                profile: generic/cancellations
                cancellations: {}
            """
        try await Self.with(orders, flows: [cancellations], numbers: [("000000004", 1), ("000000004", 2), ("000000005", 1)]) { installation in
            let doctor = try await installation.tallyman("doctor")
            #expect(doctor.exit != 0 && doctor.all.contains("order numbers are used twice, such as 000000004"), "\(doctor.all)")

            let run = try await installation.tallyman("run", "orders")
            let errors = try await installation.tallyman("errors")
            #expect(run.exit == 3 && errors.all.contains("NUMBER-TWICE"), "\(run.all)\(errors.all)")
            let file = try String(contentsOfFile: "\(installation.folder)/erp/in/ORD_000001.csv", encoding: .utf8)
            #expect(file.contains("000000005"), "the others leave: \(file)")

            try installation.write("order,reason\r\n000000004,no stock\r\n", to: "erp/despatch/c.csv")
            let cancelled = try await installation.tallyman("run", "cancellations")
            #expect(cancelled.exit == 0, "\(cancelled.all)")
            #expect(installation.shop.withState { $0.sales.orders.map(\.state) } == [.canceled, .new, .new])
        }
    }
}
