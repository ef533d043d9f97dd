import Domain

/// One row of a stock file between reading and deciding: the spill's payload.
struct StockRow {
    var warehouse: Int
    var productClass: ArraySlice<UInt8>
    /// `nil`: the row says nothing of the quantity (a blank that means "keep").
    var figure: StockFigure?

    func encode(into bytes: inout [UInt8]) {
        ByteWriter.varint(UInt64(warehouse), into: &bytes)
        ByteWriter.nested(productClass, into: &bytes)
        guard let figure else { return }
        figure.encode(into: &bytes)
    }

    init(warehouse: Int, productClass: ArraySlice<UInt8>, figure: StockFigure?) {
        self.warehouse = warehouse
        self.productClass = productClass
        self.figure = figure
    }

    init(_ payload: ArraySlice<UInt8>) throws {
        var reader = ByteReader(payload)
        warehouse = Int(try reader.varint())
        productClass = try reader.nestedSlice()
        figure = reader.isAtEnd ? nil : try StockFigure(from: &reader)
    }
}
