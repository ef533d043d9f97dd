/// A part of the mirror in the order of (fold, key), flat, so that a scan allocates little.
package struct MirrorRows: Sendable {
    package struct Row: Sendable {
        package var fold: Int64
        package var key: Range<Int>
        package var value: Range<Int>
        /// We sent the value ourselves, so the shop is known to have the product.
        package var isProven: Bool
    }

    package var bytes: [UInt8] = []
    package var rows: [Row] = []

    package init() {}
}
