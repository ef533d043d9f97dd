package import Domain

/// A file seen at an endpoint, from the first look until it is gone or done (reliability A4).
package struct FileDrop: Hashable, Sendable {
    package enum State: String, Sendable, CaseIterable {
        case ignored, waiting, downloading, staged, processing, done, duplicate, quarantined, vanished

        /// Nothing more happens to it unless the file changes.
        package var isFinal: Bool {
            switch self {
            case .ignored, .done, .duplicate, .quarantined, .vanished: true
            case .waiting, .downloading, .staged, .processing: false
            }
        }
    }

    package var id: Int64
    package var folder: String
    package var file: RemoteFile
    package var firstSeen: UTCInstant
    package var lastSeen: UTCInstant
    /// What the settle policy remembers between looks, in its own words.
    package var sighting: String
    package var state: State
    package var rule: String?
    package var delivery: Int64?
}
