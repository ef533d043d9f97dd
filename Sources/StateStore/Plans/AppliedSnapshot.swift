package import Domain

/// What the last applied snapshot of a flow was: the yardstick for duplicates, late files and gates (reliability B2).
package struct AppliedSnapshot: Hashable, Sendable {
    package var run: Int64
    package var hash: ContentHash
    /// Fingerprint of profile and settings: the same bytes under another mapping are not the same content.
    package var profile: String
    package var version: UTCInstant
    package var sequence: Int64?
    package var records: Int
    package var header: [String]
    /// The event time of the newest file that listed everything; `nil` where none was applied. What is older than that says nothing more.
    package var full: UTCInstant?

    package init(
        run: Int64, hash: ContentHash, profile: String, version: UTCInstant, sequence: Int64?, records: Int, header: [String],
        full: UTCInstant? = nil
    ) {
        self.run = run
        self.hash = hash
        self.profile = profile
        self.version = version
        self.sequence = sequence
        self.records = records
        self.header = header
        self.full = full
    }
}
