package import Domain

/// Why a call gave no success.
package struct Refusal: Error, Hashable, Sendable {
    /// A closed list: whoever reacts to a refusal switches over it.
    package enum Reason: Hashable, Sendable {
        /// Nothing was sent: the work is not provably ours any more.
        indirect case workLost(Diagnostic)
        // The request did not get there, or the answer did not get back.
        case unreachable
        case certificate
        case noAnswer
        // The answer came from something in front of Magento, or was no answer.
        case maintenance
        case throttled(retryAfter: Duration?)
        case redirected
        case page(status: Int)
        case malformed
        case tooLarge
        case forbidden
        // The credential.
        case credential
        case signature
        case clock
        case permission(resource: String)
        case nonceReused
        // What Magento made of the request.
        case invalid
        case couldNotSave
        case itemLimit(maximum: Int)
        case pageLimit(maximum: Int)
        case bodyTooLarge
        case notFound
        case noRoute
        case internalError
    }

    package var reason: Reason
    package var kind: FailureKind
    /// 0 where no answer came.
    package var status: Int
    /// The shop's words with their parameters filled in, escaped for a screen.
    package var message: String
    package var call: String

    package init(_ reason: Reason, _ kind: FailureKind, status: Int = 0, message: String, call: String = "") {
        self.reason = reason
        self.kind = kind
        self.status = status
        self.message = message
        self.call = call
    }

    /// What whoever sent values does about it.
    package enum Disposition: Hashable, Sendable {
        /// Send fewer rows in a call: so many, or half where the shop does not say.
        case cut(rows: Int?)
        /// Send it once more: a deadlock is told like a value that cannot be saved.
        case again
        /// Something that was sent is not acceptable.
        case refused
        /// Something that was named does not exist.
        case absent
        /// Nothing was wrong with what was sent: later.
        case wait
    }

    package var disposition: Disposition {
        switch reason {
        case .itemLimit(let maximum): .cut(rows: maximum)
        case .bodyTooLarge: .cut(rows: nil)
        case .couldNotSave: .again
        case .invalid: .refused
        case .notFound: .absent
        case .workLost, .unreachable, .certificate, .noAnswer, .maintenance, .throttled, .redirected, .page, .malformed, .tooLarge,
            .forbidden, .credential, .signature, .clock, .permission, .nonceReused, .pageLimit, .noRoute, .internalError:
            .wait
        }
    }

    /// Whether the batch itself is at fault, so that a part of it may pass.
    package var concernsBatch: Bool {
        switch disposition {
        case .cut, .again, .refused: true
        case .absent, .wait: false
        }
    }
}
