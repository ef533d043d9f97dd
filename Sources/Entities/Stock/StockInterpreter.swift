import Domain

/// Reads a stock file's records as rows of a SKU and decides each SKU's levels.
///
/// `interpret` runs once per record and must not allocate for a good one; `decide` runs once per SKU.
struct StockInterpreter: RowInterpreter {
    private typealias Field = StockDefinition.Field

    let definition: StockDefinition
    private let instant: UTCInstant
    /// The rule of every product, where there is only one.
    let uniformRule: BufferPolicy.Rule?
    private(set) var warehouses: WarehouseIndex
    private var claimed: Set<String> = []
    private(set) var inputs: [RecordKey: EncodedValue] = [:]
    private(set) var nextDay: UTCInstant?

    init(definition: StockDefinition, asOf instant: UTCInstant) {
        self.definition = definition
        self.instant = instant
        uniformRule = definition.buffers.isUniform ? definition.buffers.standard : nil
        warehouses = WarehouseIndex(definition.warehouses)
    }

    var feeds: [String] { warehouses.feeding }
    var claims: [String] { claimed.sorted() }

    mutating func use(_ inputs: ExternalInputs) { self.inputs = inputs.values }

    // MARK: Records to rows

    mutating func interpret(_ batch: RecordBatch, into rows: inout KeyedRows) {
        for (index, entry) in batch.entries.enumerated() {
            if case .text(let claim) = batch.cell(entry, row: 0, field: Field.importedUpTo.rawValue), entry.rowCount > 0 {
                claimed.insert(String(decoding: batch.bytes[claim], as: UTF8.self))
            }
            for row in 0..<entry.rowCount {
                guard case .text(let skuRange) = batch.cell(entry, row: row, field: Field.sku.rawValue) else {
                    if entry.rejection < 0 { rows.reject(entry: index, Self.skuMissing, key: nil, origin: entry.origin) }
                    break
                }
                if entry.rejection >= 0 {
                    rows.markIncomplete(key: batch.bytes[skuRange], origin: entry.origin)
                    continue
                }
                do throws(RejectReason) {
                    let read = try read(batch, entry, row: row)
                    batch.bytes.withUnsafeBytes { bytes in
                        let sku = UnsafeRawBufferPointer(rebasing: bytes[skuRange])
                        rows.append(key: sku, origin: entry.origin) { payload in
                            let productClass = UnsafeRawBufferPointer(rebasing: bytes[read.productClass])
                            StockRow.encode(warehouse: read.warehouse, productClass, read.figure, into: &payload)
                        }
                    }
                } catch {
                    rows.reject(entry: index, error, key: batch.bytes[skuRange], origin: entry.origin)
                    break
                }
            }
        }
    }

    /// What a row says; its texts by where they stand in the batch, so that nothing is retained for it.
    private struct Reading {
        var warehouse: Int
        var productClass: Range<Int>
        var figure: StockFigure?
    }

    private mutating func read(
        _ batch: RecordBatch,
        _ entry: RecordBatch.Entry,
        row: Int
    ) throws(RejectReason) -> Reading {
        let code: Range<Int> =
            switch batch.cell(entry, row: row, field: Field.warehouse.rawValue) {
            case .text(let range): range
            case .absent, .blank, .cleared, .decimal, .instant, .boolean: 0..<0
            }
        let warehouse = batch.bytes.withUnsafeBytes { warehouses.index(of: UnsafeRawBufferPointer(rebasing: $0[code])) }
        if warehouses.isUnknown(warehouse) { throw Self.unknownWarehouse(warehouses.name(warehouse)) }
        let productClass: Range<Int> =
            switch batch.cell(entry, row: row, field: Field.productClass.rawValue) {
            case .text(let range): range
            case .absent, .blank, .cleared, .decimal, .instant, .boolean: 0..<0
            }
        var figure = try figure(batch, entry, row: row)
        if let given = figure, try !isForSale(batch, entry, row: row) {
            switch given {
            case .free: figure = .free(.zero)
            case .onHand: figure = .onHand(.zero, allocated: .zero)
            }
        }
        return Reading(warehouse: warehouse, productClass: productClass, figure: figure)
    }

    /// Goods that come later, or that the ERP does not sell now, are not there for the shop.
    private mutating func isForSale(_ batch: RecordBatch, _ entry: RecordBatch.Entry, row: Int) throws(RejectReason) -> Bool {
        if case .instant(let day) = batch.cell(entry, row: row, field: Field.availableFrom.rawValue), day > instant {
            nextDay = min(nextDay ?? day, day)
            return false
        }
        guard case .text(let range) = batch.cell(entry, row: row, field: Field.availability.rawValue) else { return true }
        let word = String(decoding: batch.bytes[range], as: UTF8.self)
        guard let isAvailable = definition.statuses.isAvailable(word) else { throw Self.unknownStatus(word) }
        return isAvailable
    }

    private func figure(
        _ batch: RecordBatch,
        _ entry: RecordBatch.Entry,
        row: Int
    ) throws(RejectReason) -> StockFigure? {
        switch batch.cell(entry, row: row, field: Field.free.rawValue) {
        case .decimal(let free): return .free(free)
        case .cleared: return .free(.zero)
        case .blank: return nil
        case .absent, .text, .instant, .boolean: break
        }
        let onHand: ExactDecimal
        switch batch.cell(entry, row: row, field: Field.onHand.rawValue) {
        case .decimal(let quantity): onHand = quantity
        case .cleared: onHand = .zero
        case .blank: return nil
        case .absent, .text, .instant, .boolean: throw Self.noQuantity
        }
        switch batch.cell(entry, row: row, field: Field.allocated.rawValue) {
        case .decimal(let allocated): return .onHand(onHand, allocated: allocated)
        case .absent, .cleared: return .onHand(onHand, allocated: .zero)
        case .blank: throw Self.allocatedBlank
        case .text, .instant, .boolean: throw Self.noQuantity
        }
    }

