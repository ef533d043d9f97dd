import Domain
import TestKit
import Testing

@testable import Entities

/// What becomes of a product's lines, for each kind of price.
struct PriceInterpreterTests {
    private typealias Row = PriceCase.Row
    private static func price(_ number: String, _ from: Int? = nil, _ to: Int? = nil, _ more: PriceCase.Row = [:]) -> PriceCase.Row {
        var row: PriceCase.Row = ["price": .number(number)]
        row["valid_from"] = from.map { .instant(PriceCase.day($0)) }
        row["valid_to"] = to.map { .instant(PriceCase.day($0)) }
        return row.merging(more) { $1 }
    }

    @Test(arguments: [
        ([price("12.50")], "12.50"), ([price("12.504")], "12.50"), ([price("10", -9, -1)], "unchanged"),
        ([price("10", -9, 0)], "10.00"),
        ([price("10", nil, 4), price("11", 5)], "10.00 | 2026-11-26 [1]: 11.00"),
        ([price("10"), price("9", 3, 4)], "PRICE-OVERLAP"), ([price("10", 0, 5), price("9", 5, 9)], "PRICE-OVERLAP"),
        ([price("9", 3, 4), price("10", nil, 2), price("11", 7)], "10.00 | 2026-11-24 [0]: 9.00 | 2026-11-28 [2]: 11.00"),
        ([price("10", 4, 3)], "DATES-BACKWARDS"), ([price("10"), price("10")], "PRICE-OVERLAP"),
        ([price("10", nil, nil, ["currency": .text("EUR")])], "CURRENCY-OTHER"), ([price("10", nil, nil, ["currency": .text("gbp")])], "10.00"),
        ([price("10", nil, nil, ["website": .text("XX")])], "WEBSITE-UNKNOWN"),
        ([price("10"), price("9", nil, nil, ["website": .text("UK")])], "10.00, base 9.00"),
        ([price("10", nil, nil, ["basis": .text("gross")])], "8.33"), ([price("10", nil, nil, ["basis": .text("both")])], "BASIS-UNKNOWN"),
        ([price("12.50", nil, nil, ["price_per": .number("10")])], "1.25"), ([["price": .cleared]], "PRICE-CLEARED"),
        ([["price": .blank]], "unchanged"),
        ([[:]], "PRICE-MISSING"), ([price("-1")], "PRICE-NEGATIVE"), ([price("1"), ["sku": .blank]], "SKU-MISSING"),
    ])
    func `C6 base prices, now and later`(_ rows: [PriceCase.Row], _ words: String) throws {
        #expect(try PriceCase(.base).words(rows) == words)
    }

    @Test func `a file that says nothing new changes nothing, and other websites keep what they have`() throws {
        let test = try PriceCase(.base)
        let mirror = PriceValue([
            PriceEntry(.init(), .fixed(10)), PriceEntry(.init(place: .website("trade")), .fixed(8)),
        ])

        #expect(test.words([Self.price("10")], mirror: mirror) == "unchanged")
        #expect(test.words([Self.price("11")], mirror: mirror) == "11.00, trade 8.00")
    }

    @Test(arguments: [(DuplicatePolicy.first, "10.00", [1]), (.last, "11.00", [0])])
    func `F45 two lines for the very same time follow the policy`(_ policy: DuplicatePolicy, _ words: String, _ superseded: [Int]) throws {
        var test = try PriceCase(.base)
        test.duplicates = policy
        let rows = [Self.price("10", 0), Self.price("11", 0)]

        #expect(test.words(rows) == words && test.decide(rows).verdict.superseded == superseded)
    }

