import Domain

extension ShopCall {
    /// Sends a call that changes something only with the proof that the work is still ours, taken here: after whatever the call has waited
    /// for. It is cut off when the proof runs out; it may have arrived then, so its effect is unknown.
    package func guarded(_ exchange: @escaping @Sendable () async -> Answer) async -> Answer {
        guard effect != .read, let callGuard = GuardedWork.callGuard else { return await exchange() }
        do {
            return try await callGuard.around(exchange).result.get()
        } catch let diagnostic as Diagnostic {
            return .notDone(Refusal(.workLost(diagnostic), diagnostic.kind, message: diagnostic.summary, call: label))
        } catch {
            return AnswerClassifier.lost(.lost("\(error)"), to: self)
        }
    }
}
