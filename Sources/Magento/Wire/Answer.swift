package import Domain

/// What is known after a call. Decided before anything is retried, from what the shop said and from nothing else.
package enum Answer: Hashable, Sendable {
    /// The shop says it did it, in the shape that only a success has.
    case done(Payload)
    /// Nothing was changed.
    case notDone(Refusal)
    /// It may or may not have been done: look before anything is sent again.
    case unknown(Refusal)

    package struct Payload: Hashable, Sendable {
        package var json: JSON
        package var serverTime: UTCInstant?

        package init(json: JSON, serverTime: UTCInstant? = nil) {
            self.json = json
            self.serverTime = serverTime
        }
    }

    package var refusal: Refusal? {
        switch self {
        case .done: nil
        case .notDone(let refusal), .unknown(let refusal): refusal
        }
    }

    /// The payload of a success; throws the refusal's diagnostic otherwise. For reads.
    package func payload() throws -> Payload {
        switch self {
        case .done(let payload): return payload
        case .notDone(let refusal), .unknown(let refusal): throw refusal.diagnostic
        }
    }
}
