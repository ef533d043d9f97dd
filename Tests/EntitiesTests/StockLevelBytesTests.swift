import Domain
import Magento
import Testing

@testable import Entities

/// `StockValue` is the meaning; reading in place has to come to the same.
struct StockLevelBytesTests {
    private static let values: [StockValue] = [
        StockValue(levels: []),
        StockValue(levels: [level("default", 5)]),
        StockValue(levels: [level("default", 6)], operands: [StockOperand(warehouse: "10", figure: .free(6))]),
        StockValue(
            levels: [level("default", 5, isInStock: false), level("ost", 12), level("süd", 7)],
            operands: [
                StockOperand(warehouse: "10", figure: .onHand(17, allocated: 12)),
                StockOperand(warehouse: "20", figure: .free(ExactDecimal(coefficient: 125, scale: 1) ?? 0)),
            ], spelling: RecordKey("sku-ä"),
            reserved: [StockReservation(order: "000000101", source: "ost", quantity: 2), StockReservation(order: "7", source: "süd", quantity: 1)]),
        StockValue(levels: [level("su\u{308}d", 7), level("default", -3)], reserved: [StockReservation(order: "1", source: "default", quantity: 1)]),
    ]

    private static func level(_ source: String, _ quantity: Int64, isInStock: Bool = true) -> StockLevel {
        StockLevel(source: source, quantity: ExactDecimal(quantity), isInStock: isInStock)
    }

    private static func levels(_ after: EncodedValue, differingFrom before: EncodedValue?) -> [StockLevel]? {
        after.withUnsafeBytes { after in
            guard let after = StockLevelBytes(after) else { return nil }
            var found: [StockLevel] = []
            let visit = { (level: StockLevelBytes.Level) in
                found.append(
                    StockLevel(source: String(decoding: level.source, as: UTF8.self), quantity: level.quantity, isInStock: level.isInStock))
            }
            guard let before else {
                after.forEach(differingFrom: nil, visit)
                return found
            }
            before.withUnsafeBytes { after.forEach(differingFrom: StockLevelBytes($0), visit) }
            return found
        }
    }

    private static func expected(_ after: EncodedValue, differingFrom before: EncodedValue?) -> [StockLevel]? {
        (try? StockValue(encoded: after))?.levels(differingFrom: before.flatMap { try? StockValue(encoded: $0) })
    }

    @Test func `levels that differ are the same ones whichever way they are read`() {
        for after in Self.values {
            #expect(Self.levels(after.encoded, differingFrom: nil) == after.levels)
            for before in Self.values {
                #expect(Self.levels(after.encoded, differingFrom: before.encoded) == after.levels(differingFrom: before))
            }
        }
    }

    @Test func `a value cut or spoilt at any byte is refused or read as the other way does`() {
        let known = Self.values[1].encoded
        for value in Self.values.map(\.encoded) {
            for end in 0...value.count {
                let cut = Array(value[..<end])
                #expect(Self.levels(cut, differingFrom: known) == Self.expected(cut, differingFrom: known))
                #expect(Self.levels(known, differingFrom: cut) == Self.expected(known, differingFrom: cut))
            }
            for place in value.indices {
                for byte in [0, 1, 2, 3, 19, 0x7F, 0x80, 0xFF] as [UInt8] {
                    var spoilt = value
                    spoilt[place] = byte
                    #expect(Self.levels(spoilt, differingFrom: known) == Self.expected(spoilt, differingFrom: known))
                    #expect(Self.levels(value, differingFrom: spoilt) == Self.expected(value, differingFrom: spoilt))
                }
            }
        }
    }

    @Test func `a value with a spelling of its own is sent under it`() throws {
        let value = Self.values[3]
        let change = Change(id: 1, key: RecordKey("SKU-Ä"), before: nil, after: value.encoded, version: UTCInstant(seconds: 0))

        guard case .patch(let patch) = StockPatch.make(change, index: 4) else { return #expect(Bool(false), "there is much to send") }
        #expect(patch.index == 4 && patch.sku == "sku-ä" && patch.rows.allSatisfy { $0.sku == "sku-ä" })
        #expect(patch.rows.map(\.source) == ["default", "ost", "süd"])
    }

    @Test(arguments: [
        ("99999999.9999", true), ("100000000", false), ("-99999999.9999", true), ("-100000000", false), ("0.12345", false), ("0.1234", true),
        ("99999999", true), ("999999999999999999", false),
    ])
    func `a quantity that the shop's column would change is rejected`(_ text: String, _ isKept: Bool) throws {
        let quantity = try #require(ExactDecimal(plain: text))
        let value = StockValue(levels: [StockLevel(source: "default", quantity: quantity, isInStock: true)])

        switch StockPatch.make(Change(id: 1, key: RecordKey("A"), before: nil, after: value.encoded, version: UTCInstant(seconds: 0)), index: 0) {
        case .patch(let patch): #expect(isKept && patch.rows.map(\.quantity) == [quantity])
        case .rejected(let reason): #expect(!isKept && reason.code == "QUANTITY-RANGE")
        case .nothing: #expect(Bool(false), "there is a level to send")
        }
    }
}
