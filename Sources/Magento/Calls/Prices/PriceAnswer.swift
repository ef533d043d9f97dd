import Domain

/// What is known after a call that writes prices.
package enum PriceAnswer: Hashable, Sendable {
    /// The shop says that it did it, except for the lines that these failures speak of.
    case done([PriceFailure])
    /// Nothing was changed.
    case notDone(Refusal)
    /// It may or may not have been done: look before anything is sent again.
    case unknown(Refusal)

    package var isDone: Bool { if case .done = self { true } else { false } }

    init(_ answer: Answer, call: ShopCall) {
        switch answer {
        case .notDone(let refusal): self = .notDone(refusal)
        case .unknown(let refusal): self = .unknown(refusal)
        case .done(let payload):
            let entries = payload.json.elements ?? []
            let failures = entries.compactMap(PriceFailure.init)
            guard failures.count == entries.count else {
                let text = "a list of something else than failures"
                self = .unknown(Refusal(.malformed, .ambiguous, status: 200, message: text, call: call.label))
                return
            }
            self = .done(failures)
        }
    }
}
