import Foundation
import MagentoSandbox
import Testing

/// The rights that docs/security.md lists are what every command needs, held against the sandbox with exactly that set.
struct DocumentedRightsTests {
    /// The resources of the rows of these flows; `::ship` continues the module of the resource before it.
    private static func documented(_ flows: [String]) throws -> Set<String> {
        let text = try String(contentsOfFile: "\(Project.folder)/docs/security.md", encoding: .utf8)
        var resources: Set<String> = []
        for line in text.split(separator: "\n") where line.hasPrefix("| ") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 3, flows.contains(where: { cells[0].hasPrefix($0) }) else { continue }
            var module = ""
            for part in cells[1].components(separatedBy: "`") where part.contains("::") {
                let names = part.components(separatedBy: "::")
                if !names[0].isEmpty { module = names[0] }
                resources.insert("\(module)::\(names[1])")
            }
        }
        return resources
    }

    @Test func `doctor, stock, orders, despatches and reconcile work with exactly the documented rights`() async throws {
        let rights = try Self.documented(["every one", "stock", "orders", "despatches"])
        #expect(rights.contains("Magento_InventoryApi::stock_source_link") && rights.contains("Magento_Sales::ship"), "\(rights)")
        var state = ShopState.empty
        state.catalogue.add(sku: "A")
        for source in ["main", "north"] { state.sourceItems.upsert(sku: "A", source: source, quantity: Quantity(50), isInStock: true) }
        for index in state.access.integrations.indices { state.access.integrations[index].resources = .only(rights) }
        try await Installation.with(state) { installation in
            for name in ["in", "acks", "despatch"] {
                try FileManager.default.createDirectory(atPath: "\(installation.folder)/erp/\(name)", withIntermediateDirectories: true)
            }
            try installation.write(
                """
                \(installation.settingsHead)
                flows:
                  stock:
                    pull: {endpoint: erp, folder: out, files: "*.csv", settle: 0s, then: {move: archive}}
                    profile: generic/stock
                    stock: {warehouses: {LDS: main, NCL: north}}
                  orders:
                    push: {endpoint: erp, folder: in, name: "ORD_{batch}.csv", acknowledge: {file: "acks/{name}.ack", within: 30m}}
                    profile: generic/orders
                    select: {states: {"*": new}}
                    orders: {shipping: {"*": X}}
                  despatches:
                    pull: {endpoint: erp, folder: despatch, files: "*.csv", settle: 0s, then: {move: archive}}
                    profile: sage50/despatches
                    despatches: {warehouses: {LDS: main, NCL: north}}

                """, to: "tallyman.yaml")
            installation.shop.withState { state in
                do { try state.place(OrderDraft([.init("A", Quantity(4))]), now: Int64(Date().timeIntervalSince1970)) } catch {
                    Issue.record("\(error)")
                }
            }

            let doctor = try await installation.tallyman("doctor")
            try installation.drop("s1.csv", [Installation.line("A", "40")], minute: 1)
            let header = "GDN Number,Customer Order No,Product Code,Qty Despatched,Location,Courier,Consignment Number"
            let first = try await installation.tallyman("run")
            try installation.write(header + "\r\n1001,000000001,A,4,LDS,,\r\n", to: "erp/despatch/d1.csv")
            let second = try await installation.tallyman("run")
            let compared = try await installation.tallyman("reconcile")

            for ending in [doctor, first, second, compared] {
                #expect(!ending.all.contains("lacks") && !ending.all.contains("not allowed"), "\(ending.all)")
            }
            #expect(doctor.exit == 0 && first.exit == 0 && second.exit == 0, "\(doctor.all)\(first.all)\(second.all)")
            #expect(installation.shop.withState { $0.sales.shipments.count } == 1 && installation.names(in: "erp/in") == ["ORD_000001.csv"])
        }
    }
}
