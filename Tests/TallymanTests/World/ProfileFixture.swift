import Domain
import Engine
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
    var testDescription: String { name }

    /// Those whose fields an entity takes; account lists have none yet.
    static var all: [ProfileFixture] {
        let root = "\(Project.folder)/Fixtures/profiles"
        let vendors = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let names = vendors.flatMap { vendor in
            ((try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(vendor)")) ?? []).map { "\(vendor)/\($0)" }
        }
        return names.sorted().map { ProfileFixture(name: $0, folder: "\(root)/\($0)") }.filter { !$0.groups.isEmpty }
    }

    // MARK: What the file holds

    /// The mapped records by field, as `convert` prints them.
    private var records: [[String: String]] {
        guard let text = try? String(contentsOfFile: "\(folder)/expected.csv", encoding: .utf8) else { return [] }
        let rows = Self.cells(text)
        guard let header = rows.first else { return [] }
        return rows.dropFirst().map { row in
            Dictionary(zip(header, row), uniquingKeysWith: { first, _ in first })
        }
    }

    private func values(_ field: String) -> [String] {
        Set(records.compactMap { $0[field] }.filter { !$0.isEmpty }).sorted()
    }

    private var fields: Set<String> { Set(records.first?.keys.map { $0 } ?? []) }

    /// The groups of a flow that takes all of the file.
    private var groups: [String] {
        var groups: [String] = []
        if !fields.isDisjoint(with: ["on_hand", "free"]) { groups.append("stock: {warehouses: {aggregate: {source: main}}}") }
        let rates = values("tax_code").map { "\"\($0)\": 20%" }.joined(separator: ", ")
        let taxes = rates.isEmpty ? "" : ", taxes: {rates: {\(rates)}}"
        let sites = values("website").map { "\"\($0)\": all" }.joined(separator: ", ")
        let places = sites.isEmpty ? "" : ", websites: {\(sites)}"
        let open = "limits: {jump: off, below_cost: allow, zero: allow, magnitude: allow}"
        if fields.contains("price") { groups.append("prices: {\(open)\(taxes)\(places)}") }
        if fields.contains("special_price") { groups.append("special_prices: {\(open)\(taxes)\(places)}") }
        if !fields.isDisjoint(with: ["tier_price", "discount"]), fields.contains("group") {
            let names = customerGroups.map { "\"\($0.code)\": \"\($0.name)\"" }.joined(separator: ", ")
            groups.append("tier_prices: {groups: {\(names)}, \(open)\(taxes)\(places)}")
        }
        if fields.contains("unit_cost") { groups.append("cost: {\(open)}") }
        return groups
    }

    private var customerGroups: [(code: String, name: String)] { values("group").map { ($0, "Group \($0)".prefix(32).description) } }

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
        return try await Installation.with(state) { installation in
            try installation.write(settings(installation), to: "tallyman.yaml")
            let key = Integration.demo
            for (file, secret) in zip("abcd", [key.consumerKey, key.consumerSecret, key.token, key.tokenSecret]) {
                try installation.write(secret, to: "secrets/\(file)")
            }
            let input = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasPrefix("input.") })
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
        for (entity, tally) in report.tallies {
            text += "\(entity): \(tally)\n"
            for finding in report.plans.first(where: { $0.entity == entity })?.findings ?? [] {
                text += "  gate \(finding.gate): \(finding.text)\n"
            }
            for planned in changes.filter({ $0.entity == entity }).sorted(by: { ($0.change.key, $0.change.id) < ($1.change.key, $1.change.id) }) {
                let before = try planned.change.before.map { try assembly.describe($0, entity: entity) } ?? "nothing"
                let due = planned.due.map { " from \($0)" } ?? ""
                text += "  \(planned.change.key): \(before) → \(try assembly.describe(planned.change.after, entity: entity))\(due)\n"
                text += "    \(planned.evidence) · \(planned.outcome.rawValue)\n"
            }
        }
        return text
    }

    /// The cells of what our own writer wrote: RFC 4180 in UTF-8.
    private static func cells(_ text: String) -> [[String]] {
        var rows: [[String]] = [[]]
        var cell: [UInt8] = []
        var isQuoted = false
        var bytes = Array(text.utf8).makeIterator()
        var next = bytes.next()
        while let byte = next {
            next = bytes.next()
            switch byte {
            case UInt8(ascii: "\""):
                if isQuoted, next == byte {
                    cell.append(byte)
                    next = bytes.next()
                } else {
                    isQuoted.toggle()
                }
            case UInt8(ascii: ",") where !isQuoted, UInt8(ascii: "\n") where !isQuoted:
                rows[rows.count - 1].append(String(decoding: cell, as: UTF8.self))
                cell = []
                if byte != UInt8(ascii: ",") { rows.append([]) }
            case UInt8(ascii: "\r") where !isQuoted: break
            default: cell.append(byte)
            }
        }
        if rows.last == [] { rows.removeLast() }
        return rows
    }
}
