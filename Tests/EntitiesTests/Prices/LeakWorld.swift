import Domain
import Magento
import TestKit

@testable import Entities

/// A shop with public and trade prices, the ERP's true lists, and the way of a file's columns into plans.
///
/// A mistake is made where people make it: in which column a field is mapped to, in what a figure means, in names of groups.
struct LeakWorld {
    struct Line {
        var sku: RecordKey
        var figures: [Column: ExactDecimal]
    }

    enum Column: Hashable { case publicPrice, tradeA, tradeB, cost, offer, quantity, weight }

    /// What a flow's settings make of the file.
    struct Mapping {
        /// Group name in the shop to its column, for tier prices.
        var groups: [String: Column] = ["Trade A": .tradeA, "Trade B": .tradeB]
        var price = Column.publicPrice
        var offer = Column.offer
        var factor: ExactDecimal = 1
        var fileBasis = PriceTerms.Basis.net
        var shopBasis = PriceTerms.Basis.net
        var per: ExactDecimal = 1
        var website: PricePlace = .everywhere
        /// Lines with an index divisible by this lack their tier prices.
        var missingTiers = 0
        var quantity: ExactDecimal = 1
        var isDiscountAsPrice = false
        var audience = GroupPins.Audience.trade
    }

    /// What the check says of a plan, with the gates that its marks breach.
    struct Verdict {
        var leaks: [String] = []
        var gates: [String] = []
        var refusals: [String] = []
        var isStopped: Bool { !leaks.isEmpty || !gates.isEmpty || !refusals.isEmpty }
    }

    var lines: [Line] = []
    var known: [RecordKey: [Column: ExactDecimal]] = [:]
    var websites = [Stores.Website(id: 1, code: "base", defaultGroup: 1)]
    var groups = [("NOT LOGGED IN", 0), ("General", 1), ("Trade A", 4), ("Trade B", 5)].map { CustomerGroups.Group(id: $0.1, code: $0.0) }
    var pins = GroupPins(["Trade A": 4, "Trade B": 5])
    var scope = PriceScope.global

    /// A clean file: up to `churn` per cent of the products moved by up to a tenth, or all raised alike, a few with new offers.
    init(seed: UInt64, products: Int = 200, churn: Int = 40) {
        var random = SeededRandom(seed: seed)
        func cents(_ number: Int64) -> ExactDecimal { ExactDecimal(coefficient: max(1, number), scale: 2) ?? 1 }
        let share = Int.random(in: 1...churn, using: &random)
        // A rise of the whole list is as usual as a change here and there.
        let rise = Int.random(in: 0..<4, using: &random) == 0 ? Int64.random(in: 101...112, using: &random) : 0
        for number in 0..<products {
            let base = Int64.random(in: 300...60_000, using: &random)
            var figures: [Column: ExactDecimal] = [
                .publicPrice: cents(base), .tradeA: cents(base * Int64.random(in: 76...90, using: &random) / 100),
                .tradeB: cents(base * Int64.random(in: 62...75, using: &random) / 100),
                .cost: cents(base * Int64.random(in: 30...50, using: &random) / 100),
                .quantity: ExactDecimal(Int64.random(in: 1...500, using: &random)), .weight: cents(Int64.random(in: 5...3000, using: &random)),
            ]
            let sku = RecordKey("P-\(number)")
            known[sku] = figures
            if rise != 0 || Int.random(in: 1...100, using: &random) <= share {
                for column in [Column.publicPrice, .tradeA, .tradeB, .cost] {
                    let old = figures[column]?.rounded(.halfUp, digits: 2) ?? 1
                    let percent = rise == 0 ? Int64.random(in: 93...108, using: &random) : rise
                    figures[column] = old.percentage(ExactDecimal(percent))?.rounded(.halfUp, digits: 2)
                }
            }
            if Int.random(in: 0..<10, using: &random) == 0 {
                figures[.offer] = figures[.publicPrice]?.percentage(ExactDecimal(Int64.random(in: 91...95, using: &random)))?.rounded(
                    .halfUp, digits: 2)
            }
            lines.append(Line(sku: sku, figures: figures))
        }
    }

    /// Runs the file through the interpreter of `kind` and looks at the plan.
    func verdict(_ kind: PriceKind, _ mapping: Mapping = Mapping()) -> Verdict {
        var verdict = Verdict()
        let terms: PriceTerms
        guard let zone = ShopZone("Europe/London") else { return verdict }
        terms = PriceTerms(
            currency: "GBP", zone: zone, fileBasis: mapping.fileBasis, shopBasis: mapping.shopBasis, taxRates: ["T1": 20],
            standardTaxCode: "T1", websites: ["": mapping.website], scope: scope)
        let names = Dictionary(uniqueKeysWithValues: mapping.groups.keys.map { ($0, $0) })
        let rules = PriceRules(kind: kind, terms: terms, groups: names)
        var pins = self.pins
        if kind == .tier {
            do throws(Diagnostic) { pins = try pins.resolved(Set(mapping.groups.keys), in: groups, audience: mapping.audience) } catch {
                verdict.refusals.append(error.code)
            }
        }
        var sheet = PricePlanSheet(kind: kind, known: kind == .tier ? known.count : 0)
        var summary = PlanSummary()
        for (number, line) in lines.enumerated() {
            summary.keys += 1
            plan(line, number, rules, mapping, into: &sheet, &summary, &verdict)
        }
        verdict.gates = rules.limits.gates.compactMap { summary.marks[$0.mark] == nil ? nil : $0.mark }
        let policy = LeakPolicy(audience: kind == .tier || mapping.audience == .public ? mapping.audience : .public, pins: pins, scope: scope)
        verdict.leaks = LeakCheck(sheet, shop: shop, policy: policy).findings.map(\.text)
        return verdict
    }

