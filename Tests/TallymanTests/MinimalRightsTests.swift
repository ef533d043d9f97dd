import Foundation
import MagentoSandbox
import Testing

/// Each row of the table of rights in docs/security.md: with exactly the documented set every command of a flow works, and without any
/// one of them a command fails. Rows that say what happens without them name a right that may be left out.
struct MinimalRightsTests {
    struct Flow: Sendable, CustomTestStringConvertible {
        var name: String
        /// The first cells of the table's rows, letter by letter.
        var rows: [String]
        var settings: String
        /// Folder and lines of a file that the ERP writes.
        var file: (folder: String, text: String)?
        var further: [[String]] = []
        var testDescription: String { name }
    }

    private static func pull(_ folder: String, _ rest: String) -> String {
        "pull: {endpoint: erp, folder: \(folder), files: \"*.csv\", settle: 0s, then: {move: archive}}\n    \(rest)"
    }

    private static let orders =
        "push: {endpoint: erp, folder: in, name: \"ORD_{batch}.csv\", acknowledge: {file: \"acks/{name}.ack\"}}\n    profile: generic/orders\n    select: {states: {\"*\": new}}"
    private static let stockFile = "sku,description,warehouse,on_hand,allocated,on_order,unit_price,updated\r\nA,thing,LDS,40,0,0,1.00,\r\n"

    private static let flows: [Flow] = [
        Flow(
            name: "stock", rows: ["stock"], settings: pull("out", "profile: generic/stock\n    stock: {warehouses: {LDS: main}}"),
            file: ("out", stockFile), further: [["reconcile", "one"]]),
        Flow(
            name: "stock without MSI", rows: ["stock without MSI"],
            settings: pull("out", "profile: generic/stock\n    stock: {warehouses: {aggregate: {source: default}}, api: stock-items}"),
            file: ("out", stockFile)),
        Flow(
            name: "prices", rows: ["prices, offers, group prices, costs"],
            settings: pull("out", "profile: sage50/product-list\n    prices: {limits: {jump: off}}\n    gates: {rejected: off, unknown: off}"),
            file: nil),
        Flow(
            name: "group prices", rows: ["prices, offers, group prices, costs", "group prices"],
            settings: pull(
                "out", "profile: sage50/price-list\n    tier_prices: {groups: {TRADE: \"Trade A\"}, limits: {jump: off, below_cost: allow}}"),
            file: nil),
        Flow(
            name: "accounts", rows: ["accounts"],
            settings: pull(
                "out",
                "profile: sage50/customers\n    accounts: {owns: [group], attributes: {account: erp_account}, groups: {TRADE: \"Trade A\"}, limits: {trade_group: allow}}"
            ),
            file: ("out", "A/C,Name,E-mail,Price List Ref,Terms,Credit Limit,On Stop\r\nBOB1,Bob Ltd,bob@b.example,TRADE,30 days,,\r\n")),
        Flow(
            name: "new customers", rows: ["new customers"],
            settings:
                "push: {endpoint: erp, folder: in, name: \"CUST_{batch}.csv\"}\n    profile: generic/customers\n    customers: {attribute: erp_account, since: \"2026-01-01\"}"
        ),
        Flow(
            name: "products", rows: ["products"],
            settings: pull(
                "out",
                "profile: sage50/product-list\n    products: {owns: [name, unit, tax_class], attributes: {unit: unit_of_sale}, tax_classes: {T1: \"Taxable Goods\"}}\n    gates: {rejected: off, unknown: off}"
            ),
            file: nil),
        Flow(name: "orders", rows: ["orders"], settings: orders),
        Flow(
            name: "orders with numbers", rows: ["orders", "orders with `enter_erp_number`"],
            settings: orders + "\n    orders: {enter_erp_number: true}"),
        Flow(
            name: "order cancellations", rows: ["orders", "order_cancellations"],
            settings: orders
                + "\n  off:\n    push: {endpoint: erp, folder: in, name: \"CAN_{batch}.csv\"}\n    profile: generic/order-cancellations\n    order_cancellations: {orders: one}"
        ),
        Flow(
            name: "orders with accounts", rows: ["orders", "orders with `account_attribute`"],
            settings: orders + "\n    orders: {account_attribute: erp_account}"),
        Flow(
            name: "despatches", rows: ["despatches", "despatches, `warehouses` or `source`"],
            settings: pull("out", "profile: sage50/despatches\n    despatches: {warehouses: {LDS: main}}"),
            file: (
                "out",
                "GDN Number,Customer Order No,Product Code,Qty Despatched,Location,Courier,Consignment Number\r\n1001,000000001,A,4,LDS,,\r\n"
            )),
        Flow(
            name: "despatches of bundles", rows: ["despatches", "despatches, `warehouses` or `source`", "despatches of bundles"],
            settings: pull("out", "profile: sage50/despatches\n    despatches: {warehouses: {LDS: main}}"),
            file: (
                "out",
                "GDN Number,Customer Order No,Product Code,Qty Despatched,Location,Courier,Consignment Number\r\n1002,000000002,A,2,LDS,,\r\n"
            )),
        Flow(
            name: "despatches with alarms.consumers",
            rows: ["despatches", "despatches, `warehouses` or `source`", "any, with `alarms.consumers`"],
            settings: pull("out", "profile: sage50/despatches\n    despatches: {warehouses: {LDS: main}}\nalarms: {consumers: 1h}"),
            file: nil),
        Flow(
            name: "invoices", rows: ["invoices"], settings: pull("out", "profile: generic/invoices\n    invoices: {}"),
            file: nil),
        Flow(name: "credits", rows: ["credits"], settings: pull("out", "profile: sage50/credit-notes\n    credits: {}"), file: nil),
        Flow(
            name: "cancellations", rows: ["cancellations"], settings: pull("out", "profile: generic/cancellations\n    cancellations: {}"),
            file: ("out", "order,reason\r\n000000001,no stock\r\n")),
        Flow(
            name: "statuses", rows: ["statuses"],
            settings: pull("out", "profile: generic/statuses\n    statuses: {words: {PICKED: {status: processing}}}"),
            file: nil),
    ]

