import Domain
import Engine
import Formats
import Foundation
import MagentoSandbox
import StateStore
import TestKit
import Testing

@testable import tallyman

/// A folder below `Fixtures/profiles`: a file as the ERP writes it, the records that its profile makes of it, and what becomes of
/// them in a shop that has all of its products and customer groups. `make golden` writes `plan.txt`.
struct ProfileFixture: Sendable, CustomTestStringConvertible {
    let name: String
    let folder: String
    var testDescription: String { String(folder.dropFirst("\(Project.folder)/Fixtures/profiles/".count)) }

    /// Those whose fields an entity takes. A profile with several cases has a folder for each.
    static var all: [ProfileFixture] {
        let root = "\(Project.folder)/Fixtures/profiles"
        return entries(root).flatMap { vendor in
            entries("\(root)/\(vendor)").flatMap { profile -> [ProfileFixture] in
                let folder = "\(root)/\(vendor)/\(profile)"
                let cases = entries(folder).filter { entries("\(folder)/\($0)").contains { $0.hasPrefix("input.") } }
                let folders = cases.isEmpty ? [folder] : cases.map { "\(folder)/\($0)" }
                return folders.map { ProfileFixture(name: "\(vendor)/\(profile)", folder: $0) }
            }
        }.filter { !$0.groups.isEmpty }
    }

