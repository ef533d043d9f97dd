/// A key's place in the mirror: a stable 63-bit hash of its folded form.
///
/// Keys that Magento's collation would merge have the same key hash, so they meet wherever rows are ordered by it; and because
/// key hashes are evenly spread, a range of them is an even share of all keys, whatever order a file is in.
public enum KeyHash {
    public static func of(_ key: ArraySlice<UInt8>) -> Int64 { key.withUnsafeBytes { of($0) } }

    @inlinable public static func of(_ key: UnsafeRawBufferPointer) -> Int64 {
        var hash = StableHash.Running()
        var end = key.count
        while end > 0, key[end - 1] == UInt8(ascii: " ") { end -= 1 }
        for byte in key[..<end] {
            guard byte < 0x80 else { return ofLetters(key) }
            hash.add(byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte)
        }
        return Int64(bitPattern: hash.value >> 1)
    }

    /// Of a key with letters that ASCII lacks.
    @usableFromInline static func ofLetters(_ key: UnsafeRawBufferPointer) -> Int64 {
        Int64(bitPattern: StableHash.of(RecordKey.folded(Array(key)[...])) >> 1)
    }

    /// The share of all keys that `part` of `parts` (a power of two) holds, as a range of key hashes.
    public static func range(part: Int, of parts: Int) -> Range<UInt64> {
        let width = (UInt64(1) << 63) / UInt64(parts)
        return UInt64(part) * width..<UInt64(part + 1) * width
    }

    @inlinable public static func part(of keyHash: Int64, parts: Int) -> Int {
        Int(UInt64(bitPattern: keyHash) / ((UInt64(1) << 63) / UInt64(parts)))
    }
}
