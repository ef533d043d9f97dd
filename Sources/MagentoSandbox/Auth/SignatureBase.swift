import Crypto
import Foundation

/// The OAuth 1.0a signature as Magento 2.4.7 computes it, which is not quite RFC 5849: parameters are sorted in "natural"
/// order of their encoded names, a parameter without `=` is left out, `+` stays a plus, the path is normalised first
/// (escapes of `/ : @ & = + $ , ;` and of unreserved characters are undone), the default port is dropped.
package struct SignatureBase: Sendable {
    package var text: String

    /// - Parameters:
    ///   - target: path and query as they came.
    ///   - form: the fields of a form body, which are signed too.
    package init(method: String, scheme: String, host: String, target: String, parameters: [String: String], form: String = "") {
        let path = target.prefix { $0 != "?" }
        var signed: [String: String] = [:]
        for (name, value) in parameters where name != "oauth_signature" && name != "realm" {
            signed[PercentCoding.encode(name)] = PercentCoding.encode(value)
        }
        for pair in (target[path.endIndex...].dropFirst() + "&" + form).split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2 else { continue }
            let name = PercentCoding.encode(PercentCoding.decode(String(halves[0])))
            signed[name] = PercentCoding.encode(PercentCoding.decode(String(halves[1])))
        }
        let query = signed.sorted { NaturalOrder.precedes($0.key, $1.key) }.map { $0.key + "=" + $0.value }
            .joined(separator: "&")
        let address = "\(scheme)://\(Self.authority(host, scheme: scheme))\(Self.normalisedPath(String(path)))"
        text = [method.uppercased(), PercentCoding.encode(address), PercentCoding.encode(query)].joined(separator: "&")
    }

    package func signature(consumerSecret: String, tokenSecret: String) -> String {
        let key = PercentCoding.encode(consumerSecret) + "&" + PercentCoding.encode(tokenSecret)
        let code = HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: Array(key.utf8)))
        return Data(code).base64EncodedString()
    }

    private static func authority(_ host: String, scheme: String) -> String {
        let host = host.lowercased()
        let suffix = scheme == "https" ? ":443" : ":80"
        return host.hasSuffix(suffix) ? String(host.dropLast(suffix.utf8.count)) : host
    }

    package static func normalisedPath(_ path: String) -> String {
        let allowed = Set(":@&=+$,/;%".utf8)
        let bytes = Array(path.utf8)
        var decoded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "%"), let byte = PercentCoding.hexByte(bytes, at: index + 1) else {
                decoded.append(bytes[index])
                index += 1
                continue
            }
            if PercentCoding.isUnreserved(byte) || allowed.contains(byte) {
                decoded.append(byte)
            } else {
                decoded.append(contentsOf: PercentCoding.escape(byte).utf8)
            }
            index += 3
        }
        var out: [UInt8] = []
        for (index, byte) in decoded.enumerated() {
            let isLonePercent = byte == UInt8(ascii: "%") && PercentCoding.hexByte(decoded, at: index + 1) == nil
            let isPlain =
                PercentCoding.isUnreserved(byte) || allowed.contains(byte) || byte == UInt8(ascii: "(")
                || byte == UInt8(ascii: ")")
            if isPlain, !isLonePercent { out.append(byte) } else { out.append(contentsOf: PercentCoding.escape(byte).utf8) }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
