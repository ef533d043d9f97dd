package import Domain
package import Magento

/// What Magento should hold of one product's owned fields, as the shop writes them: option ids, not labels.
package struct ProductValue: Hashable, Sendable {
    package var fields: ProductFields
    /// The shop's spelling of the SKU, where it is not the file's.
    package var spelling: RecordKey?

    package init(_ fields: ProductFields = ProductFields(), spelling: RecordKey? = nil) {
        self.fields = fields
        self.spelling = spelling
    }

    package init(encoded: EncodedValue) throws { try self.init(encoded: encoded[...]) }

    package init(encoded: ArraySlice<UInt8>) throws {
        var reader = ByteReader(encoded)
        var inner = ByteReader(try reader.nestedSlice())
        fields = ProductFields()
        while !inner.isAtEnd {
            switch try inner.byte() {
            case 0: fields.name = try inner.text()
            case 1: fields.weight = try inner.decimal()
            case 2:
                guard let status = ProductFields.Status(rawValue: Int(try inner.byte())) else { throw ByteReader.Malformed() }
                fields.status = status
            case 3:
                let code = try inner.text()
                fields.attributes[code] = try inner.text()
            default: throw ByteReader.Malformed()
            }
        }
        spelling = reader.isAtEnd ? nil : RecordKey(try reader.nestedSlice())
    }

    package var encoded: EncodedValue {
        var inner: [UInt8] = []
        if let name = fields.name {
            inner.append(0)
            ByteWriter.text(name, into: &inner)
        }
        if let weight = fields.weight {
            inner.append(1)
            ByteWriter.decimal(weight, into: &inner)
        }
        if let status = fields.status { inner += [2, UInt8(status.rawValue)] }
        for (code, value) in fields.attributes.sorted(by: { $0.key < $1.key }) {
            inner.append(3)
            ByteWriter.text(code, into: &inner)
            ByteWriter.text(value, into: &inner)
        }
        var bytes: [UInt8] = []
        ByteWriter.nested(inner[...], into: &bytes)
        if let spelling { ByteWriter.nested(spelling.bytes[...], into: &bytes) }
        return bytes
    }

    /// The fields that `before` has otherwise or not at all.
    package func fields(differingFrom before: ProductValue?) -> ProductFields {
        guard let before = before?.fields else { return fields }
        var different = ProductFields()
        if fields.name != before.name { different.name = fields.name }
        if fields.weight != before.weight { different.weight = fields.weight }
        if fields.status != before.status { different.status = fields.status }
        // An attribute without a value reads back as none.
        different.attributes = fields.attributes.filter { $0.value != before.attributes[$0.key, default: ""] }
        return different
    }

    /// This value with what `others` say.
    package func overlaid(with others: ProductFields) -> ProductValue {
        var value = self
        value.fields.name = others.name ?? fields.name
        value.fields.weight = others.weight ?? fields.weight
        value.fields.status = others.status ?? fields.status
        value.fields.attributes.merge(others.attributes) { $1 }
        return value
    }
}

extension ProductFields {
    /// Only what `rules` own; whatever else there is never leaves the house.
    func owned(by rules: ProductRules) -> ProductFields {
        let codes = Set(rules.owned.compactMap { rules.attribute(of: $0) })
        return ProductFields(
            name: rules.owned.contains(.name) ? name : nil, weight: rules.owned.contains(.weight) ? weight : nil,
            status: rules.owned.contains(.status) ? status : nil, attributes: attributes.filter { codes.contains($0.key) })
    }
}
