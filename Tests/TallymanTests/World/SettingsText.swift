import MagentoSandbox

/// A settings file as an engineer writes it; each part may be exchanged by a test.
struct SettingsText: Sendable {
    var url = "http://127.0.0.1:1"
    var endpoint = "local: {root: /nowhere}"
    var folder = "out"
    var settle = "0s"
    var done: String?
    var then = "{move: archive}"
    var profile = "generic/stock"
    /// The generic layout for files that list changes only; written beside the settings.
    static let deltaProfile = "test/delta"
    var approve = "automatic"
    var stock = ["warehouses: {LDS: main, NCL: north}", "ignore: [TRADE]"]
    var gates = "{rejected: 100%, to_zero: 100%}"
    /// Further lines of the shop's settings.
    var shopLines: [String] = []
    /// Further lines of the flow, and of the file.
    var flowLines: [String] = []
    var lines: [String] = []

    var yaml: String {
        let announced = done.map { ", done: \"\($0)\"" } ?? ", settle: \(settle)"
        return """
            shop: test
            timezone: Europe/London
            state: state\(profile == Self.deltaProfile ? "\nprofiles: profiles" : "")

            magento:
              url: \(url)\(shopLines.map { "\n  \($0)" }.joined())
              oauth1:
                consumer_key: {env: MAGENTO_CONSUMER_KEY}
                consumer_secret: {env: MAGENTO_CONSUMER_SECRET}
                access_token: {env: MAGENTO_ACCESS_TOKEN}
                access_token_secret: {env: MAGENTO_ACCESS_TOKEN_SECRET}

            endpoints:
              erp:
                \(endpoint)

            flows:
              stock:
                pull: {endpoint: erp, folder: \(folder), files: "*.csv"\(announced), then: \(then)}
                profile: \(profile)
                approve: \(approve)
                stock:
            \(stock.map { "      \($0)" }.joined(separator: "\n"))
                gates: \(gates)
            \((flowLines.map { "    " + $0 } + lines).joined(separator: "\n"))

            """
    }

    /// The environment that holds an integration's four values.
    static func environment(_ integration: Integration = .demo) -> [String: String] {
        [
            "MAGENTO_CONSUMER_KEY": integration.consumerKey, "MAGENTO_CONSUMER_SECRET": integration.consumerSecret,
            "MAGENTO_ACCESS_TOKEN": integration.token, "MAGENTO_ACCESS_TOKEN_SECRET": integration.tokenSecret,
        ]
    }
}

extension SettingsText {
    /// What a settings file begins with: the shop and the endpoint `erp`. `flows:` follows.
    static func head(url: String, endpoint: String) -> String {
        """
        shop: test
        timezone: Europe/London
        state: state
        magento:
          url: "\(url)"
          oauth1:
            consumer_key: {env: MAGENTO_CONSUMER_KEY}
            consumer_secret: {env: MAGENTO_CONSUMER_SECRET}
            access_token: {env: MAGENTO_ACCESS_TOKEN}
            access_token_secret: {env: MAGENTO_ACCESS_TOKEN_SECRET}
        endpoints: {erp: {\(endpoint)}}
        """
    }
}

extension Installation {
    /// The settings of this shop, with the ERP's folder on this machine.
    var settingsHead: String { SettingsText.head(url: server.url, endpoint: "local: {root: \(folder)/erp}") }
}
