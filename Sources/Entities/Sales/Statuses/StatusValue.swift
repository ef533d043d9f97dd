package import Domain

/// The last word of the ERP about an order.
package struct StatusValue: Hashable, Sendable {
    package var word: String
    package var remark: String?

    package init(word: String, remark: String? = nil) {
        self.word = word
        self.remark = remark
    }

    package init(encoded: EncodedValue) throws { try self.init(encoded: encoded[...]) }

    package init(encoded: ArraySlice<UInt8>) throws {
        var reader = ByteReader(encoded)
        word = try reader.text()
        remark = reader.isAtEnd ? nil : try reader.text()
    }

    package var encoded: EncodedValue {
        var bytes: [UInt8] = []
        ByteWriter.text(word, into: &bytes)
        if let remark { ByteWriter.text(remark, into: &bytes) }
        return bytes
    }
}