    /// The resources of these rows; `::ship` continues the module of the resource before it.
    private static func documented(_ flows: [String]) throws -> (needed: [String], optional: [String]) {
        let text = try String(contentsOfFile: "\(Project.folder)/docs/security.md", encoding: .utf8)
        var found: (needed: [String], optional: [String]) = ([], [])
        var rows: Set<String> = []
        for line in text.split(separator: "\n") where line.hasPrefix("| ") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 3, flows.contains(cells[0]) else { continue }
            rows.insert(cells[0])
            var module = ""
            for part in cells[1].components(separatedBy: "`") where part.contains("::") {
                let names = part.components(separatedBy: "::")
                if !names[0].isEmpty { module = names[0] }
                if cells[2].contains("without it") {
                    found.optional.append("\(module)::\(names[1])")
                } else {
                    found.needed.append("\(module)::\(names[1])")
                }
            }
        }
        #expect(rows == Set(flows), "rows that docs/security.md does not have")
        return found
    }

    private static func shop(_ rights: Set<String>) throws -> ShopState {
        var state = AccountWorld.shop
        state.attributes.append(CatalogueAttribute(code: "unit_of_sale"))
        state.catalogue.add(sku: "A", price: Money(10))
        for source in ["main", "north"] { state.sourceItems.upsert(sku: "A", source: source, quantity: Quantity(50), isInStock: true) }
        try state.place(OrderDraft([.init("A", Quantity(4))]), now: Int64(Date().timeIntervalSince1970))
        state.catalogue.add(sku: "KIT", price: Money(20))
        let bundle = SalesLine.Bundle(shipsSeparately: true, hasFixedPrice: false)
        try state.place(
            OrderDraft([.init("KIT", Quantity(1), form: .bundle([.init("A", each: Quantity(2), price: Money(10))], bundle))]),
            now: Int64(Date().timeIntervalSince1970))
        for index in state.access.integrations.indices { state.access.integrations[index].resources = .only(rights) }
        return state
    }

    /// What failed of doctor, run and reconcile; empty where all of them work.
    private static func failures(of flow: Flow, with rights: [String]) async throws -> String {
        try await Installation.with(try shop(Set(rights))) { installation in
            for name in ["in", "acks", "out", "archive"] {
                try FileManager.default.createDirectory(atPath: "\(installation.folder)/erp/\(name)", withIntermediateDirectories: true)
            }
            try installation.write("\(installation.settingsHead)\nflows:\n  one:\n    \(flow.settings)\n", to: "tallyman.yaml")
            if let (folder, text) = flow.file { try installation.write(text, to: "erp/\(folder)/file1.csv") }
            var failures = ""
            for command in [["run", "one"], ["doctor"]] + flow.further {
                let ending = try await installation.program.run(command, adding: [:])
                if ending.exit != 0 || ending.all.contains("not allowed") { failures += ending.all }
            }
            return failures
        }
    }

    @Test(arguments: flows)
    func `with exactly the documented rights every command works, and without any of them one fails`(_ flow: Flow) async throws {
        let every = try Self.documented(["every one"])
        let own = try Self.documented(flow.rows)
        let needed = every.needed + own.needed
        #expect(Set(own.needed).count == own.needed.count || flow.rows.count > 1)

        let whole = try await Self.failures(of: flow, with: needed + own.optional)
        #expect(whole.isEmpty, "\(whole)")
        if !own.optional.isEmpty {
            let least = try await Self.failures(of: flow, with: needed)
            #expect(least.isEmpty, "\(flow.name) works without \(own.optional), as documented: \(least)")
        }
        for right in Set(needed).sorted() {
            let rest = (needed + own.optional).filter { $0 != right }
            #expect(try await !Self.failures(of: flow, with: rest).isEmpty, "\(flow.name) does not need \(right)")
        }
    }
}
