import Domain
import Foundation

/// Which namespace each element of a schema belongs to, by its local name.
///
/// Kept as C texts for the whole life of the check, because the library keeps pointers to them.
final class SchemaNamespaces {
    private var addresses: [String: UnsafeMutablePointer<UInt8>] = [:]
    private var byName: [String: String] = [:]
    private let folder: String
    private var isRead: Set<String> = []

    /// Reads the schema at `path` and those that it includes or imports. Throws `PROFILE-FILE`.
    init(path: String) throws {
        folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        try read(path)
    }

    deinit { for address in addresses.values { address.deallocate() } }

    /// An element that has one of the schema's own namespaces keeps it.
    func namespace(of name: String, found: UnsafePointer<UInt8>?) -> UnsafePointer<UInt8>? {
        if let found, addresses[String(cString: found)] != nil { return found }
        guard let namespace = byName[name] else { return found }
        return addresses[namespace].map { UnsafePointer($0) }
    }

    func knows(_ name: String) -> Bool { byName[name] != nil }

    private func read(_ path: String) throws {
        guard isRead.insert(path).inserted else { return }
        guard let data = try OwnFile.content(path) else {
            throw Diagnostic(
                "PROFILE-FILE", "the schema cannot be read", at: .init(file: path), fix: "put it below the folder of schemas")
        }
        let events = SchemaEvents()
        guard let parser = LibXML2(events: events) else { return }
        let fault = data.withUnsafeBufferPointer { parser.push($0) ?? parser.finish() }
        if let fault {
            throw Diagnostic(
                "PROFILE-SCHEMA", "the schema is not well-formed", at: .init(file: path, line: fault.line), fix: "correct it")
        }
        let target = events.target
        if !target.isEmpty, addresses[target] == nil {
            let bytes = Array(target.utf8) + [0]
            let address = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count)
            address.initialize(from: bytes, count: bytes.count)
            addresses[target] = address
        }
        for name in events.names where byName[name] == nil { byName[name] = target }
        for location in events.locations { try read("\(folder)/\(location)") }
    }

    private final class SchemaEvents: XMLEvents {
        var target = ""
        var names: [String] = []
        var locations: [String] = []

        override func start(_ element: XMLStart) {
            switch String(cString: element.name) {
            case "schema": target = attribute("targetNamespace", element) ?? ""
            case "element": if let name = attribute("name", element) { names.append(name) }
            case "include", "import": if let location = attribute("schemaLocation", element) { locations.append(location) }
            default: break
            }
        }

        private func attribute(_ name: String, _ element: XMLStart) -> String? {
            for index in 0..<Int(element.attributeCount) {
                if let found = element.attributeName(index), String(cString: found) == name {
                    return element.withAttributeValue(index) { String(decoding: $0, as: UTF8.self) }
                }
            }
            return nil
        }
    }
}
