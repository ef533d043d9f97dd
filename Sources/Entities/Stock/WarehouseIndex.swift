import Domain

/// The warehouse codes of a file by number, each judged once against the map.
///
/// Codes and sources lie side by side in one stretch of bytes: they are compared with once per record, and an array for each
/// would be retained and released every time.
struct WarehouseIndex {
    private struct Place {
        var code: Range<Int>
        /// The code as people may be shown it.
        var shown: Range<Int>
        /// The source that the warehouse feeds.
        var source: Range<Int>
        var hasSource: Bool
        var isUnknown: Bool
    }

    private let map: WarehouseMap
    private var names: [String] = []
    private var numbers: [RecordKey: Int] = [:]
    private var text: [UInt8] = []
    private var places: [Place] = []

    init(_ map: WarehouseMap) { self.map = map }

    var count: Int { places.count }
    func name(_ number: Int) -> String { names[number] }
    func isUnknown(_ number: Int) -> Bool { places[number].isUnknown }
    func hasSource(_ number: Int) -> Bool { places[number].hasSource }

    /// The codes seen so far that feed a source; a file without warehouses has one without a code, which is none.
    var feeding: [String] {
        names.indices.filter { hasSource($0) && !names[$0].isEmpty }.map { names[$0] }.sorted()
    }

    func isSource(_ bytes: UnsafeRawBufferPointer, of number: Int) -> Bool {
        let place = places[number]
        return place.hasSource && holds(place.source, bytes)
    }

    func isCode(_ bytes: UnsafeRawBufferPointer, of number: Int) -> Bool { holds(places[number].code, bytes) }

    /// The source's code, as the text of an encoded value.
    func encodeSource(of number: Int, into bytes: inout [UInt8]) { ByteWriter.nested(text[places[number].source], into: &bytes) }
    func encodeCode(of number: Int, into bytes: inout [UInt8]) { ByteWriter.nested(text[places[number].code], into: &bytes) }

    /// As words.
    func source(of number: Int) -> ArraySlice<UInt8> { text[places[number].source] }
    func shownCode(of number: Int) -> ArraySlice<UInt8> { text[places[number].shown] }

    private func holds(_ range: Range<Int>, _ bytes: UnsafeRawBufferPointer) -> Bool {
        text.withUnsafeBytes { UnsafeRawBufferPointer(rebasing: $0[range]).holdsSame(as: bytes) }
    }

    mutating func index(of code: UnsafeRawBufferPointer) -> Int {
        // A handful of codes: comparing with each costs less than hashing one.
        for number in 0..<min(places.count, 32) where isCode(code, of: number) { return number }
        let key = RecordKey(Array(code)[...])
        if let number = numbers[key] { return number }
        let number = places.count
        numbers[key] = number
        let destination = map.destination(of: key.text)
        names.append(key.text)
        var source: String?
        if case .source(let code) = destination { source = code }
        places.append(
            Place(
                code: add(key.bytes), shown: add(Escaped(key.text).description.utf8), source: add((source ?? "").utf8),
                hasSource: source != nil, isUnknown: destination == .unknown))
        return number
    }

    private mutating func add(_ bytes: some Sequence<UInt8>) -> Range<Int> {
        let start = text.count
        text.append(contentsOf: bytes)
        return start..<text.count
    }
}
