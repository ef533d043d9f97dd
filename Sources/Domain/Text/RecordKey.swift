import Foundation

/// A business key (SKU, order number, account code) as the exact bytes the file held, in UTF-8.
///
/// Compared byte by byte: Swift's `String ==` treats composed and decomposed accents as equal, Magento does not
/// (reliability C8). Never a number: `00472` and `472` are two keys.
package struct RecordKey: Hashable, Sendable, Comparable {
    package let bytes: [UInt8]

    package init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }
    package init(_ bytes: [UInt8]) { self.bytes = bytes }
    package init(_ bytes: ArraySlice<UInt8>) { self.bytes = Array(bytes) }
    package init(_ text: String) { bytes = Array(text.utf8) }

    package static func < (left: RecordKey, right: RecordKey) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    /// The bytes at once: one by one, as an array hashes, costs several times as much.
    package func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }

    /// The key as text for a request or a file; not for a terminal or a log (see `Escaped`).
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// What Magento's collation makes of the key: letter case, accents' composition and trailing blanks do not count,
    /// so two keys with the same folded form would overwrite one another in the shop.
    package static func folded(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var end = bytes.endIndex
        while end > bytes.startIndex, bytes[end - 1] == UInt8(ascii: " ") { end -= 1 }
        var folded: [UInt8] = []
        folded.reserveCapacity(end - bytes.startIndex)
        for byte in bytes[bytes.startIndex..<end] {
            guard byte < 0x80 else {
                let text = String(decoding: bytes[bytes.startIndex..<end], as: UTF8.self)
                return Array(text.precomposedStringWithCanonicalMapping.lowercased().utf8)
            }
            folded.append(byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte)
        }
        return folded
    }
}

extension RecordKey: CustomStringConvertible {
    package var description: String { Escaped(bytes).description }
}
