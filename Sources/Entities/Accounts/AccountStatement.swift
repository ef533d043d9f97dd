import Domain

/// What one row says of its account, on its way to the decision: the value, and what was found wrong and left out of it.
struct AccountStatement {
    enum Note: UInt8 {
        case badEmail = 1, badPostcode
    }

    var value = AccountValue()
    var notes: [Note] = []

    init() {}

    init(_ bytes: ArraySlice<UInt8>) throws {
        var reader = ByteReader(bytes)
        notes = try reader.nested().compactMap(Note.init)
        value = try AccountValue(encoded: try reader.nested())
    }

    func encode(into bytes: inout [UInt8]) {
        ByteWriter.nested(notes.map(\.rawValue)[...], into: &bytes)
        ByteWriter.nested(value.encoded[...], into: &bytes)
    }
}