    @Test func `prices that only tell their start end where the next one starts, if that is what the file means`() throws {
        var test = try PriceCase(.base)
        test.terms.openEnd = .untilNext

        #expect(
            test.words([Self.price("12", 7), Self.price("10", -9), Self.price("11", 2)]) == "10.00 | 2026-11-23 [2]: 11.00 | 2026-11-28 [0]: 12.00")
    }

    @Test func `an overlap names both lines and both times`() throws {
        let (verdict, _) = try PriceCase(.base).decide([Self.price("10", 0, 5), Self.price("9", 3)])

        guard case .rejected(let reason) = verdict.decision else { throw Unexpected() }
        #expect(reason.text == "lines 2 and 3 give the product two prices for the same time: 2026-11-21 until 2026-11-27, and from 2026-11-24")
    }

    struct Unexpected: Error {}

    @Test func `a rejected line spoils the product`() throws {
        let (verdict, refused) = try PriceCase(.base).decide([Self.price("10", nil, 1), Self.price("-9", 2)])

        #expect(refused.map(\.code) == ["PRICE-NEGATIVE"])
        guard case .rejected(let reason) = verdict.decision else { throw Unexpected() }
        #expect(reason.code == "KEY-INCOMPLETE")
    }

    // MARK: Marks

    @Test(arguments: [
        ("10", "10", []), ("10", "11", ["changed", "up"]), ("10", "4", ["changed", "down", "jump"]), ("10", "16", ["changed", "jump", "up"]),
        ("10", "100", ["changed", "jump", "tenfold", "up"]), ("10", "0.1", ["changed", "down", "jump", "tenfold"]),
        ("10", "0", ["changed", "down", "jump", "zero"]),
        ("1.19", "119", ["changed", "jump", "tenfold", "up"]), ("10", "20", ["changed", "jump", "up"]), ("10", "15", ["changed", "up"]),
    ])
    func `C6 what a price does is marked for the gates`(_ old: String, _ new: String, _ marks: [String]) throws {
        #expect(try PriceCase(.base).marks([Self.price(new)], mirror: PriceValue(old)) == marks)
    }

    @Test(
        arguments: [("8", nil, []), ("12", nil, ["below_cost"]), ("8.33", "20", []), ("8.34", "20", ["below_cost"])] as [(String, String?, [String])])
    func `C6 a price below its cost or margin is marked`(_ cost: String, _ margin: String?, _ marks: [String]) throws {
        var test = try PriceCase(.base)
        test.terms.leastMargin = margin.flatMap { ExactDecimal(plain: $0) }

        #expect(test.marks([Self.price("9.996", nil, nil, ["unit_cost": .number(cost)])]) == marks)
    }

    @Test func `a later price is marked too, and a time without one`() throws {
        let test = try PriceCase(.base)

        #expect(
            test.marks([Self.price("10", nil, 2), Self.price("100", 5)], mirror: PriceValue("10")) == ["changed", "gap", "jump", "tenfold", "up"])
    }

    // MARK: Other kinds

    private static func tier(_ group: String, _ cells: PriceCase.Row) -> PriceCase.Row { cells.merging(["group": .text(group)]) { $1 } }

    @Test(arguments: [
        ([tier("A", ["tier_price": .number("9")])], FileMode.full, "Trade A 9.00"),
        (
            [tier("A", ["tier_price": .number("9")]), tier("A", ["tier_price": .number("8"), "quantity": .number("10")])], .full,
            "Trade A 9.00, Trade A from 10 8.00"
        ),
        ([tier("B", ["discount": .number("12.5")])], .full, "Trade B 12.50 %"),
        ([tier("B", ["discount": .number("33.335")])], .full, "Trade B 33.34 %"),
        ([tier("B", ["discount": .number("101")])], .full, "DISCOUNT-RANGE"),
        ([tier("B", ["discount": .number("5"), "tier_price": .number("5")])], .full, "PRICE-TWICE"),
        ([tier("Z", ["tier_price": .number("9")])], .full, "GROUP-UNKNOWN"), ([["tier_price": .number("9")]], .full, "GROUP-MISSING"),
        ([tier("A", ["tier_price": .number("9"), "quantity": .number("-1")])], .full, "QUANTITY-RANGE"),
        ([tier("A", ["tier_price": .number("7")])], .delta, "Trade A 7.00, Trade B from 5 6.00"),
        ([tier("A", ["tier_price": .cleared])], .full, "none"), ([tier("A", ["tier_price": .number("5")])], .full, "unchanged"),
    ])
    func `C5 a full file's lines are all tiers of the product, a delta's are added`(_ rows: [PriceCase.Row], _ mode: FileMode, _ words: String) throws
    {
        var test = try PriceCase(.tier)
        test.mode = mode
        let mirror: PriceValue? =
            words == "unchanged"
            ? PriceValue([PriceEntry(.init(group: "Trade A"), .fixed(5))])
            : PriceValue([PriceEntry(.init(group: "Trade A"), .fixed(5)), PriceEntry(.init(group: "Trade B", quantity: 5), .fixed(6))])

        #expect(test.words(rows, mirror: mirror) == words)
    }

    private static func offer(_ number: String, _ from: Int? = nil, _ to: Int? = nil, hours: Int64 = 0) -> PriceCase.Row {
        var row: PriceCase.Row = ["special_price": .number(number)]
        row["special_from"] = from.map { .instant(PriceCase.day($0).adding(.seconds(hours * 3600))) }
        row["special_to"] = to.map { .instant(PriceCase.day($0).adding(.seconds(hours * 3600))) }
        return row
    }

    @Test(arguments: [
        ([offer("9")], "9.00"), ([offer("9", -5, -2)], "unchanged"), ([offer("9", 5, 8)], "9.00 2026-11-26 until 2026-11-30 | 2026-11-30 []: none"),
        (
            [offer("9", -1, 2), offer("8", 5, 6), offer("7", 9, 9)],
            "9.00 2026-11-20 until 2026-11-24 | 2026-11-24 [1]: 8.00 2026-11-26 until 2026-11-28 | 2026-11-28 [2]: 7.00 2026-11-30 until 2026-12-01 | 2026-12-01 []: none"
        ),
        ([offer("9", 1, 2, hours: 12)], "unchanged | 2026-11-22 12:00 [0]: 9.00 2026-11-22 12:00 until 2026-11-23 12:00 | 2026-11-23 12:00 []: none"),
        ([["special_price": .cleared]], "unchanged"),
    ])
    func `C6 the offer of today or the next one is sent, later ones wait their turn`(_ rows: [PriceCase.Row], _ words: String) throws {
        #expect(try PriceCase(.special).words(rows) == words)
    }

    @Test(arguments: [PriceKind.tier, .special, .base])
    func `a blank that means keep takes no price away`(_ kind: PriceKind) throws {
        let field = kind == .base ? "price" : kind == .tier ? "tier_price" : "special_price"
        let mirror = PriceValue([PriceEntry(.init(group: kind == .tier ? "Trade A" : ""), .fixed(5))])

        #expect(try PriceCase(kind).words([[field: .blank, "group": .text("A")]], mirror: mirror) == "unchanged")
    }

    /// Prices that change on the days around both nights of change, each due at the first instant of its day in London.
    @Test(arguments: [
        (["2026-03-28", "2026-03-29", "2026-03-30"], ["2026-03-28T00:00:00Z", "2026-03-29T00:00:00Z", "2026-03-29T23:00:00Z"]),
        (["2026-10-24", "2026-10-25", "2026-10-26"], ["2026-10-23T23:00:00Z", "2026-10-24T23:00:00Z", "2026-10-26T00:00:00Z"]),
    ])
    func `C6 a dated price comes once, at the first instant of its day, on both nights of change too`(_ days: [String], _ due: [String]) throws {
        for kind in [PriceKind.base, .tier, .special] {
            var test = try PriceCase(kind)
            test.now = UTCInstant(seconds: 1_770_000_000)
            let (field, from, to) =
                kind == .special
                ? ("special_price", "special_from", "special_to") : (kind == .base ? "price" : "tier_price", "valid_from", "valid_to")
            let rows = try days.enumerated().map { index, day -> PriceCase.Row in
                let start = PriceCase.Cell.instant(try #require(test.terms.zone.instant(of: "\(day) 00:00:00")))
                return [field: .number("\(index + 2)"), "group": .text("A"), from: start, to: start]
            }

            let verdict = test.decide(rows).verdict

            let dues = verdict.scheduled.map(\.due.description)
            // An offer's first day is the shop's business, and the last end clears what is not a base price.
            #expect(kind == .special ? dues.starts(with: due.dropFirst()) : dues.starts(with: due), "\(kind)")
            #expect(Set(dues).count == dues.count && verdict.scheduled.flatMap(\.rows).count == (kind == .special ? 2 : 3))
        }
    }

    @Test func `an offer that the file does not have any more is taken away`() throws {
        let mirror = PriceValue([PriceEntry(.init(), .fixed(9), window: Window(from: PriceCase.day(-1), to: PriceCase.day(4)))])

        #expect(try PriceCase(.special).words([["special_price": .cleared]], mirror: mirror) == "none")
    }

    @Test func `costs are without tax whatever the shop's prices are`() throws {
        var test = try PriceCase(.cost)
        test.terms.shopBasis = .gross

        #expect(test.words([["unit_cost": .number("12.345"), "price_per": .number("10")]]) == "1.23")
    }

    @Test(arguments: [(PriceRules.MissingPolicy.unchanged, false), (.clear, true), (.hold, true)])
    func `a product that a full file leaves out keeps its tiers unless the flow says otherwise`(_ policy: PriceRules.MissingPolicy, _ isCleared: Bool)
        throws
    {
        var test = try PriceCase(.tier)
        test.missing = policy
        var interpreter = PriceInterpreter(rules: test.rules, asOf: test.now)

        let verdict = interpreter.decideMissing(RecordKey("P"), mirror: PriceValue("9").encoded[...])

        #expect((verdict != nil) == isCleared)
    }

    @Test(arguments: 0..<10 as Range<UInt64>, PriceKind.allCases)
    func `C9 the same lines against what they led to change nothing now`(_ seed: UInt64, _ kind: PriceKind) throws {
        var random = SeededRandom(seed: seed)
        let test = try PriceCase(kind)
        for _ in 0..<40 {
            var start = -4
            let rows = (0..<Int.random(in: 1...4, using: &random)).map { _ -> PriceCase.Row in
                let end = start + Int.random(in: 0...4, using: &random)
                defer { start = end + 1 + Int.random(in: 0...1, using: &random) }
                let price = PriceCase.Cell.number("\(Int.random(in: 1...9, using: &random))")
                var row: PriceCase.Row = [
                    kind == .base ? "price" : kind == .special ? "special_price" : kind == .tier ? "tier_price" : "unit_cost": price,
                    "group": .text("A"),
                ]
                row[kind == .special ? "special_from" : "valid_from"] = .instant(PriceCase.day(start))
                row[kind == .special ? "special_to" : "valid_to"] = .instant(PriceCase.day(end))
                return row
            }
            guard case .change(let bytes) = test.decide(kind == .cost ? Array(rows.prefix(1)) : rows).verdict.decision else { continue }

            let again = test.decide((kind == .cost ? Array(rows.prefix(1)) : rows).shuffled(using: &random), mirror: try PriceValue(encoded: bytes))
                .verdict

            if case .unchanged = again.decision {} else { Issue.record("it is \(again.decision), seed \(seed)") }
        }
    }

    @Test(arguments: PriceKind.allCases) func `a value survives its bytes`(_ kind: PriceKind) throws {
        let value = PriceValue(
            [
                PriceEntry(.init(), .fixed(ExactDecimal(plain: "12.345678") ?? 0)),
                PriceEntry(
                    .init(place: .website("b"), group: "Trade A", quantity: 10), .discount(5), window: Window(from: PriceCase.day(0), to: nil)),
                PriceEntry(.init(group: "Trade A"), .fixed(0), window: Window(from: nil, to: PriceCase.day(-20_000))),
            ], spelling: kind == .base ? nil : RecordKey("p-1"))

        #expect(try PriceValue(encoded: value.encoded) == value)
        #expect(throws: (any Error).self) { try PriceValue(encoded: Array(value.encoded.dropLast(kind == .base ? 1 : 3))) }
    }
}
