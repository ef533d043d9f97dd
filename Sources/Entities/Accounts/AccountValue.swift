package import Domain

/// What the shop should hold of one account: texts by field, groups and terms by their names in the shop. An empty text says
/// that there is none; a field that is not there says nothing.
package struct AccountValue: Hashable, Sendable {
    package var fields: [AccountField: String]

    package init(_ fields: [AccountField: String] = [:]) { self.fields = fields }

    package init(encoded: EncodedValue) throws { try self.init(encoded: encoded[...]) }

    package init(encoded: ArraySlice<UInt8>) throws {
        var reader = ByteReader(encoded)
        fields = [:]
        while !reader.isAtEnd {
            guard let field = AccountField(rawValue: try reader.byte()) else { throw ByteReader.Malformed() }
            fields[field] = try reader.text()
        }
    }

    package var encoded: EncodedValue {
        var bytes: [UInt8] = []
        for (field, text) in fields.sorted(by: { $0.key < $1.key }) {
            bytes.append(field.rawValue)
            ByteWriter.text(text, into: &bytes)
        }
        return bytes
    }

    package subscript(_ field: AccountField) -> String? {
        get { fields[field] }
        set { fields[field] = newValue }
    }

    package func limited(to wanted: Set<AccountField>) -> AccountValue { AccountValue(fields.filter { wanted.contains($0.key) }) }

    /// This value with what `others` say.
    package func overlaid(with others: AccountValue) -> AccountValue { AccountValue(fields.merging(others.fields) { $1 }) }

    /// The fields that `before` has otherwise, or not at all. A field without a value reads back as none.
    package func differing(from before: AccountValue?) -> AccountValue {
        AccountValue(fields.filter { field, text in !Self.isSame(text, before?[field] ?? "", field) })
    }

    /// As the shop compares: addresses of mail and names of groups without letter case, sums by their worth.
    private static func isSame(_ left: String, _ right: String, _ field: AccountField) -> Bool {
        if left.utf8.elementsEqual(right.utf8) { return true }
        switch field {
        case .email, .group: return RecordKey.folded(Array(left.utf8)[...]) == RecordKey.folded(Array(right.utf8)[...])
        case .creditLimit:
            guard let left = ExactDecimal(plain: left), let right = ExactDecimal(plain: right) else { return false }
            return left == right
        case .stop: return (left == "1") == (right == "1")
        case .firstName, .lastName, .name, .terms, .taxNumber, .parent, .street, .city, .region, .postcode, .country, .telephone: return false
        }
    }
}
