import StateStore

extension Ledger {
    /// Tests arrange the books as no process at work would.
    func write<Result>(_ body: (LedgerWriter) throws -> Result) throws -> Result { try write(.operators, body) }
}
