/// RFC 3986 percent encoding of UTF-8.
package enum PercentEncoding {
    /// Letters, digits and `-._~`, a bit for each of them: asked for every byte of every address.
    package static func isUnreserved(_ byte: UInt8) -> Bool {
        let bits = byte < 64 ? 0x03FF_6000_0000_0000 : byte < 128 ? 0x47FF_FFFE_87FF_FFFE : 0 as UInt64
        return bits >> UInt64(byte & 63) & 1 == 1
    }

    package static func encode(_ text: String) -> String {
        var text = text
        return text.withUTF8 { bytes in
            String(unsafeUninitializedCapacity: 3 * bytes.count) { out in
                var end = 0
                for byte in bytes {
                    if isUnreserved(byte) {
                        out[end] = byte
                        end += 1
                    } else {
                        out[end] = UInt8(ascii: "%")
                        out[end + 1] = hexDigit(byte >> 4)
                        out[end + 2] = hexDigit(byte & 15)
                        end += 3
                    }
                }
                return end
            }
        }
    }

    /// How many bytes `encode` makes of it.
    package static func length(of text: String) -> Int {
        text.utf8.reduce(0) { $0 + (isUnreserved($1) ? 1 : 3) }
    }

    /// The inverse; a `%` that starts no escape stays.
    package static func decode(_ text: some StringProtocol) -> String {
        let bytes = Array(text.utf8)
        var out: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count, let high = value(bytes[index + 1]),
                let low = value(bytes[index + 2])
            {
                out.append(high << 4 | low)
                index += 3
            } else {
                out.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
