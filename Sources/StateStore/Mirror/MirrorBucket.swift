import Domain

/// How keys are spread: by the hash of their folded form, so that keys which Magento would merge fall together, and so that a file in any
/// order can be compared with the mirror a small part at a time.
package enum MirrorBucket {
    package static let count = 128

    package static func of(_ key: ArraySlice<UInt8>) -> Int {
        Int(StableHash.of(RecordKey.folded(key)) >> 57)
    }
}

/// One bucket of the mirror in key order, flat, so that a scan allocates little.
package struct MirrorRows: Sendable {
    package struct Row: Sendable {
        package var key: Range<Int>
        package var value: Range<Int>
        package var version: Int64
    }

    package var bytes: [UInt8] = []
    package var rows: [Row] = []

    package init() {}
}
