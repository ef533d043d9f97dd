import Domain

/// Whose trouble stopped an attempt, by its code: what the alarms of the other sides are judged by.
enum TroubleSource: Hashable, Sendable {
    case hostKey
    case endpointCredential
    case endpoint
    case shopCredential
    case shop
    case other

    init(code: String) {
        switch code {
        case "SHOP-CREDENTIAL", "SHOP-SIGNATURE", "SHOP-PERMISSION", "SHOP-CLOCK", "SHOP-FORBIDDEN": self = .shopCredential
        case "SFTP-UNAVAILABLE", "FOLDER-MISSING", "FOLDER-EXPECTED", "FOLDER-ENDLESS", "PERMISSION-DENIED", "ALGORITHM-REFUSED": self = .endpoint
        case _ where code.hasPrefix("HOST-KEY-") || code.hasPrefix("KNOWN-HOSTS-"): self = .hostKey
        case _ where code.hasPrefix("AUTH-"): self = .endpointCredential
        case _ where code.hasPrefix("ENDPOINT-"): self = .endpoint
        case _ where code.hasPrefix("SHOP-"): self = .shop
        default: self = .other
        }
    }

    func key(endpoint: String?) -> AlarmKey? {
        switch self {
        case .hostKey: AlarmKey(.hostKeyChanged, endpoint ?? "")
        case .endpointCredential: AlarmKey(.credentialRefused, endpoint ?? "")
        case .endpoint: AlarmKey(.endpointAway, endpoint ?? "")
        case .shopCredential: AlarmKey(.credentialRefused, AlarmKey.shop)
        case .shop: AlarmKey(.shopAway, AlarmKey.shop)
        case .other: nil
        }
    }
}
