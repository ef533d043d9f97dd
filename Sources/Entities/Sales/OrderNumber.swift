/// The ERP's spelling of an order number as the shop has it.
enum OrderNumber {
    /// A number of digits alone is filled up with zeros to `digits`; others are left alone.
    static func filled(_ text: String, digits: Int) -> String {
        guard text.utf8.count < digits, text.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else { return text }
        return String(repeating: "0", count: digits - text.utf8.count) + text
    }
}
