import Domain

/// One row of a stock file between reading and deciding: the spill's payload.
struct StockRow {
    var warehouse: Int
    var productClass: ArraySlice<UInt8>
    /// `nil`: the row says nothing of the quantity (a blank that means "keep").
    var figure: StockFigure?

    static func encode(warehouse: Int, _ productClass: UnsafeRawBufferPointer, _ figure: StockFigure?, into bytes: inout [UInt8]) {
        ByteWriter.varint(UInt64(warehouse), into: &bytes)
        ByteWriter.varint(UInt64(productClass.count), into: &bytes)
        bytes.append(contentsOf: productClass)
        figure?.encode(into: &bytes)
    }

    init(_ payload: ArraySlice<UInt8>) throws {
        var reader = ByteReader(payload)
        warehouse = Int(try reader.varint())
        productClass = try reader.nestedSlice()
        figure = reader.isAtEnd ? nil : try StockFigure(from: &reader)
    }
}
