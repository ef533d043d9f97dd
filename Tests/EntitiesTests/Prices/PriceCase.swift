import Domain
import Magento
import TestKit
import Testing

@testable import Entities

/// One product's lines of a price file, as a profile would give them, and what becomes of them.
struct PriceCase {
    var kind = PriceKind.base
    var terms: PriceTerms
    var groups: [String: String] = ["A": "Trade A", "B": "Trade B"]
    var duplicates = DuplicatePolicy.reject
    var missing = PriceRules.MissingPolicy.unchanged
    var limits = PriceLimits()
    var mode = FileMode.full
    var now = UTCInstant(seconds: 1_795_219_200)

    /// 21 November 2026, midnight in London.
    static let today = UTCInstant(seconds: 1_795_219_200)
    static func day(_ number: Int) -> UTCInstant { UTCInstant(seconds: 1_795_219_200 + Int64(number) * 86_400) }

    init(_ kind: PriceKind = .base) throws {
        self.kind = kind
        terms = PriceTerms(
            currency: "GBP", zone: try #require(ShopZone("Europe/London")), taxRates: ["T1": 20], standardTaxCode: "T1",
            websites: ["UK": .website("base"), "ALL": .everywhere], scope: .website)
    }

    /// A cell by its field's name: a number, an instant, or a text; `blank` and `cleared` as the profile's policies.
    enum Cell {
        case number(String)
        case instant(UTCInstant)
        case text(String)
        case blank
        case cleared
    }
    typealias Row = [String: Cell]

    var rules: PriceRules {
        PriceRules(kind: kind, terms: terms, groups: groups, missing: missing, duplicates: duplicates, limits: limits)
    }

    func decide(_ rows: [Row], mirror: PriceValue? = nil) -> (verdict: KeyVerdict, refused: [RejectReason]) {
        let fields = kind.columns.map(\.field.name)
        var batch = RecordBatch(fieldCount: fields.count)
        for (index, row) in rows.enumerated() {
            let first = batch.cells.count
            for field in fields {
                switch row[field] ?? (field == "sku" ? .text("P") : nil) {
                case .number(let text): batch.cells.append(ExactDecimal(plain: text).map { .decimal($0) } ?? .absent)
                case .instant(let instant): batch.cells.append(.instant(instant))
                case .blank: batch.cells.append(.blank)
                case .cleared: batch.cells.append(.cleared)
                case .text(let text):
                    let start = batch.bytes.count
                    batch.bytes.append(contentsOf: text.utf8)
                    batch.cells.append(.text(start..<batch.bytes.count))
                case nil: batch.cells.append(.absent)
                }
            }
            let origin = RecordOrigin(number: index + 1, line: index + 2, offset: 0, length: 0)
            batch.entries.append(.init(origin: origin, firstCell: first, rowCount: 1))
        }
        var interpreter = PriceInterpreter(rules: rules, asOf: now)
        var keyed = KeyedRows()
        interpreter.interpret(batch, into: &keyed)
        let group = KeyGroup(key: Array("P".utf8)[...], bytes: keyed.bytes, rows: keyed.rows[...])
        return (interpreter.decide(group, mirror: mirror?.encoded[...], mode: mode), keyed.rejected.map(\.reason))
    }

    /// The verdict in a line: what is now, then each later value with its day, or why it is rejected.
    func words(_ rows: [Row], mirror: PriceValue? = nil) -> String {
        let (verdict, refused) = decide(rows, mirror: mirror)
        if let reason = refused.first { return reason.code }
        let definition: any EntityDefinition =
            switch kind {
            case .base: PriceDefinition(rules)
            case .special: SpecialPriceDefinition(rules)
            case .tier: TierPriceDefinition(rules)
            case .cost: CostDefinition(rules)
            }
        var parts: [String] =
            switch verdict.decision {
            case .unchanged, .refreshed: ["unchanged"]
            case .change(let value): [definition.describe(value)]
            case .rejected(let reason): [reason.code]
            }
        for later in verdict.scheduled {
            parts.append("\(terms.zone.text(later.due)) \(later.rows): \(definition.describe(later.value))")
        }
        return parts.joined(separator: " | ")
    }

    func marks(_ rows: [Row], mirror: PriceValue? = nil) -> [String] { decide(rows, mirror: mirror).verdict.marks.map(\.name).sorted() }
}

extension PriceValue {
    /// A single price of no group, everywhere.
    init(_ price: String) { self.init([PriceEntry(.init(), .fixed(ExactDecimal(plain: price) ?? -1))]) }
}
