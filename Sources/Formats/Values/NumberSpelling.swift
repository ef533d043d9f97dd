/// How people, spreadsheets and databases print numbers beyond plain ASCII: blanks of several widths and apostrophes between thousands,
/// a minus sign of its own, zeros with an exponent.
enum NumberSpelling {
    /// What separates groups of three digits besides one ASCII byte.
    enum Groups: Hashable, Sendable {
        /// A blank, however wide, and whether a line may break there or not.
        case blanks
        /// `'` or `’`.
        case apostrophes

        /// `nil` where `text` is no such mark.
        init?(_ text: String) {
            switch text {
            case " ", "\u{A0}", "\u{202F}", "\u{2009}", "\u{2007}": self = .blanks
            case "'", "\u{2019}": self = .apostrophes
            default: return nil
            }
        }

        func contains(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .blanks: [0x20, 0xA0, 0x202F, 0x2009, 0x2007].contains(scalar.value)
            case .apostrophes: [0x27, 0x2019].contains(scalar.value)
            }
        }
    }

    /// Stands for a group mark that is not one ASCII byte.
    static let groupByte: UInt8 = 0x1F

    /// `bytes` in ASCII, as far as their marks are known; `nil` where nothing changes.
    static func plain(_ bytes: UnsafeBufferPointer<UInt8>, groups: Groups?) -> [UInt8]? {
        guard groups != nil || bytes.contains(where: { $0 >= 0x80 }) else { return nil }
        var plain: [UInt8] = []
        var hasChanged = false
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            if scalar.value == 0x2212 {
                plain.append(UInt8(ascii: "-"))
                hasChanged = true
            } else if groups?.contains(scalar) == true {
                plain.append(groupByte)
                hasChanged = true
            } else {
                plain += Array(String(scalar).utf8)
            }
        }
        return hasChanged ? plain : nil
    }

    /// `0E-8`, `0.00E+3`: what databases print for zero.
    static func isZero(_ given: UnsafeBufferPointer<UInt8>) -> Bool {
        let hasSign = given.first == UInt8(ascii: "-") || given.first == UInt8(ascii: "+")
        let bytes = Array(given.dropFirst(hasSign ? 1 : 0))
        guard let letter = bytes.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }), letter > 0 else { return false }
        var power = bytes[(letter + 1)...]
        if power.first == UInt8(ascii: "-") || power.first == UInt8(ascii: "+") { power = power.dropFirst() }
        let digits = bytes[..<letter].filter { $0 != UInt8(ascii: ".") }
        return !power.isEmpty && power.allSatisfy { $0 &- 0x30 <= 9 } && !digits.isEmpty && letter - digits.count <= 1
            && digits.allSatisfy { $0 == UInt8(ascii: "0") }
    }
}
