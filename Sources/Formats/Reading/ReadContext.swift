package import Domain

/// What is known about a file besides its bytes.
package struct ReadContext: Sendable {
    /// Escaped, for messages.
    package var fileName: String
    package var modified: UTCInstant
    /// The shop's zone; a profile's own goes before it.
    package var timeZone: String
    /// The header tells how many cells a record has; the first records do not. For records that were taken out of their file.
    package var headerTellsCount = false
    /// The reader's first buffer, in bytes; tests shrink it.
    package var bufferSize = 256 * 1024

    package init(fileName: String, modified: UTCInstant, timeZone: String = Profile.defaultTimeZone) {
        self.fileName = fileName
        self.modified = modified
        self.timeZone = timeZone
    }
}
