import Domain

/// The warehouse codes of a file by number, each judged once against the map.
struct WarehouseIndex {
    private let map: WarehouseMap
    private var names: [String] = []
    private var codes: [[UInt8]] = []
    private var numbers: [RecordKey: Int] = [:]
    private var destinations: [WarehouseMap.Destination] = []
    /// The source's code where a warehouse feeds one.
    private var sources: [[UInt8]?] = []

    init(_ map: WarehouseMap) { self.map = map }

    var count: Int { names.count }
    func name(_ number: Int) -> String { names[number] }
    func isUnknown(_ number: Int) -> Bool { destinations[number] == .unknown }
    func hasSource(_ number: Int) -> Bool { sources[number] != nil }

    /// The codes seen so far that feed a source; a file without warehouses has one without a code, which is none.
    var feeding: [String] {
        names.indices.filter { hasSource($0) && !names[$0].isEmpty }.map { names[$0] }.sorted()
    }

    /// The source that the warehouse feeds; empty where it feeds none.
    func source(_ number: Int) -> String {
        if case .source(let source) = destinations[number] { source } else { "" }
    }

    func isSource(_ bytes: UnsafeRawBufferPointer, of number: Int) -> Bool {
        sources[number]?.withUnsafeBytes { $0.holdsSame(as: bytes) } ?? false
    }

    func isCode(_ bytes: UnsafeRawBufferPointer, of number: Int) -> Bool {
        codes[number].withUnsafeBytes { $0.holdsSame(as: bytes) }
    }

    mutating func index(of code: UnsafeRawBufferPointer) -> Int {
        // A handful of codes: comparing with each costs less than hashing one.
        for number in 0..<min(codes.count, 32) where isCode(code, of: number) { return number }
        let key = RecordKey(Array(code)[...])
        if let number = numbers[key] { return number }
        let number = names.count
        let destination = map.destination(of: key.text)
        names.append(key.text)
        codes.append(key.bytes)
        numbers[key] = number
        destinations.append(destination)
        if case .source(let source) = destination { sources.append(Array(source.utf8)) } else { sources.append(nil) }
        return number
    }
}
