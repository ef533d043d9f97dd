package import Domain

/// A despatch, an invoice, a credit note or a cancellation as the ERP told it, in a form that does not depend on the order of
/// its rows: the same event delivered again is the same bytes.
package struct SalesEvent: Hashable, Sendable {
    package struct Line: Hashable, Sendable {
        package var sku: String?
        package var orderLine: String?
        /// The shop's source, where the settings name one.
        package var source: String?
        package var isRestocked: Bool?
        package var quantity: ExactDecimal

        package init(
            sku: String?, orderLine: String? = nil, source: String? = nil, isRestocked: Bool? = nil, quantity: ExactDecimal
        ) {
            self.sku = sku
            self.orderLine = orderLine
            self.source = source
            self.isRestocked = isRestocked
            self.quantity = quantity
        }

        fileprivate var rank: [String] { [source ?? "", sku ?? "", orderLine ?? "", isRestocked.map { $0 ? "1" : "0" } ?? ""] }
    }

    package struct Track: Hashable, Sendable {
        package var carrier: String
        package var number: String

        package init(carrier: String, number: String) {
            self.carrier = carrier
            self.number = number
        }
    }

    package var number: String
    package var order: String
    package var lines: [Line]
    package var tracks: [Track]
    package var shipping: ExactDecimal?
    package var adjustment: ExactDecimal?
    package var reason: String?

    package init(
        number: String, order: String, lines: [Line] = [], tracks: [Track] = [], shipping: ExactDecimal? = nil,
        adjustment: ExactDecimal? = nil, reason: String? = nil
    ) {
        self.number = number
        self.order = order
        self.lines = lines
        self.tracks = tracks
        self.shipping = shipping
        self.adjustment = adjustment
        self.reason = reason
    }

    /// Rows of the same thing added up, rows of nothing left out, everything in one order. `nil` where a sum leaves the range.
    package func normalised() -> SalesEvent? {
        var event = self
        var sums: [[String]: Line] = [:]
        for line in lines where !line.quantity.isZero {
            guard let known = sums[line.rank] else {
                sums[line.rank] = line
                continue
            }
            guard let sum = known.quantity.adding(line.quantity) else { return nil }
            sums[line.rank]?.quantity = sum
        }
        event.lines = sums.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
        let unique = Set(tracks)
        event.tracks = unique.sorted { ($0.carrier, $0.number) < ($1.carrier, $1.number) }
        return event
    }

    /// The same event with further tracking numbers and nothing else different.
    func addsTracks(to earlier: SalesEvent) -> Bool {
        var bare = self
        bare.tracks = earlier.tracks
        return bare == earlier && Set(tracks).isStrictSuperset(of: earlier.tracks)
    }
}

extension SalesEvent {
    package init(encoded: EncodedValue) throws { try self.init(encoded: encoded[...]) }

    package init(encoded: ArraySlice<UInt8>) throws {
        var reader = ByteReader(encoded)
        number = try reader.text()
        order = try reader.text()
        lines = []
        for _ in 0..<(try reader.varint()) {
            let sku = try Self.optional(&reader) { reader throws in try reader.text() }
            let orderLine = try Self.optional(&reader) { reader throws in try reader.text() }
            let source = try Self.optional(&reader) { reader throws in try reader.text() }
            let restock = try Self.optional(&reader) { reader throws in try reader.byte() == 1 }
            lines.append(Line(sku: sku, orderLine: orderLine, source: source, isRestocked: restock, quantity: try reader.decimal()))
        }
        tracks = []
        for _ in 0..<(try reader.varint()) { tracks.append(Track(carrier: try reader.text(), number: try reader.text())) }
        shipping = try Self.optional(&reader) { reader throws in try reader.decimal() }
        adjustment = try Self.optional(&reader) { reader throws in try reader.decimal() }
        reason = try Self.optional(&reader) { reader throws in try reader.text() }
    }

    package var encoded: EncodedValue {
        var bytes: [UInt8] = []
        ByteWriter.text(number, into: &bytes)
        ByteWriter.text(order, into: &bytes)
        ByteWriter.varint(UInt64(lines.count), into: &bytes)
        for line in lines {
            for text in [line.sku, line.orderLine, line.source] { Self.write(text, into: &bytes) { ByteWriter.text($0, into: &$1) } }
            Self.write(line.isRestocked, into: &bytes) { $1.append($0 ? 1 : 0) }
            ByteWriter.decimal(line.quantity, into: &bytes)
        }
        ByteWriter.varint(UInt64(tracks.count), into: &bytes)
        for track in tracks {
            ByteWriter.text(track.carrier, into: &bytes)
            ByteWriter.text(track.number, into: &bytes)
        }
        for number in [shipping, adjustment] { Self.write(number, into: &bytes) { ByteWriter.decimal($0, into: &$1) } }
        Self.write(reason, into: &bytes) { ByteWriter.text($0, into: &$1) }
        return bytes
    }

    private static func write<Value>(_ value: Value?, into bytes: inout [UInt8], _ body: (Value, inout [UInt8]) -> Void) {
        bytes.append(value == nil ? 0 : 1)
        if let value { body(value, &bytes) }
    }

    private static func optional<Value>(_ reader: inout ByteReader, _ body: (inout ByteReader) throws -> Value) throws -> Value? {
        try reader.byte() == 0 ? nil : try body(&reader)
    }
}
