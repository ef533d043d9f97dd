import Glibc

/// What the parser's pointers to names mean: equal names have equal pointers, so that each is looked at once.
struct NameTable {
    struct Entry {
        var pointer: UnsafePointer<UInt8>?
        /// The plan's number; 0 for names that mean nothing to it.
        var number: Int32 = 0
        /// The namespace that the element had last, and what the schema makes of it.
        var namespace: UnsafePointer<UInt8>?
        var schemaNamespace: UnsafePointer<UInt8>?
        var hasSchemaNamespace = false
    }

    private(set) var entries = [Entry](repeating: Entry(), count: 256)
    private(set) var count = 0
    private let numbers: [String: Int32]

    /// `names` in the plan's order.
    init(_ names: [String]) {
        numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0 + 1)) })
    }

    /// For another parser: its pointers are its own.
    mutating func removeAll() {
        entries = Array(repeating: Entry(), count: 256)
        count = 0
    }

    /// The index of the entry for `pointer`, made where it was missing; `nil` where the name is longer than `limit` bytes.
    @inline(__always)
    mutating func index(of pointer: UnsafePointer<UInt8>, limit: Int) -> Int? {
        let mask = entries.count - 1
        var index = Self.hash(pointer) & mask
        while let found = entries[index].pointer {
            if found == pointer { return index }
            index = (index + 1) & mask
        }
        return insert(pointer, limit: limit)
    }

    @inline(__always)
    func number(at index: Int) -> Int32 { entries[index].number }

    @inline(__always)
    mutating func schemaNamespace(at index: Int, found: UnsafePointer<UInt8>?, check: XMLSchemaCheck) -> UnsafePointer<UInt8>? {
        if entries[index].hasSchemaNamespace, entries[index].namespace == found { return entries[index].schemaNamespace }
        guard let pointer = entries[index].pointer else { return found }
        let namespace = check.namespace(of: pointer, found: found)
        entries[index].namespace = found
        entries[index].schemaNamespace = namespace
        entries[index].hasSchemaNamespace = true
        return namespace
    }

    private mutating func insert(_ pointer: UnsafePointer<UInt8>, limit: Int) -> Int? {
        let length = strnlen(UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self), limit + 1)
        guard length <= limit else { return nil }
        if count * 2 >= entries.count { grow() }
        count += 1
        let name = String(decoding: UnsafeBufferPointer(start: pointer, count: length), as: UTF8.self)
        return place(Entry(pointer: pointer, number: numbers[name] ?? 0))
    }

    private mutating func place(_ entry: Entry) -> Int {
        let mask = entries.count - 1
        var index = entry.pointer.map { Self.hash($0) & mask } ?? 0
        while entries[index].pointer != nil { index = (index + 1) & mask }
        entries[index] = entry
        return index
    }

    private mutating func grow() {
        let old = entries
        entries = Array(repeating: Entry(), count: old.count * 2)
        for entry in old where entry.pointer != nil { _ = place(entry) }
    }

    @inline(__always)
    private static func hash(_ pointer: UnsafePointer<UInt8>) -> Int {
        Int(truncatingIfNeeded: (UInt(bitPattern: pointer) &* 0x9E37_79B9_7F4A_7C15) >> 32)
    }
}