    private func plan(
        _ line: Line, _ number: Int, _ rules: PriceRules, _ mapping: Mapping, into sheet: inout PricePlanSheet, _ summary: inout PlanSummary,
        _ verdict: inout Verdict
    ) {
        var interpreter = PriceInterpreter(rules: rules, asOf: UTCInstant(seconds: 1_795_219_200))
        var keyed = KeyedRows()
        interpreter.interpret(batch(line, number, rules.kind, mapping), into: &keyed)
        verdict.refusals += keyed.rejected.map(\.reason.code)
        guard !keyed.rows.isEmpty else { return }
        let group = KeyGroup(key: line.sku.bytes[...], bytes: keyed.bytes, rows: keyed.rows[...])
        let before = mirror(line.sku, rules.kind)
        let decided = interpreter.decide(group, mirror: before?[...], mode: .full)
        for mark in decided.marks { summary.marks[mark.name, default: MarkCount()].add(mark) }
        switch decided.decision {
        case .change(let after):
            sheet.add(Change(id: 0, key: line.sku, before: before, after: after, version: UTCInstant(seconds: 0)))
        case .rejected(let reason): verdict.refusals.append(reason.code)
        case .unchanged, .refreshed: break
        }
    }

    private func batch(_ line: Line, _ number: Int, _ kind: PriceKind, _ mapping: Mapping) -> RecordBatch {
        let fields = kind.columns.map(\.field.name)
        var batch = RecordBatch(fieldCount: fields.count)
        var rows: [(group: String, column: Column)] = []
        switch kind {
        case .base, .cost: rows = [("", mapping.price)]
        case .special: rows = line.figures[.offer] == nil ? [] : [("", mapping.offer)]
        case .tier: rows = mapping.groups.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        }
        let isMissing = mapping.missingTiers > 0 && number % mapping.missingTiers == 0
        for (index, row) in rows.enumerated() where !(kind == .tier && isMissing && index > 0) {
            let first = batch.cells.count
            for field in fields { batch.cells.append(cell(field, row.group, line.figures[row.column], line, mapping, kind, in: &batch.bytes)) }
            let origin = RecordOrigin(number: index + 1, line: index + 2, offset: 0, length: 0)
            batch.entries.append(.init(origin: origin, firstCell: first, rowCount: 1))
        }
        return batch
    }

    private func cell(
        _ field: String, _ group: String, _ figure: ExactDecimal?, _ line: Line, _ mapping: Mapping, _ kind: PriceKind, in bytes: inout [UInt8]
    ) -> RecordBatch.Cell {
        func text(_ text: [UInt8]) -> RecordBatch.Cell {
            let start = bytes.count
            bytes += text
            return .text(start..<bytes.count)
        }
        let amount = figure.flatMap { $0.multiplied(by: mapping.factor) }?.rounded(.halfUp, digits: 4)
        switch field {
        case "sku": return text(line.sku.bytes)
        case "group": return text(Array(group.utf8))
        case "quantity": return .decimal(mapping.quantity)
        case "price_per": return .decimal(mapping.per)
        case "unit_cost" where kind == .base: return .absent
        case "price", "special_price", "tier_price", "unit_cost":
            if mapping.isDiscountAsPrice { return .decimal(ExactDecimal(coefficient: 125, scale: 1) ?? 0) }
            return amount.map { .decimal($0) } ?? .blank
        default: return .absent
        }
    }

    private func mirror(_ sku: RecordKey, _ kind: PriceKind) -> EncodedValue? {
        guard let figures = known[sku] else { return nil }
        func entry(_ column: Column, _ group: String = "") -> PriceEntry? {
            figures[column].map { PriceEntry(.init(group: group), .fixed($0)) }
        }
        switch kind {
        case .base: return PriceValue([entry(.publicPrice)].compactMap { $0 }).encoded
        case .cost: return PriceValue([entry(.cost)].compactMap { $0 }).encoded
        case .tier: return PriceValue([entry(.tradeA, "Trade A"), entry(.tradeB, "Trade B")].compactMap { $0 }).encoded
        case .special: return nil
        }
    }

    private var shop: ShopPrices {
        var shop = ShopPrices(websites: websites)
        for sku in known.keys {
            for kind in [PriceKind.base, .tier, .cost] {
                if let value = mirror(sku, kind) { shop.add(value, of: sku, kind: kind) }
            }
        }
        return shop
    }
}
