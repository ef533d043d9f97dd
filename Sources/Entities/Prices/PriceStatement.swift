import Domain

/// What one row of a price file says, between reading and deciding: the spill's payload.
struct PriceStatement: Hashable, Sendable {
    enum Figure: Hashable, Sendable {
        case price(UnitPrice.Operands)
        /// Per cent off the base price.
        case discount(ExactDecimal)
        /// The owner says that there is none.
        case none
    }

    var slot: PriceEntry.Slot
    var window: Window
    var figure: Figure
    var unitCost: ExactDecimal?

    init(slot: PriceEntry.Slot, window: Window, figure: Figure, unitCost: ExactDecimal? = nil) {
        self.slot = slot
        self.window = window
        self.figure = figure
        self.unitCost = unitCost
    }

    func encode(into bytes: inout [UInt8]) {
        ByteWriter.text(slot.place.name, into: &bytes)
        ByteWriter.text(slot.group, into: &bytes)
        ByteWriter.decimal(slot.quantity, into: &bytes)
        window.encode(into: &bytes)
        switch figure {
        case .none: bytes.append(0)
        case .discount(let percent):
            bytes.append(1)
            ByteWriter.decimal(percent, into: &bytes)
        case .price(let operands):
            bytes.append(operands.basis == .net ? 2 : 3)
            ByteWriter.decimal(operands.amount, into: &bytes)
            ByteWriter.decimal(operands.per, into: &bytes)
            ByteWriter.decimal(operands.pack, into: &bytes)
            ByteWriter.text(operands.taxCode ?? "", into: &bytes)
        }
        if let unitCost { ByteWriter.decimal(unitCost, into: &bytes) }
    }

    init(_ payload: ArraySlice<UInt8>) throws {
        var reader = ByteReader(payload)
        slot = PriceEntry.Slot(
            place: PricePlace(try reader.text()), group: try reader.text(), quantity: try reader.decimal())
        window = try Window(from: &reader)
        let kind = try reader.byte()
        switch kind {
        case 0: figure = .none
        case 1: figure = .discount(try reader.decimal())
        case 2, 3:
            let (amount, per, pack) = (try reader.decimal(), try reader.decimal(), try reader.decimal())
            let code = try reader.text()
            figure = .price(
                UnitPrice.Operands(
                    amount: amount, per: per, pack: pack, basis: kind == 2 ? .net : .gross, taxCode: code.isEmpty ? nil : code))
        default: throw ByteReader.Malformed()
        }
        unitCost = reader.isAtEnd ? nil : try reader.decimal()
    }
}
