/// A 64-bit hash that is the same in every process and version (FNV-1a with a final mix), so it may be stored.
///
/// Swift's `Hasher` is seeded per process. Collisions only cost time: equality is always decided on the bytes.
public enum StableHash {
    public struct Running {
        @usableFromInline var hash: UInt64 = 0xcbf2_9ce4_8422_2325

        @inlinable public init() {}

        @inlinable @inline(__always)
        public mutating func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }

        @inlinable public var value: UInt64 {
            var mixed = hash ^ (hash >> 32)
            mixed = mixed &* 0x9e37_79b9_7f4a_7c15
            return mixed ^ (mixed >> 29)
        }
    }

    @inlinable public static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var running = Running()
        for byte in bytes { running.add(byte) }
        return running.value
    }
}
