import Domain

/// Whose trouble stopped an attempt, by its code: what the alarms of the other sides are judged by.
struct TroubleSource: Hashable, Sendable {
    private let blame: Blame

    /// An effect that may come late is no outage: the shop answers.
    init(code: String) { blame = code == Diagnostic.lateEffectCode ? .program : DiagnosticCatalogue.blame(of: code) }

    func key(endpoint: String?) -> AlarmKey? {
        switch blame {
        case .hostKey: AlarmKey(.hostKeyChanged, endpoint ?? "")
        case .endpointCredential: AlarmKey(.credentialRefused, endpoint ?? "")
        case .endpoint: AlarmKey(.endpointAway, endpoint ?? "")
        case .shopCredential: AlarmKey(.credentialRefused, AlarmKey.shop)
        case .shop: AlarmKey(.shopAway, AlarmKey.shop)
        case .file, .copy, .machine, .settings, .operator, .program: nil
        }
    }
}
