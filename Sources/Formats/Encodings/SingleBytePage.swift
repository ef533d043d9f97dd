/// A table from bytes to Unicode. The lower half is ASCII in all of them.
final class SingleBytePage: Sendable {
    /// Code points of 0x80...0xFF; 0 where the page leaves the byte undefined.
    let upper: [UInt16]
    /// Per byte its UTF-8 form: the length in the top byte, then up to three bytes.
    private let forms: [UInt32]
    private let bytes: [UInt32: UInt8]
    /// Whether every byte of the upper half means something.
    let isComplete: Bool

    init(upper: [UInt16]) {
        self.upper = upper
        isComplete = !upper.contains(0)
        forms = upper.map { code in
            guard let scalar = Unicode.Scalar(code), code != 0 else { return 0 }
            let units = Array(String(Character(scalar)).utf8)
            return units.enumerated().reduce(UInt32(units.count) << 24) {
                $0 | UInt32($1.element) << (8 * UInt32($1.offset))
            }
        }
        let pairs = upper.enumerated().filter { $0.element != 0 }.map { (UInt32($0.element), UInt8(0x80 + $0.offset)) }
        bytes = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    func byte(for scalar: Unicode.Scalar) -> UInt8? {
        scalar.value < 0x80 ? UInt8(scalar.value) : bytes[scalar.value]
    }

    @inline(__always)
    func isDefined(_ byte: UInt8) -> Bool { byte < 0x80 || upper[Int(byte) - 0x80] != 0 }

    /// Appends `source` in UTF-8. Undefined bytes must have been refused before; they are left out.
    func decode(_ source: UnsafeBufferPointer<UInt8>, into target: inout [UInt8]) {
        for byte in source {
            if byte < 0x80 {
                target.append(byte)
                continue
            }
            let form = forms[Int(byte) - 0x80]
            for place in 0..<(form >> 24) { target.append(UInt8(truncatingIfNeeded: form >> (8 * place))) }
        }
    }

    static let latin1 = SingleBytePage(upper: Array(0x80...0xFF))

    static let latin9 = SingleBytePage(
        upper: latin1.upper.map { code in
            let changed: [UInt16: UInt16] = [
                0xA4: 0x20AC, 0xA6: 0x160, 0xA8: 0x161, 0xB4: 0x17D, 0xB8: 0x17E, 0xBC: 0x152, 0xBD: 0x153, 0xBE: 0x178,
            ]
            return changed[code] ?? code
        })

    static let windows1252 = SingleBytePage(
        upper: [
            0x20AC, 0, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0, 0x17D, 0,
            0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122, 0x161, 0x203A, 0x153, 0, 0x17E,
            0x178,
        ] + Array(0xA0...0xFF))

    static let codePage850 = SingleBytePage(
        upper: Array(
            """
            ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤\
            ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{AD}±‗¾¶§÷¸°¨·¹³²■\u{A0}
            """.utf16))
}