    private static func entries(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    // MARK: What the file holds

    private var profile: Profile? {
        try? ProfileCatalogue(folder: "\(Project.folder)/Schemas/profiles").profile(named: name)
    }

    private var input: String {
        Self.entries(folder).first { $0.hasPrefix("input.") } ?? "input"
    }

    private var fields: Set<String> { Set(profile?.mappedFields ?? []) }

    /// The different texts of a field, read through the profile; rejected records count too.
    private func values(_ field: String) -> [String] {
        guard let profile, fields.contains(field),
            var source = try? profile.makeReader(
                FileByteSource(path: "\(folder)/\(input)"), fields: [EntityField(field, .text, "")],
                context: ReadContext(fileName: input, modified: UTCInstant(milliseconds: 0)))
        else { return [] }
        var batch = RecordBatch(fieldCount: 1)
        var values: Set<String> = []
        while (try? source.next(into: &batch)) == true {
            for entry in batch.entries {
                for row in 0..<entry.rowCount {
                    guard case .text(let range) = batch.cell(entry, row: row, field: 0) else { continue }
                    values.insert(String(decoding: batch.bytes[range], as: UTF8.self))
                }
            }
            batch.removeAll()
        }
        return values.sorted()
    }

    /// The groups of a flow that takes all of the file.
    private var groups: [String] {
        var groups: [String] = []
        if !fields.isDisjoint(with: ["on_hand", "free"]) { groups.append("stock: {warehouses: {aggregate: {source: main}}}") }
        let rates = values("tax_code").map { "\"\($0)\": 20%" }.joined(separator: ", ")
        let taxes = rates.isEmpty ? "" : ", taxes: {rates: {\(rates)}}"
        let sites = values("website").map { "\"\($0)\": all" }.joined(separator: ", ")
        let places = sites.isEmpty ? "" : ", websites: {\(sites)}"
        let open = "limits: {jump: off, below_cost: allow, zero: allow, magnitude: allow}"
        // Lines that are prices of groups are not the public's, though one column holds both.
        let hasGroups = !fields.isDisjoint(with: ["tier_price", "discount"]) && fields.contains("group")
        if fields.contains("price"), !hasGroups { groups.append("prices: {\(open)\(taxes)\(places)}") }
        if fields.contains("special_price") { groups.append("special_prices: {\(open)\(taxes)\(places)}") }
        if hasGroups {
            let names = customerGroups.map { "\"\($0.code)\": \"\($0.name)\"" }.joined(separator: ", ")
            groups.append("tier_prices: {groups: {\(names)}, \(open)\(taxes)\(places)}")
        }
        if fields.contains("unit_cost") { groups.append("cost: {\(open)}") }
        let row = "lines: sku"
        if fields.contains("despatch") {
            groups.append("despatches: {\(row), warehouses: {LDS: main, BHM: north}, source: main, carriers: {DPD: dpd}}")
        }
        if fields.contains("credit_note") { groups.append("credits: {\(row)}") }
        if fields.contains("account") { groups.append("accounts: {\(accounts)}") }
        if fields.contains("invoice") { groups.append("invoices: {\(row)}") }
        if fields.contains("order_status") {
            groups.append("statuses: {words: {PICKING: {comment: Being picked, show: account}, STOP: {action: hold}}}")
        }
        if fields == ["order", "reason", "quantity"] { groups.append("cancellations: {}") }
        return groups
    }

    /// Every account is new to the shop, and whoever has an e-mail gets a customer.
    private var accounts: String {
        var owned = ["group": "price_group", "terms": "terms", "credit_limit": "credit_limit", "on_stop": "on_stop"].filter {
            fields.contains($0.value)
        }.map(\.key)
        owned += ["tax_number", "parent"].filter(fields.contains)
        let kept = ["terms", "credit_limit", "on_stop", "parent"].filter(owned.contains).map { ", \($0): erp_\($0)" }.joined()
        let groups = values("price_group").map { "\"\($0)\": \"\(Self.groupName($0))\"" }.joined(separator: ", ")
        return "owns: [\(owned.sorted().joined(separator: ", "))], attributes: {account: erp_account\(kept)}, groups: {\(groups)}, "
            + "new: create, new_group: General, limits: {trade_group: allow}"
    }

    private static func groupName(_ code: String) -> String { "Group \(code)".prefix(32).description }

    private var customerGroups: [(code: String, name: String)] { (values("group") + values("price_group")).map { ($0, Self.groupName($0)) } }

    // MARK: What becomes of it

    struct Ending {
        var plan: String
        var unbalanced: [Int64]
        var states: [Run.State]
    }

    func run() async throws -> Ending {
        var state = ShopState.demo
        let known = Set(state.catalogue.products.map { $0.sku.lowercased() })
        for sku in values("sku") where !known.contains(sku.lowercased()) { state.catalogue.add(sku: sku) }
        for (index, group) in customerGroups.enumerated() {
            state.customerGroups.append(CustomerGroup(id: 100 + index, code: group.name))
        }
        for field in ["account", "terms", "credit_limit", "on_stop", "parent"] { state.customerAttributes.insert("erp_\(field)") }
        try place(&state)
        return try await Installation.with(state) { installation in
            try installation.write(settings(installation), to: "tallyman.yaml")
            let key = Integration.demo
            for (file, secret) in zip("abcd", [key.consumerKey, key.consumerSecret, key.token, key.tokenSecret]) {
                try installation.write(secret, to: "secrets/\(file)")
            }
            let content = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(input)"))
            try installation.drop(input, content: content, minute: 1)
            let assembly = try Assembly(settingsFile: "\(installation.folder)/tallyman.yaml", timeline: ManualTimeline().timeline)
            let ledger = try assembly.ledger()
            let report = try await assembly.withShop { shop in
                let flow = try await assembly.flow("file", shop, ledger)
                let runner = try assembly.runner(ledger)
                var report = try await runner.run(flow, cause: "schedule")
                // A first list of arbitrary figures may well ask for a person; here it gets one.
                for (index, run) in report.runs.enumerated() where run.run.state == .held {
                    report.runs[index] = try await assembly.desk(runner).approve(run.run.id, of: flow, by: "test")
                }
                return report
            }
            if let trouble = report.trouble ?? report.runs.compactMap(\.trouble).first { throw trouble }
            return Ending(
                plan: try report.runs.map { try Self.text(of: $0, assembly, ledger) }.joined(),
                unbalanced: try ledger.read { try $0.unbalancedRuns() }, states: report.runs.map(\.run.state)
            )
        }
    }

    /// The orders beside the file, `orders.json`; where it credits them, they have been sent and invoiced.
    private func place(_ state: inout ShopState) throws {
        guard let bytes = FileManager.default.contents(atPath: "\(folder)/orders.json") else { return }
        for sku in values("sku") {
            for source in ["main", "north"] { state.sourceItems.upsert(sku: sku, source: source, quantity: Quantity(100), isInStock: true) }
        }
        for seed in try JSONParser.parse(Array(bytes)).elements ?? [] {
            let order = try state.place(try OrderSeed.read(seed), now: 1_795_224_000)
            guard fields.contains("credit_note") else { continue }
            state.access.adminTokens["fixture"] = AdminToken(username: "admin", expires: .max)
            for (action, body) in [("ship", #"{"arguments":{"extension_attributes":{"source_code":"main"}}}"#), ("invoice", "{}")] {
                let request = ShopRequest(
                    method: "POST", target: "/rest/V1/order/\(order.id)/\(action)", host: "shop",
                    headers: ["authorization": "Bearer fixture", "content-type": "application/json"], body: Array(body.utf8))
                guard state.handle(request, now: 1_795_224_100).answer.status == 200 else { throw Unprepared() }
            }
        }
    }

    private struct Unprepared: Error {}

    private func settings(_ installation: Installation) -> String {
        """
        shop: test
        timezone: Europe/London
        currency: \(values("currency").first ?? "GBP")
        state: state
        magento:
          url: "\(installation.server.url)"
          oauth1: {consumer_key: {file: a}, consumer_secret: {file: b}, access_token: {file: c}, access_token_secret: {file: d}}
        endpoints: {erp: {local: {root: \(installation.folder)/erp}}}
        flows:
          file:
            pull: {endpoint: erp, folder: out, files: "*", settle: 0s, then: delete}
            profile: \(name)
            gates: {rejected: off, unknown: off, to_zero: off}
        \(groups.map { "    \($0)\n" }.joined())
        """
    }

    /// Per entity the tally, then each product's changes in order.
    private static func text(of report: RunReport, _ assembly: Assembly, _ ledger: Ledger) throws -> String {
        var text = "\(report.run.state.rawValue)\n"
        let changes = try ledger.read { try $0.changes(run: report.run.id, limit: 10_000) }
        let errors = try ledger.read { try $0.errors(in: nil, run: report.run.id) }
        let words = try ValueWords(assembly)
        for (entity, tally) in report.tallies {
            text += "\(entity): \(tally)\n"
            for finding in report.plans.first(where: { $0.entity == entity })?.findings ?? [] {
                text += "  gate \(finding.gate): \(finding.text)\n"
            }
            for error in errors where error.entity == entity {
                let reason = error.verdict.reason
                text += "  line \(error.verdict.origin.line): \(reason?.code ?? "") \(reason?.text ?? "")\n"
            }
            for planned in changes.filter({ $0.entity == entity }).sorted(by: { ($0.change.key, $0.change.id) < ($1.change.key, $1.change.id) }) {
                let before = planned.change.before.map { words.describe($0, entity: entity) } ?? "nothing"
                let due = planned.due.map { " from \($0)" } ?? ""
                text += "  \(planned.change.key): \(before) → \(words.describe(planned.change.after, entity: entity))\(due)\n"
                text += "    \(planned.evidence) · \(planned.outcome.rawValue)\n"
            }
        }
        return text
    }
}
