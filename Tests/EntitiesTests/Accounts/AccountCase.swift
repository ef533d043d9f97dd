import Domain

@testable import Entities

/// A customer list as cells, and what is decided of its accounts.
struct AccountCase {
    enum Cell {
        case text(String)
        case number(String)
        case flag(Bool)
        case blank, cleared
    }

    typealias Row = [String: Cell]

    var rules: AccountRules
    var mode = FileMode.full

    init(_ change: (inout AccountRules) -> Void = { _ in }) { rules = AccountShop.rules(change) }

    /// By account; a rejection's code stands for what was not decided.
    func decide(_ rows: [Row], known: [String: [AccountField: String]] = [:]) -> [String: KeyVerdict] {
        var interpreter = AccountDefinition(rules).makeInterpreter(asOf: UTCInstant(seconds: 1_795_230_000))
        var keyed = KeyedRows()
        interpreter.interpret(Self.batch(rows), into: &keyed)
        var verdicts: [String: KeyVerdict] = [:]
        let groups = Dictionary(grouping: keyed.rows) { RecordKey(keyed.bytes[$0.key]) }
        for rejected in keyed.rejected { verdicts[rejected.key?.text ?? ""] = KeyVerdict(.rejected(rejected.reason)) }
        for (key, rows) in groups where verdicts[key.text] == nil {
            let group = KeyGroup(key: key.bytes[...], bytes: keyed.bytes, rows: rows[...])
            verdicts[key.text] = interpreter.decide(group, mirror: known[key.text].map { AccountValue($0).encoded[...] }, mode: mode)
        }
        return verdicts
    }

    private static func batch(_ rows: [Row]) -> RecordBatch {
        let fields = AccountReader.fields
        var batch = RecordBatch(fieldCount: fields.count)
        for (number, row) in rows.enumerated() {
            let first = batch.cells.count
            for field in fields {
                switch row[field.name] {
                case nil: batch.cells.append(.absent)
                case .blank: batch.cells.append(.blank)
                case .cleared: batch.cells.append(.cleared)
                case .flag(let flag): batch.cells.append(.boolean(flag))
                case .number(let text): batch.cells.append(ExactDecimal(plain: text).map { .decimal($0) } ?? .blank)
                case .text(let text):
                    batch.bytes += Array(text.utf8)
                    batch.cells.append(.text(batch.bytes.count - text.utf8.count..<batch.bytes.count))
                }
            }
            batch.entries.append(
                .init(origin: RecordOrigin(number: number + 1, line: number + 2, offset: 0, length: 0), firstCell: first, rowCount: 1))
        }
        return batch
    }
}

extension KeyVerdict {
    var code: String? { if case .rejected(let reason) = decision { reason.code } else { nil } }
    var value: AccountValue? { if case .change(let bytes) = decision { try? AccountValue(encoded: bytes) } else { nil } }
    var isUnchanged: Bool { if case .unchanged = decision { true } else { false } }
    var markNames: [String] { marks.map(\.name) }
}
