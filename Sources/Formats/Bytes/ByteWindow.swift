/// A sliding view of a source: the bytes that are read but not yet consumed, in one piece.
///
/// A class because it owns memory. Hot loops take `base`, `start` and `end` into locals once per refill.
final class ByteWindow {
    /// So many readable bytes follow `end`, all zero, so that eight can be loaded at once anywhere.
    static let margin = 16

    private var source: any ByteSource
    private var capacity: Int
    private(set) var base: UnsafeMutablePointer<UInt8>
    private(set) var start = 0
    private(set) var end = 0
    /// The source has no more bytes than those in the window.
    private(set) var isFinal = false
    /// How many bytes of the source lie before `start`.
    private(set) var consumed = 0

    /// `capacity` is the first size; it doubles while one record does not fit.
    init(_ source: any ByteSource, capacity: Int = 256 * 1024) {
        self.source = source
        self.capacity = max(1, capacity)
        base = .allocate(capacity: self.capacity + Self.margin)
        base.initialize(repeating: 0, count: self.capacity + Self.margin)
    }

    deinit { base.deallocate() }

    var available: Int { end - start }
    var current: UnsafeMutablePointer<UInt8> { base + start }

    func consume(_ count: Int) {
        start += count
        consumed += count
    }

    /// Brings more bytes behind those not yet consumed; they may move. Does nothing once `isFinal`.
    func refill() throws {
        if isFinal { return }
        let kept = available
        if kept * 2 > capacity {
            let wider: UnsafeMutablePointer<UInt8> = .allocate(capacity: capacity * 2 + Self.margin)
            wider.initialize(repeating: 0, count: capacity * 2 + Self.margin)
            wider.update(from: current, count: kept)
            base.deallocate()
            base = wider
            capacity *= 2
        } else if start > 0 {
            base.update(from: current, count: kept)
        }
        start = 0
        end = kept
        while end < capacity {
            let count = try source.read(into: .init(start: base + end, count: capacity - end))
            if count == 0 {
                isFinal = true
                break
            }
            end += count
        }
        (base + end).update(repeating: 0, count: Self.margin)
    }
}