    // MARK: Rows to a decision

    mutating func decide(_ group: KeyGroup, mirror: ArraySlice<UInt8>?, mode: FileMode) -> KeyVerdict {
        if let spoiled = group.rows.first(where: \.isIncomplete) {
            return KeyVerdict(.rejected(Self.incomplete(line: spoiled.origin.line)))
        }
        var operands: [(warehouse: Int, figure: StockFigure)] = []
        var superseded: [Int] = []
        var latest: [Int: Int] = [:]
        var productClass: ArraySlice<UInt8> = []
        for (index, keyed) in group.rows.enumerated() {
            guard let row = try? StockRow(group.payload(keyed)), warehouses.count > row.warehouse else {
                return KeyVerdict(.rejected(Self.noQuantity))
            }
            if !row.productClass.isEmpty { productClass = row.productClass }
            guard let figure = row.figure else { continue }
            guard let known = operands.firstIndex(where: { $0.warehouse == row.warehouse }) else {
                operands.append((row.warehouse, figure))
                latest[row.warehouse] = index
                continue
            }
            switch definition.duplicates {
            case .reject:
                return KeyVerdict(.rejected(Self.duplicate(warehouses.name(row.warehouse), isRepeated: isOneFigure(group, row.warehouse))))
            case .first:
                superseded.append(index)
            case .last:
                superseded.append(latest[row.warehouse] ?? 0)
                operands[known].figure = figure
                latest[row.warehouse] = index
            case .sum:
                guard let sum = operands[known].figure.adding(figure) else {
                    return KeyVerdict(.rejected(Self.outOfRange))
                }
                operands[known].figure = sum
            }
        }
        let rule = definition.buffers.rule(sku: group.key, productClass: productClass)
        var verdict = decide(operands, rule: rule, mirror: mirror, mode: mode, circumstance(group.key))
        verdict.superseded = superseded
        return verdict
    }

    /// Whether all rows of the warehouse say the same.
    private func isOneFigure(_ group: KeyGroup, _ warehouse: Int) -> Bool {
        let figures = group.rows.compactMap { try? StockRow(group.payload($0)) }.filter { $0.warehouse == warehouse }.compactMap(\.figure)
        return figures.allSatisfy { $0 == figures.first }
    }

    private mutating func decide(
        _ reported: [(warehouse: Int, figure: StockFigure)],
        rule: BufferPolicy.Rule,
        mirror: ArraySlice<UInt8>?,
        mode: FileMode,
        _ circumstance: StockCircumstance?
    ) -> KeyVerdict {
        let known = mirror.flatMap { try? StockValue(encoded: $0) }
        var operands = reported.map { StockOperand(warehouse: warehouses.name($0.warehouse), figure: $0.figure) }
        let isWholePicture = mode == .full && definition.missing != .unchanged
        if !isWholePicture {
            // What the file does not mention keeps its last reported figure: half a sum is never a sum.
            let named = Set(operands.map(\.warehouse))
            operands += (known?.operands ?? []).filter { !named.contains($0.warehouse) }
        }
        var bySource: [String: [StockOperand]] = [:]
        for operand in operands {
            guard case .source(let source) = definition.warehouses.destination(of: operand.warehouse) else { continue }
            bySource[source, default: []].append(operand)
        }
        var promised: [Promised] = []
        for (source, operands) in bySource.sorted(by: { $0.key < $1.key }) {
            guard let promise = AvailableToPromise(operands, rule: rule) else {
                return KeyVerdict(.rejected(Self.outOfRange))
            }
            let place = ReservationShares.Place(source: source, allocated: operands.allocated, free: promise.quantity)
            promised.append(Promised(place: place, words: "\(source): \(promise)"))
        }
        var levels: [StockLevel] = []
        for level in known?.levels ?? [] where bySource[level.source] == nil {
            guard isWholePicture, definition.warehouses.sources.contains(level.source) else {
                if let level = present(level, circumstance) { levels.append(level) }
                continue
            }
            let place = ReservationShares.Place(source: level.source, allocated: .zero, free: .zero)
            promised.append(Promised(place: place, isInStock: level.isInStock, words: "\(level.source): not in the full file → 0"))
        }
        return weigh(promised, levels, operands: operands, known, circumstance)
    }

    mutating func decideMissing(_ key: RecordKey, mirror: ArraySlice<UInt8>) -> KeyVerdict? {
        guard definition.missing != .unchanged, let known = try? StockValue(encoded: mirror) else { return nil }
        if let circumstance = circumstance(key.bytes[...]) { return decideMissing(known, circumstance) }
        let owned = Set(definition.warehouses.sources)
        let levels = known.levels.map { level in
            owned.contains(level.source)
                ? StockLevel(source: level.source, quantity: .zero, isInStock: level.isInStock) : level
        }
        guard levels != known.levels else { return nil }
        return KeyVerdict(
            .change(StockValue(levels: levels, spelling: known.spelling, reserved: known.owed).encoded),
            wasAvailable: known.isAvailable,
            isAvailable: false,
            evidence: "not in the full file → 0"
        )
    }
}
