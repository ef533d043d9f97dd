import Crypto
import Domain
import Foundation

/// Codes of an authenticator (RFC 6238): six digits of HMAC-SHA1 over the half minute.
enum OneTimeCode {
    static let secretLength = 20
    static let period: Int64 = 30

    static func step(at now: UTCInstant) -> Int64 { now.milliseconds.flooringQuotient(period * 1000) }

    static func code(_ secret: [UInt8], step: Int64) -> String {
        let message = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * Int64($0))) }
        let mac = Array(HMAC<Insecure.SHA1>.authenticationCode(for: Data(message), using: SymmetricKey(data: Data(secret))))
        let offset = Int(mac[19] & 0x0F)
        let number = mac[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let digits = String(number % 1_000_000)
        return String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// The step whose code was given: this half minute's or a neighbour's, because clocks differ.
    static func step(of code: String, _ secret: [UInt8], at now: UTCInstant) -> Int64? {
        let code = code.filter { !$0.isWhitespace }
        let present = step(at: now)
        return [present, present - 1, present + 1].first { Token.isEqual(Self.code(secret, step: $0), code) }
    }

    /// The secret as authenticators take it typed: base32 in groups of four.
    static func text(_ secret: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var text = ""
        var buffer = 0
        var bits = 0
        for byte in secret {
            buffer = (buffer << 8 | Int(byte)) & 0xFFFF
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(alphabet[buffer >> bits & 31])
            }
        }
        return stride(from: 0, to: text.count, by: 4).map { String(text.dropFirst($0).prefix(4)) }.joined(separator: " ")
    }
}
