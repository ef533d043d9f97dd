/// What the ERP says of one document.
package struct DocumentAnswer: Hashable, Sendable {
    package var identity: RecordKey
    package var erpNumber: String?
    /// Why it was not taken; `nil` where it was.
    package var refusal: String?

    package init(identity: RecordKey, erpNumber: String? = nil, refusal: String? = nil) {
        self.identity = identity
        self.erpNumber = erpNumber
        self.refusal = refusal
    }
}
