package import StateStore

/// Where in the console a mail leads: to the very run, cause or alarm that it tells of.
package struct ConsoleLink: Hashable, Sendable {
    /// `https://console.acme.example`, without a slash at the end.
    private let url: String
    private let shop: String

    package init(url: String, shop: String) {
        var url = url
        while url.hasSuffix("/") { url.removeLast() }
        self.url = url
        self.shop = shop
    }

    package var home: String { "\(url)/s/\(Self.encoded(shop))" }
    package func run(_ id: Int64) -> String { "\(home)/runs/\(id)" }
    package func decision(_ id: Int64) -> String { "\(home)/runs/\(id)/decide" }
    package var alarms: String { "\(home)/alarms" }
    package func errors(flow: String) -> String { "\(home)/errors?flow=\(Self.encoded(flow))" }

    package func cause(_ key: ErrorCause.Key) -> String {
        let field = key.field.map { "&cause_field=\(Self.encoded($0))" } ?? ""
        let cause = "cause_flow=\(Self.encoded(key.flow))&cause_entity=\(Self.encoded(key.entity))&cause_code=\(Self.encoded(key.code))\(field)"
        return "\(home)/errors?\(cause)"
    }

    private static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            let character = Character(Unicode.Scalar(byte))
            if byte < 0x80, character.isLetter || character.isNumber || "-._~".contains(character) {
                encoded.append(character)
            } else {
                encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }
}
