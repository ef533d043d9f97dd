/// A path taken apart: prefix, store code, version, and the rest as still encoded segments.
enum RoutedPath: Hashable, Sendable {
    /// `scope` is the store code of the path, `nil` for none: then the default store view is meant.
    case api(scope: String?, [String])
    /// The same for later; a bulk has a list of bodies.
    case async(scope: String?, isBulk: Bool, [String])
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
        let code = segments.first.flatMap { $0 == "all" || storeCodes.contains($0) ? $0 : nil }
        if code != nil { segments.removeFirst() }
        if segments.first == "async" {
            let isBulk = segments.count > 1 && segments[1] == "bulk"
            segments.removeFirst(isBulk ? 2 : 1)
            guard segments.first == "V1" else { throw .cannotBeProcessed }
            self = .async(scope: code, isBulk: isBulk, Array(segments.dropFirst()))
            return
        }
        guard segments.first == "V1" else { throw .cannotBeProcessed }
        self = .api(scope: code, Array(segments.dropFirst()))
    }
}
