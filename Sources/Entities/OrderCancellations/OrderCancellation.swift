import Domain
import Magento

/// What is cancelled of an order that the ERP has been told of, and has not been told yet.
struct OrderCancellation: Hashable {
    struct Row: Hashable {
        var id: Int
        /// What is called off now.
        var quantity: ExactDecimal
        /// What is left of it for the ERP.
        var left: ExactDecimal
    }

    /// Rows of which something is called off, in the order's order.
    private(set) var rows: [Row] = []
    /// Nothing is left of what the ERP was told of.
    private(set) var isWhole = true
    /// The ERP's number of the order, where its answer had one.
    var erpNumber: String?

    /// - Parameters:
    ///   - told: what the ERP was told of the order last.
    ///   - earlier: what it has been told since, by cancellations.
    ///   - countsRefunds: whether goods that were refunded and not shipped are called off.
    init(_ order: Order, shipped: [Int: ExactDecimal], told: ToldQuantities, earlier: [CancelledQuantities], countsRefunds: Bool) {
        for line in order.lines {
            guard let then = told.rows[line.id], !then.quantity.isZero else { continue }
            var gone = Self.less(line.canceled, then.canceled)
            if countsRefunds {
                let known = max(then.refunded, shipped[line.id] ?? .zero)
                gone = gone.adding(Self.less(line.refunded, known)) ?? gone
            }
            gone = min(gone, then.quantity)
            let before = earlier.reduce(ExactDecimal.zero) { $0.adding($1.rows[line.id] ?? .zero) ?? $0 }
            let now = Self.less(gone, before)
            let left = Self.less(Self.less(then.quantity, before), now)
            if !left.isZero { isWhole = false }
            if now.isPositive { rows.append(Row(id: line.id, quantity: now, left: left)) }
        }
        // A row that the shop has no more keeps the order from being called off as a whole.
        if !told.rows.keys.allSatisfy({ id in order.lines.contains { $0.id == id } }) { isWhole = false }
    }

    private static func less(_ whole: ExactDecimal, _ part: ExactDecimal) -> ExactDecimal { max(.zero, whole.subtracting(part) ?? .zero) }

    // MARK: Beside an order

    /// The member by which an order bears its cancellation; no API field is called so.
    static let member = "called_off"

    var json: JSON {
        .object([
            "whole": .bool(isWhole), "erp_number": .string(erpNumber ?? ""),
            "rows": .array(rows.map { .string("\($0.id) \($0.quantity) \($0.left)") }),
        ])
    }

    init?(_ json: JSON?) {
        guard let json, let rows = json["rows"]?.elements else { return nil }
        self.rows = rows.compactMap { row in
            let cells = (row.text ?? "").split(separator: " ")
            guard cells.count == 3, let id = Int(cells[0]), let quantity = ExactDecimal(plain: String(cells[1])),
                let left = ExactDecimal(plain: String(cells[2]))
            else { return nil }
            return Row(id: id, quantity: quantity, left: left)
        }
        isWhole = json["whole"] == .bool(true)
        erpNumber = json["erp_number"]?.text.flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// What a cancellation has told the ERP, as the books keep it.
struct CancelledQuantities: Hashable {
    var order: String
    var isWhole: Bool
    /// The ERP's number of the order, where it was known then.
    var erpNumber: String
    /// By the rows' numbers in the shop.
    var rows: [Int: ExactDecimal]
    /// For people: `2 of A`.
    var words: String

    init(order: String, isWhole: Bool, erpNumber: String, rows: [Int: ExactDecimal], words: String) {
        self.order = order
        self.isWhole = isWhole
        self.erpNumber = erpNumber
        self.rows = rows
        self.words = words
    }

    init?(_ bytes: EncodedValue) {
        guard let json = try? JSONReader.read(bytes), let order = json["order"]?.text else { return nil }
        let rows = (json["rows"]?.elements ?? []).compactMap { row -> (Int, ExactDecimal)? in
            let cells = (row.text ?? "").split(separator: " ")
            guard cells.count == 2, let id = Int(cells[0]), let quantity = ExactDecimal(plain: String(cells[1])) else { return nil }
            return (id, quantity)
        }
        self.init(
            order: order, isWhole: json["whole"] == .bool(true), erpNumber: json["erp_number"]?.text ?? "",
            rows: Dictionary(rows) { first, _ in first }, words: json["words"]?.text ?? "")
    }

    var bytes: EncodedValue {
        JSON.object([
            "order": .string(order), "whole": .bool(isWhole), "erp_number": .string(erpNumber), "words": .string(words),
            "rows": .array(rows.sorted { $0.key < $1.key }.map { .string("\($0.key) \($0.value)") }),
        ]).bytes
    }
}
