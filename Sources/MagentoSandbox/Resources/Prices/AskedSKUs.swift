/// The SKUs that a price route is asked about, and how it finds them (transcripts-2, exist-*): letter case does not count for the letters of
/// ASCII and blanks at the end count for nothing, but an accent does count, and so does the case of a letter that has one. What it does not
/// find is left out without a word; what it finds comes back as it was asked, in the first spelling where it was asked twice.
struct AskedSKUs {
    let texts: [String]

    /// Throws where there is no list. Entries that are no text are passed over.
    init(_ call: RouteCall) throws(ShopError) {
        let skus = try call.required("skus")
        guard let elements = skus.elements else { throw .listExpected }
        texts = elements.compactMap(\.text)
    }

    /// In the order of the products' ids.
    func found(in catalogue: ProductCatalogue) -> [(product: Product, spelling: String)] {
        var found: [Int: (product: Product, spelling: String)] = [:]
        for text in texts {
            guard let product = catalogue[text], Self.plain(product.sku) == Self.plain(text) else { continue }
            if found[product.id] == nil { found[product.id] = (product, text) }
        }
        return found.values.sorted { $0.product.id < $1.product.id }
    }

    private static func plain(_ text: String) -> [UInt8] {
        var bytes = text.utf8.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 + 0x20 : $0 }
        while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
        return bytes
    }
}
