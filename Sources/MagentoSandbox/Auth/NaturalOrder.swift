/// PHP's `strnatcmp`: runs of digits compare as numbers.
enum NaturalOrder {
    static func precedes(_ left: String, _ right: String) -> Bool {
        let left = Array(left.utf8)
        let right = Array(right.utf8)
        var i = 0
        var j = 0
        while i < left.count, j < right.count {
            if isDigit(left[i]), isDigit(right[j]) {
                let first = run(left, from: &i)
                let second = run(right, from: &j)
                if first.count != second.count { return first.count < second.count }
                if first != second { return first.lexicographicallyPrecedes(second) }
            } else {
                if left[i] != right[j] { return left[i] < right[j] }
                i += 1
                j += 1
            }
        }
        return left.count - i < right.count - j
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    /// The digits from `index` on without leading zeros; moves `index` behind them.
    private static func run(_ bytes: [UInt8], from index: inout Int) -> [UInt8] {
        let start = index
        while index < bytes.count, isDigit(bytes[index]) { index += 1 }
        return Array(bytes[start..<index].drop { $0 == UInt8(ascii: "0") })
    }
}
