/// An error that a person reads: what is wrong, where, and what to do next.
///
/// `code` is stable and searchable (`CSV-QUOTE-OPEN`); texts may be reworded. Values inside are already escaped.
package struct Diagnostic: Error, Hashable, Sendable {
    package var code: String
    package var summary: String
    package var location: Location?
    /// What the reader does about it, in the imperative.
    package var fix: String
    package var kind: FailureKind

    package struct Location: Hashable, Sendable {
        package var file: String
        package var line: Int?
        package var column: Int?

        package init(file: String, line: Int? = nil, column: Int? = nil) {
            self.file = file
            self.line = line
            self.column = column
        }
    }

    package init(
        _ code: String,
        _ summary: String,
        at location: Location? = nil,
        fix: String,
        kind: FailureKind = .permanent
    ) {
        self.code = code
        self.summary = summary
        self.location = location
        self.fix = fix
        self.kind = kind
    }
}

extension Diagnostic {
    /// A call has no answer and may still take effect, so that nothing else is sent for its order.
    package static func lateEffect(of what: String, sent: UTCInstant, rest: Duration, holding: String? = nil) -> Diagnostic {
        let held = holding.map { "; \($0) waits for it" } ?? ""
        return Diagnostic(
            "CALL-UNANSWERED",
            "\(what) was sent at \(sent) and the shop has not answered: it may still carry it out\(held)",
            fix: "every run looks for it; it is sent again in \(max(1, (rest.wholeSeconds + 59) / 60)) minutes at the earliest, by itself",
            kind: .ambiguous)
    }

    package static let lateEffectCode = "CALL-UNANSWERED"
    package var isLateEffect: Bool { code == Self.lateEffectCode }
}

extension Diagnostic: CustomStringConvertible {
    /// `file:line:column: CODE: summary. fix`
    package var description: String {
        let place = location.map { place in
            [place.file, place.line.map(String.init), place.column.map(String.init)].compactMap { $0 }
                .joined(separator: ":") + ": "
        }
        return "\(place ?? "")\(code): \(summary)\n  → \(fix)"
    }
}

/// What an error means for the next attempt. The layer that knows decides; nobody matches on message text.
package enum FailureKind: Hashable, Sendable {
    /// The same call will fail again until someone changes something.
    case permanent
    /// Trying again later may work; nothing was done.
    case transient
    /// The other side asked for a pause; nothing was done.
    case throttled(retryAfter: Duration?)
    /// The request left and no usable answer came: it may or may not have been done. Look before trying again.
    case ambiguous
    /// The credential was refused: stop everything that uses it, do not retry (lock-outs).
    case unauthorised
}
