import Domain
import Entities
import Testing

struct SalesEventInterpreterTests {
    /// A row as a profile hands it over: texts and numbers by field.
    private enum Cell {
        case text(String)
        case number(ExactDecimal)
        case none
    }

    private static func decide(
        _ rows: [[Cell]], _ kind: SalesEventKind = .despatches, mirror: EncodedValue? = nil, _ change: (inout SalesEventRules) -> Void = { _ in }
    ) -> (verdict: KeyVerdict?, rejected: [KeyedRows.Rejected]) {
        var rules = SalesEventRules(kind: kind)
        rules.warehouses = ["LDS": "main", "BHM": "north"]
        change(&rules)
        let definition = SalesEventDefinition(rules)
        var batch = RecordBatch(fieldCount: definition.fields.count)
        for (index, row) in rows.enumerated() {
            let origin = RecordOrigin(number: index + 1, line: index + 2, offset: index * 10, length: 10)
            batch.entries.append(.init(origin: origin, firstCell: batch.cells.count, rowCount: 1))
            for position in 0..<definition.fields.count {
                switch position < row.count ? row[position] : .none {
                case .none: batch.cells.append(.absent)
                case .number(let number): batch.cells.append(.decimal(number))
                case .text(let text):
                    let start = batch.bytes.count
                    batch.bytes += Array(text.utf8)
                    batch.cells.append(.text(start..<batch.bytes.count))
                }
            }
        }
        var interpreter = definition.makeInterpreter(asOf: UTCInstant(seconds: 0))
        var keyed = KeyedRows()
        interpreter.interpret(batch, into: &keyed)
        guard let first = keyed.rows.first else { return (nil, keyed.rejected) }
        let group = KeyGroup(key: keyed.bytes[first.key], bytes: keyed.bytes, rows: keyed.rows[...])
        return (interpreter.decide(group, mirror: mirror.map { $0[...] }, mode: .delta), keyed.rejected)
    }

    private static func row(
        _ number: String, _ order: String, _ sku: String, _ quantity: ExactDecimal, _ warehouse: String = "LDS", tracking: String? = nil
    ) -> [Cell] {
        [
            .text(number), .text(order), .text(sku), .none, .number(quantity), .text(warehouse), .text("DPD"),
            tracking.map { .text($0) } ?? .none,
        ]
    }

    private static func event(_ verdict: KeyVerdict?) -> SalesEvent? {
        guard case .change(let value)? = verdict?.decision else { return nil }
        return try? SalesEvent(encoded: value)
    }

    private static func code(_ verdict: KeyVerdict?) -> String? {
        guard case .rejected(let reason)? = verdict?.decision else { return nil }
        return reason.code
    }

    @Test func `the rows of a number are one event, the same product added up, the tracking numbers once`() {
        let (verdict, rejected) = Self.decide([
            Self.row("D1", "7", "B", 1, tracking: "1550; 1551"), Self.row("D1", "7", "A", 2, tracking: "1550"), Self.row("D1", "7", "A", 1, "LDS"),
            Self.row("D1", "7", "A", 4, "BHM"), Self.row("D1", "7", "C", 0),
        ])

        #expect(rejected.isEmpty)
        let event = Self.event(verdict)
        #expect(event?.lines.map { "\($0.quantity) \($0.sku ?? "") \($0.source ?? "")" } == ["3 A main", "1 B main", "4 A north"])
        #expect(event?.tracks.map(\.number) == ["1550", "1551"])
    }

