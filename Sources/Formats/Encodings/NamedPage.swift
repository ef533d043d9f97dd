import Glibc

/// Single-byte pages that XML files declare and that have no profile name of their own, made from the system's tables.
enum NamedPage {
    /// `nil` for names that are not single-byte pages with ASCII below 0x80.
    static func page(named name: String) -> SingleBytePage? {
        let plain = name.lowercased()
        guard isKnown(plain) else { return nil }
        let converter = iconv_open("UTF-16LE", plain)
        // iconv_open answers -1 where it does not know the name.
        guard converter != iconv_t(bitPattern: -1) else { return nil }
        defer { iconv_close(converter) }
        return SingleBytePage(upper: (UInt8(0x80)...0xFF).map { code($0, converter) })
    }

    private static func isKnown(_ name: String) -> Bool {
        let numbers = (2...16).map { "iso-8859-\($0)" } + (1250...1258).map { "windows-\($0)" }
        return (numbers + ["koi8-r", "koi8-u", "ibm437", "ibm852", "macintosh"]).contains(name)
    }

    private static func code(_ byte: UInt8, _ converter: iconv_t?) -> UInt16 {
        var input = [CChar(bitPattern: byte)]
        var output = [CChar](repeating: 0, count: 8)
        var inputLeft = 1
        var outputLeft = output.count
        let count = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                var from = input.baseAddress
                var to = output.baseAddress
                iconv(converter, nil, nil, nil, nil)
                return iconv(converter, &from, &inputLeft, &to, &outputLeft)
            }
        }
        guard count != -1, outputLeft == 6 else { return 0 }
        return UInt16(UInt8(bitPattern: output[0])) | UInt16(UInt8(bitPattern: output[1])) << 8
    }
}
