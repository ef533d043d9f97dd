/// The cells of the current row. A class because it owns memory that the scanner writes without checks.
final class FieldBuffer {
    let spans: UnsafeMutableBufferPointer<FieldSpan>

    init(capacity: Int) {
        spans = .allocate(capacity: capacity)
        spans.initialize(repeating: FieldSpan(0, 0))
    }

    deinit { spans.deallocate() }
}