    @Test func `a number that was done is unchanged in any order of its rows, and refused with other content`() {
        let first = Self.decide([Self.row("D1", "7", "A", 2), Self.row("D1", "7", "B", 1)]).verdict
        guard case .change(let done)? = first?.decision else {
            Issue.record("nothing was planned")
            return
        }

        let again = Self.decide([Self.row("D1", "7", "B", 1), Self.row("D1", "7", "A", 2)], mirror: done).verdict
        let other = Self.decide([Self.row("D1", "7", "A", 3), Self.row("D1", "7", "B", 1)], mirror: done).verdict
        let tracked = Self.decide([Self.row("D1", "7", "A", 2, tracking: "1"), Self.row("D1", "7", "B", 1)], mirror: done).verdict

        if case .unchanged? = again?.decision {} else { Issue.record("\(String(describing: again))") }
        #expect(Self.code(other) == "EVENT-CHANGED")
        #expect(Self.event(tracked)?.tracks.map(\.number) == ["1"], "a carrier's number may come later")
    }

    @Test func `what is incomplete, contradictory, negative or nothing is refused, and spoils the whole number`() {
        let rows: [(String, [[Cell]])] = [
            ("EVENT-DIFFERS", [Self.row("D1", "7", "A", 1), Self.row("D1", "8", "A", 1)]),
            ("QTY-NEGATIVE", [Self.row("D1", "7", "A", -1)]), ("EVENT-EMPTY", [Self.row("D1", "7", "A", 0)]),
            ("EVENT-INCOMPLETE", [Self.row("D1", "7", "A", 1), Self.row("D1", "7", "B", 1, "MOON")]),
            ("EVENT-EMPTY", [[.text("D1"), .text("7")]]),
        ]

        for (code, cells) in rows { #expect(Self.code(Self.decide(cells).verdict) == code) }
        #expect(Self.decide([Self.row("D1", "7", "A", 1, "MOON")]).rejected.map(\.reason.code) == ["WAREHOUSE-UNKNOWN"])
        #expect(Self.decide([[.text("D1"), .none, .text("A")]]).rejected.map(\.reason.code) == ["VALUE-MISSING"])
    }

    @Test func `rows that all say 0 are no whole order, even where whole orders are allowed`() {
        let zero = Self.decide([Self.row("D1", "7", "A", 0)]) { $0.wholeOrders = .allow }
        let whole = Self.decide([[.text("D1"), .text("7")]]) { $0.wholeOrders = .allow }

        #expect(Self.code(zero.verdict) == "EVENT-EMPTY")
        #expect(Self.event(whole.verdict)?.lines.isEmpty == true)
    }

    @Test func `a credit note may write its quantities below 0, but not both ways`() {
        let negative: [[Cell]] = [[.text("C1"), .text("7"), .text("A"), .none, .number(-2)]]
        let mixed = negative + [[.text("C1"), .text("7"), .text("B"), .none, .number(1)]]

        #expect(Self.event(Self.decide(negative, .credits).verdict)?.lines.map(\.quantity) == [2])
        #expect(Self.code(Self.decide(mixed, .credits).verdict) == "SIGN-MIXED")
    }

    @Test func `order numbers that lost their zeros get them back, others stay`() {
        let short = Self.decide([Self.row("D1", "101", "A", 1)]) { $0.orderDigits = 9 }
        let prefixed = Self.decide([Self.row("D1", "WEB101", "A", 1)]) { $0.orderDigits = 9 }

        #expect(Self.event(short.verdict)?.order == "000000101")
        #expect(Self.event(prefixed.verdict)?.order == "WEB101")
    }

    @Test func `a part of an order is not cancelled`() {
        let part = Self.decide([[.text("7"), .none, .number(1)]], .cancellations)

        #expect(part.rejected.map(\.reason.code) == ["CANCEL-PARTIAL"])
    }

    @Test func `an event survives its encoding`() throws {
        let event = SalesEvent(
            number: "CR 1/é", order: "7",
            lines: [
                .init(sku: nil, orderLine: "3", isRestocked: true, quantity: 1), .init(sku: "A", source: "main", isRestocked: false, quantity: 2),
            ],
            tracks: [.init(carrier: "", number: "x")], shipping: 0, adjustment: -3, reason: "=cmd|'x'!A1")

        #expect(try SalesEvent(encoded: event.encoded) == event)
        #expect(throws: (any Error).self) { try SalesEvent(encoded: Array(event.encoded.dropLast(3))) }
    }
}
