import Domain

/// The shop's own description of itself.
package struct Stores: Sendable {
    package struct Configuration: Hashable, Sendable {
        package var code: String
        package var locale: String
        package var baseCurrency: String
        package var timezone: String
        package var baseURL: String
        package var secureBaseURL: String

        init?(_ json: JSON) {
            guard let code = json["code"]?.text else { return nil }
            self.code = code
            locale = json["locale"]?.text ?? ""
            baseCurrency = json["base_currency_code"]?.text ?? ""
            timezone = json["timezone"]?.text ?? ""
            baseURL = json["base_url"]?.text ?? ""
            secureBaseURL = json["secure_base_url"]?.text ?? ""
        }
    }

    private let transport: any ShopTransport

    package init(_ transport: any ShopTransport) { self.transport = transport }

    package func configurations() async throws -> [Configuration] {
        let answer = await transport.send(ShopCall(.get, ["store", "storeConfigs"], effect: .read, expects: .list))
        return try answer.payload().json.elements?.compactMap(Configuration.init) ?? []
    }

    package func modules() async throws -> Set<String> {
        let answer = await transport.send(ShopCall(.get, ["modules"], effect: .read, expects: .list))
        return Set(try answer.payload().json.elements?.compactMap(\.text) ?? [])
    }

    /// `Magento/2.4 (Community)`, with the shop's time. Needs no credential.
    package func version() async -> Answer {
        await transport.send(ShopCall(.get, ["magento_version"], effect: .read, expects: .plainText, root: .shop))
    }
}
