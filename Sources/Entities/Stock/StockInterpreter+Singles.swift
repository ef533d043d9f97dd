import Domain

/// One row of the file beside one entry of the mirror, both of one warehouse: what nearly every product is. Whatever else may
/// play a part is left to `decide`; this says the same, without an allocation.
extension StockInterpreter {
    /// The mirror's value is what these figures would make, byte for byte; nothing is allocated to find out.
    mutating func confirm(
        _ payload: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, mirror: UnsafeRawBufferPointer
    ) -> Bool? {
        var row = RawByteReader(payload)
        guard let number = row.varint(), number < UInt64(warehouses.count), let productClass = row.nested() else { return nil }
        if !inputs.isEmpty, inputs[RecordKey(RecordKey.folded(Array(key)[...]))] != nil { return nil }
        let warehouse = Int(number)
        let figureBytes = row.rest
        guard warehouses.hasSource(warehouse), let free = StockFigure(raw: &row)?.available, row.isAtEnd else { return nil }
        let rule = uniformRule ?? definition.buffers.rule(sku: Array(key)[...], productClass: Array(productClass)[...])
        guard let quantity = AvailableToPromise.quantity(free: free, rule: rule) else { return nil }
        var held = RawByteReader(mirror)
        guard let levelBytes = held.nested(), let operandBytes = held.nested(), held.isAtEnd else { return nil }
        var level = RawByteReader(levelBytes)
        guard let source = level.nested(), warehouses.isSource(source, of: warehouse), level.isNext(quantity),
            level.byte() == 1, level.isAtEnd
        else { return nil }
        var operand = RawByteReader(operandBytes)
        guard let code = operand.nested(), warehouses.isCode(code, of: warehouse), operand.rest.holdsSame(as: figureBytes) else {
            return nil
        }
        return quantity.isPositive
    }

    /// One warehouse in the file, the same one in the mirror: nothing else can play a part.
    mutating func revise(
        _ payload: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, mirror: UnsafeRawBufferPointer, into text: inout [UInt8]
    ) -> Revision? {
        var row = RawByteReader(payload)
        guard let number = row.varint(), number < UInt64(warehouses.count), let productClass = row.nested() else { return nil }
        let warehouse = Int(number)
        guard warehouses.hasSource(warehouse), let figure = StockFigure(raw: &row), row.isAtEnd, let free = figure.available,
            let known = KnownLevel(mirror, warehouses, warehouse: warehouse),
            inputs.isEmpty || circumstance(Array(key)[...]) == nil
        else { return nil }
        let rule = uniformRule ?? definition.buffers.rule(sku: Array(key)[...], productClass: Array(productClass)[...])
        guard let keptBack = rule.buffer.amount(of: free), let quantity = AvailableToPromise.quantity(free: free, rule: rule) else {
            return nil
        }
        let start = text.count
        ByteWriter.nested(into: &text) { level in
            warehouses.encodeSource(of: warehouse, into: &level)
            ByteWriter.decimal(quantity, into: &level)
            level.append(1)
        }
        ByteWriter.nested(into: &text) { operand in
            warehouses.encodeCode(of: warehouse, into: &operand)
            figure.encode(into: &operand)
        }
        let valueCount = text.count - start
        let isSame = known.quantity == quantity && known.isInStock
        if !isSame {
            text += warehouses.source(of: warehouse)
            text += ": ".utf8
            AvailableToPromise.write(figure, of: warehouses.shownCode(of: warehouse), into: &text)
            AvailableToPromise.write(quantity, keptBack: keptBack, by: rule, into: &text)
        }
        return Revision(
            reach: isSame ? .memory : .shop, valueCount: valueCount,
            wasAvailable: known.isInStock && known.quantity.isPositive, isAvailable: quantity.isPositive)
    }
}

extension StockFigure {
    /// As `encode` wrote it.
    init?(raw reader: inout RawByteReader) {
        switch reader.byte() {
        case 0:
            guard let quantity = reader.decimal() else { return nil }
            self = .free(quantity)
        case 1:
            guard let onHand = reader.decimal(), let allocated = reader.decimal() else { return nil }
            self = .onHand(onHand, allocated: allocated)
        default: return nil
        }
    }
}

/// The one level of a value with one level and one operand, both of a given warehouse, in the file's own spelling.
private struct KnownLevel {
    var quantity: ExactDecimal
    var isInStock: Bool

    init?(_ value: UnsafeRawBufferPointer, _ warehouses: WarehouseIndex, warehouse: Int) {
        var held = RawByteReader(value)
        guard let levelBytes = held.nested(), let operandBytes = held.nested(), held.isAtEnd else { return nil }
        var level = RawByteReader(levelBytes)
        guard let source = level.nested(), warehouses.isSource(source, of: warehouse), let quantity = level.decimal(),
            let mark = level.byte(), level.isAtEnd
        else { return nil }
        var operand = RawByteReader(operandBytes)
        guard let code = operand.nested(), warehouses.isCode(code, of: warehouse), StockFigure(raw: &operand) != nil, operand.isAtEnd
        else { return nil }
        self.quantity = quantity
        isInStock = mark == 1
    }
}
