package import Domain

/// What Magento should hold of one SKU: a level per source, with the ERP figures it was computed from.
///
/// Encoded as bytes for the mirror and the plan. Levels and operands are kept in order, so that equal values are
/// equal bytes. Only the levels concern Magento; the operands behind them explain and complete
/// (a delta file that names one warehouse is added to the others as last reported).
package struct StockValue: Hashable, Sendable {
    package var levels: [StockLevel]
    package var operands: [StockOperand]
    /// The shop's spelling of the SKU, where it is not the file's.
    package var spelling: RecordKey?
    /// What of the levels is not for sale: goods of orders that the ERP has taken off its figures and the shop still reserves.
    package var reserved: [StockReservation]
    /// Goods that the shop reserves as well, for orders that the ERP's figures do not include. They explain what is for sale there.
    package var notIncluded: [OrderNotIncluded]

    package init(
        levels: [StockLevel], operands: [StockOperand] = [], spelling: RecordKey? = nil, reserved: [StockReservation] = [],
        notIncluded: [OrderNotIncluded] = []
    ) {
        // Most products lie in one place, and this runs once per change.
        self.levels = levels.count < 2 ? levels : levels.sorted { $0.source < $1.source }
        self.operands = operands.count < 2 ? operands : operands.sorted { $0.warehouse < $1.warehouse }
        self.spelling = spelling
        self.reserved = reserved.sorted()
        self.notIncluded = notIncluded
    }

    package init(encoded: EncodedValue) throws { try self.init(encoded: encoded[...]) }

    package init(encoded: ArraySlice<UInt8>) throws {
        var reader = ByteReader(encoded)
        let levelBytes = try reader.nestedSlice()
        var inner = ByteReader(levelBytes)
        var levels: [StockLevel] = []
        while !inner.isAtEnd { levels.append(try StockLevel(from: &inner)) }
        var figures = ByteReader(try reader.nestedSlice())
        var operands: [StockOperand] = []
        while !figures.isAtEnd { operands.append(try StockOperand(from: &figures)) }
        self.levels = levels
        self.operands = operands
        let spelled = reader.isAtEnd ? [] : try reader.nestedSlice()
        spelling = spelled.isEmpty ? nil : RecordKey(spelled)
        reserved = []
        notIncluded = []
        while !reader.isAtEnd {
            let entry = try StockReservation(from: &reader)
            if let other = OrderNotIncluded(entry) { notIncluded.append(other) } else { reserved.append(entry) }
        }
    }

    package var encoded: EncodedValue {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(64)
        ByteWriter.nested(into: &bytes) { for level in levels { level.encode(into: &$0) } }
        ByteWriter.nested(into: &bytes) { for operand in operands { operand.encode(into: &$0) } }
        let orders = reserved + notIncluded.map(\.entry)
        if spelling != nil || !orders.isEmpty { ByteWriter.nested((spelling?.bytes ?? [])[...], into: &bytes) }
        for order in orders { order.encode(into: &bytes) }
        return bytes
    }

    package var isAvailable: Bool {
        levels.contains { level in
            level.isInStock && (level.quantity.subtracting(reserved.sum(at: level.source) ?? .zero) ?? .zero).isPositive
        }
    }

    /// The levels that differ from `before`: all that needs sending.
    package func levels(differingFrom before: StockValue?) -> [StockLevel] {
        guard let before else { return levels }
        return levels.filter { level in !before.levels.contains(level) }
    }
}

/// One row of Magento's source items.
package struct StockLevel: Hashable, Sendable {
    package var source: String
    package var quantity: ExactDecimal
    package var isInStock: Bool

    package init(source: String, quantity: ExactDecimal, isInStock: Bool) {
        self.source = source
        self.quantity = quantity
        self.isInStock = isInStock
    }

    func encode(into bytes: inout [UInt8]) {
        ByteWriter.text(source, into: &bytes)
        ByteWriter.decimal(quantity, into: &bytes)
        bytes.append(isInStock ? 1 : 0)
    }

    init(from reader: inout ByteReader) throws {
        source = try reader.text()
        quantity = try reader.decimal()
        isInStock = try reader.byte() == 1
    }
}

/// What the ERP said of one warehouse.
package struct StockOperand: Hashable, Sendable {
    package var warehouse: String
    package var figure: StockFigure

    package init(warehouse: String, figure: StockFigure) {
        self.warehouse = warehouse
        self.figure = figure
    }

    func encode(into bytes: inout [UInt8]) {
        ByteWriter.text(warehouse, into: &bytes)
        figure.encode(into: &bytes)
    }

    init(from reader: inout ByteReader) throws {
        warehouse = try reader.text()
        figure = try StockFigure(from: &reader)
    }
}

/// The quantity an ERP reports: either already free, or on hand with what is promised to others.
package enum StockFigure: Hashable, Sendable {
    case free(ExactDecimal)
    case onHand(ExactDecimal, allocated: ExactDecimal)

    /// On hand less allocated. `nil` where the sum leaves the range of exact decimals.
    package var available: ExactDecimal? {
        switch self {
        case .free(let quantity): quantity
        case .onHand(let onHand, let allocated): onHand.subtracting(allocated)
        }
    }

    /// Two rows of the same warehouse taken together (several bins).
    func adding(_ other: StockFigure) -> StockFigure? {
        switch (self, other) {
        case (.free(let mine), .free(let theirs)):
            return mine.adding(theirs).map { .free($0) }
        case (.onHand(let mine, let myAllocated), .onHand(let theirs, let theirAllocated)):
            guard let sum = mine.adding(theirs), let allocated = myAllocated.adding(theirAllocated) else { return nil }
            return .onHand(sum, allocated: allocated)
        case (.free, .onHand), (.onHand, .free):
            return nil
        }
    }

    func encode(into bytes: inout [UInt8]) {
        switch self {
        case .free(let quantity):
            bytes.append(0)
            ByteWriter.decimal(quantity, into: &bytes)
        case .onHand(let onHand, let allocated):
            bytes.append(1)
            ByteWriter.decimal(onHand, into: &bytes)
            ByteWriter.decimal(allocated, into: &bytes)
        }
    }

    init(from reader: inout ByteReader) throws {
        switch try reader.byte() {
        case 0: self = .free(try reader.decimal())
        case 1: self = .onHand(try reader.decimal(), allocated: try reader.decimal())
        default: throw ByteReader.Malformed()
        }
    }
}

extension StockFigure: CustomStringConvertible {
    /// `118 - 12`, or the free figure alone.
    package var description: String {
        switch self {
        case .free(let quantity): "\(quantity)"
        case .onHand(let onHand, let allocated): allocated.isZero ? "\(onHand)" : "\(onHand) - \(allocated)"
        }
    }
}
