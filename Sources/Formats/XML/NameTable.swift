import Glibc

/// What the parser's pointers to names mean: equal names have equal pointers, so that each is looked at once.
struct NameTable {
    struct Entry: BitwiseCopyable {
        var pointer: UnsafePointer<UInt8>?
        /// The plan's number; 0 for names that mean nothing to it.
        var number: Int32 = 0
        /// The namespace that the element had last, and what the schema makes of it.
        var namespace: UnsafePointer<UInt8>?
        var schemaNamespace: UnsafePointer<UInt8>?
        var hasSchemaNamespace = false
        /// Whether the schema knows the name; only where it was asked.
        var isKnown: Bool?

        @inline(__always)
        mutating func schemaNamespace(found: UnsafePointer<UInt8>?, check: XMLSchemaCheck) -> UnsafePointer<UInt8>? {
            if hasSchemaNamespace, namespace == found { return schemaNamespace }
            guard let pointer else { return found }
            namespace = found
            schemaNamespace = check.namespace(of: pointer, found: found)
            hasSchemaNamespace = true
            return schemaNamespace
        }

        @inline(__always)
        mutating func isKnown(to check: XMLSchemaCheck) -> Bool {
            if let isKnown { return isKnown }
            guard let pointer else { return true }
            let answer = check.knows(pointer)
            isKnown = answer
            return answer
        }
    }

    private static let firstSize = 256

    /// Freed by the table's owner.
    private(set) var entries: UnsafeMutablePointer<Entry>
    private var size = firstSize
    private(set) var count = 0
    private let numbers: [String: Int32]

    /// `names` in the plan's order.
    init(_ names: [String]) {
        numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0 + 1)) })
        entries = .allocate(capacity: size)
        entries.initialize(repeating: Entry(), count: size)
    }

    func free() { entries.deallocate() }

    /// For another parser: its pointers are its own.
    mutating func removeAll() {
        entries.update(repeating: Entry(), count: size)
        count = 0
    }

    /// The index of the entry for `pointer`, made where it was missing; -1 where the name is longer than `limit` bytes.
    @inline(__always)
    mutating func index(of pointer: UnsafePointer<UInt8>, limit: Int) -> Int {
        var index = Self.hash(pointer) & (size - 1)
        while let found = entries[index].pointer {
            if found == pointer { return index }
            index = (index + 1) & (size - 1)
        }
        return insert(pointer, limit: limit)
    }

    private mutating func insert(_ pointer: UnsafePointer<UInt8>, limit: Int) -> Int {
        let length = strnlen(UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self), limit + 1)
        guard length <= limit else { return -1 }
        if count * 2 >= size { grow() }
        count += 1
        let name = String(decoding: UnsafeBufferPointer(start: pointer, count: length), as: UTF8.self)
        return place(Entry(pointer: pointer, number: numbers[name] ?? 0))
    }

    private func place(_ entry: Entry) -> Int {
        var index = entry.pointer.map { Self.hash($0) & (size - 1) } ?? 0
        while entries[index].pointer != nil { index = (index + 1) & (size - 1) }
        entries[index] = entry
        return index
    }

    private mutating func grow() {
        let (old, oldSize) = (entries, size)
        size *= 2
        entries = .allocate(capacity: size)
        entries.initialize(repeating: Entry(), count: size)
        for index in 0..<oldSize where old[index].pointer != nil { _ = place(old[index]) }
        old.deallocate()
    }

    @inline(__always)
    private static func hash(_ pointer: UnsafePointer<UInt8>) -> Int {
        Int(truncatingIfNeeded: (UInt(bitPattern: pointer) &* 0x9E37_79B9_7F4A_7C15) >> 32)
    }
}
