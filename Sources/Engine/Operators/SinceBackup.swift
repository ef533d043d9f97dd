package import StateStore

/// What happened between a backup and its restore, as far as the ledger of before can tell: the restored one knows nothing of it.
package struct SinceBackup: Sendable {
    /// Received from the ERP or by hand, oldest first. Their senders may have nothing left of them.
    package private(set) var files: [Delivery] = []
    /// Files for the ERP that left or were about to, oldest first.
    package private(set) var sent: [Consignment] = []

    package init(before: LedgerReader, restored: LedgerReader) throws {
        var (files, sent): ([Delivery], [Consignment]) = ([], [])
        try before.receivedFiles { if try !restored.knows($0) { files.append($0) } }
        try before.begunConsignments { if try !restored.knows($0) { sent.append($0) } }
        (self.files, self.sent) = (files, sent)
    }
}
