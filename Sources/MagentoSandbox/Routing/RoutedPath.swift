/// A path taken apart: prefix, store code, version, and the rest as still encoded segments.
enum RoutedPath: Hashable, Sendable {
    case api([String])
    case version
    /// A page of the shop itself, outside the API.
    case storefront

    /// Throws 400 for an unknown store code or a version that is not `V1`.
    init(_ path: Substring, storeCodes: Set<String>) throws(ShopError) {
        var segments = path.split(separator: "/").map(String.init)
        if segments.first == "index.php" { segments.removeFirst() }
        if segments == ["magento_version"] {
            self = .version
            return
        }
        guard segments.first == "rest" else {
            self = .storefront
            return
        }
        segments.removeFirst()
        if let code = segments.first, code == "all" || storeCodes.contains(code) { segments.removeFirst() }
        guard segments.first == "V1" else { throw .cannotBeProcessed }
        self = .api(Array(segments.dropFirst()))
    }
}
