import Domain

/// Remembers that the shop refused the credential and sends nothing more with it: each further try would count towards a
/// lock-out and drown the one alarm that matters (reliability F59). A missing permission shuts only the calls that met it.
/// Opens again with a new client, that is after the settings were changed and read anew.
package actor CredentialLatch: ShopTransport {
    private let next: any ShopTransport
    private var refused: Refusal?
    private var refusedCalls: [String: Refusal] = [:]

    package init(_ next: any ShopTransport) { self.next = next }

    package func send(_ call: ShopCall) async -> Answer {
        if let refusal = refused ?? refusedCalls[call.label] { return .notDone(refusal) }
        let answer = await next.send(call)
        guard case .notDone(let refusal) = answer, refusal.kind == .unauthorised else { return answer }
        if case .permission = refusal.reason { refusedCalls[call.label] = refusal } else { refused = refusal }
        return answer
    }
}
