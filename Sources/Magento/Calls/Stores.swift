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

    package struct View: Hashable, Sendable {
        package var id: Int
        package var code: String
        package var website: Int
    }

    package struct Website: Hashable, Sendable {
        package var id: Int
        package var code: String
        /// The customer group of whoever registers there.
        package var defaultGroup: Int?

        package init(id: Int, code: String, defaultGroup: Int? = nil) {
            self.id = id
            self.code = code
            self.defaultGroup = defaultGroup
        }
    }

    private let transport: any ShopTransport

    package init(_ transport: any ShopTransport) { self.transport = transport }

    package func configurations() async throws -> [Configuration] {
        let answer = await transport.send(ShopCall(.get, ["store", "storeConfigs"], effect: .read, expects: .list))
        return try answer.payload().json.elements?.compactMap(Configuration.init) ?? []
    }

    /// The store views that shoppers see; the admin's is left out.
    package func views() async throws -> [View] {
        let answer = await transport.send(ShopCall(.get, ["store", "storeViews"], effect: .read, expects: .list))
        return try (answer.payload().json.elements ?? []).compactMap { json in
            guard let id = json["id"]?.whole, id != 0, let code = json["code"]?.text, let website = json["website_id"]?.whole
            else { return nil }
            return View(id: id, code: code, website: website)
        }
    }

    /// The websites that shoppers see; the admin's is left out.
    package func websites() async throws -> [Website] {
        let answer = await transport.send(ShopCall(.get, ["store", "websites"], effect: .read, expects: .list))
        return try (answer.payload().json.elements ?? []).compactMap { json in
            guard let id = json["id"]?.whole, id != 0, let code = json["code"]?.text else { return nil }
            return Website(id: id, code: code, defaultGroup: json["default_group_id"]?.whole)
        }
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
