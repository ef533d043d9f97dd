/// What the ERP's words in an answer mean. Case does not count; a longer text counts by its first word.
package struct AnswerWords: Hashable, Sendable {
    enum Meaning { case accepted, refused }

    private var accepted: Set<String>
    private var refused: Set<String>

    /// - Parameters are further words of one ERP; they go before the usual ones.
    package init(accepted: [String] = [], refused: [String] = []) {
        let own = (Set(accepted.map { $0.uppercased() }), Set(refused.map { $0.uppercased() }))
        self.accepted = Self.usualAccepted.subtracting(own.1).union(own.0)
        self.refused = Self.usualRefused.subtracting(own.0).union(own.1)
    }

    private static let usualAccepted: Set<String> = [
        "ACCEPTED", "ACCEPT", "ACK", "ACKNOWLEDGED", "OK", "OKAY", "YES", "Y", "TRUE", "DONE", "IMPORTED", "POSTED", "CREATED", "CONFIRMED",
        "RECEIVED",
        "SUCCESS", "SUCCESSFUL", "SUCCEEDED", "COMPLETE", "COMPLETED", "PROCESSED", "BOOKED", "ENTERED", "LOADED", "PASS", "PASSED", "VALID",
        "ANGENOMMEN", "ÜBERNOMMEN", "VERBUCHT", "ACCEPTÉ", "ACCEPTE", "ACEPTADO", "ACCETTATO",
    ]

    /// `CANCELLED` is in neither: of an order it refuses, of a cancellation it confirms.
    private static let usualRefused: Set<String> = [
        "REJECTED", "REJECT", "REFUSED", "REFUSE", "DECLINED", "DENIED", "ERROR", "ERRORS", "FAILED", "FAILURE", "FAIL", "INVALID", "NAK", "NACK",
        "NOK",
        "KO", "NO", "N", "NOT", "FALSE", "UNKNOWN", "BLOCKED", "ABGELEHNT", "FEHLER", "REFUSÉ", "REJETÉ", "ERREUR",
        "RECHAZADO",
        "RIFIUTATO", "ERRORE",
    ]

    /// What `text` says, and what stands behind its first word; `nil` for words that are not known.
    func meaning(of text: String) -> (meaning: Meaning, rest: String)? {
        if let meaning = known(text.uppercased()) { return (meaning, "") }
        let word = text.prefix { $0.isLetter }
        guard !word.isEmpty, word.count < text.count, let meaning = known(word.uppercased()) else { return nil }
        let rest = text.dropFirst(word.count).drop { !$0.isLetter && !$0.isNumber }
        return (meaning, String(rest))
    }

    private func known(_ word: String) -> Meaning? {
        if refused.contains(word) { return .refused }
        return accepted.contains(word) ? .accepted : nil
    }
}
