/// What people decided about files, as the ledger's tables say it.
struct Decided {
    /// Hash and time of each file whose plan was approved, or needed no approval: what it puts to zero was zero.
    private let approved: Set<[String]>
    /// Hash and time of a file, with the record that a person corrected in it and had read again.
    private let corrected: [(file: [String], record: String)]

    init(_ ledger: LedgerFile) {
        approved = Set(
            ledger.rows(
                """
                SELECT d.hash, d.modified / 1000 FROM audit a JOIN run r ON a.subject = 'run ' || r.id JOIN delivery d ON d.id = r.delivery
                WHERE a.action = 'approve'
                UNION SELECT d.hash, d.modified / 1000 FROM run r JOIN delivery d ON d.id = r.delivery WHERE r.state = 'finished' AND r.verdict = 'done'
                """))
        corrected = ledger.rows(
            """
            SELECT d.hash, d.modified / 1000, CAST(o.edited AS TEXT) FROM record_outcome o JOIN run r ON r.id = o.run JOIN delivery d ON d.id = r.delivery
            JOIN run s ON s.id = o.settled_by WHERE o.queue = 'retried' AND o.edited IS NOT NULL AND s.cause = 'retry' ORDER BY o.id
            """
        ).map { (Array($0.prefix(2)), $0[2]) }
    }

    /// What a file says of a product; `nil` where it says nothing that counts.
    func figure(of sku: String, in written: Player.Written) -> Int? {
        guard case .figures(let figures) = written.drop.content, let figure = figures[sku] else { return nil }
        let file = [FileHash.hex(written.bytes), String(written.modified)]
        if written.drop.flaw == .drastic { return approved.contains(file) ? figure : nil }
        guard FileText.unreadableKey(in: written.drop) == sku else { return figure }
        let record = corrected.last { $0.file == file && $0.record.hasPrefix("\(sku),") }?.record
        return record.flatMap { Int($0.split(separator: ",")[3]) }
    }
}
