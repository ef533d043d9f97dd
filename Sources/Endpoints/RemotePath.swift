internal import Domain

/// A file at an endpoint: the folder is ours (from the settings), the name is the server's and stays raw bytes (B8).
package struct RemotePath: Hashable, Sendable {
    /// As the settings write it: relative to the account's home, or absolute. `""` and `"."` are the home itself.
    package var folder: String
    package var name: [UInt8]

    package init(folder: String, name: [UInt8]) {
        self.folder = folder
        self.name = name
    }

    package init(folder: String, name: String) {
        self.init(folder: folder, name: Array(name.utf8))
    }

    /// Whether the name is one path component on every system. `/`, `\`, NUL, `.` and `..` could lead elsewhere (S1).
    package static func isOneComponent(_ name: [UInt8]) -> Bool {
        if name.isEmpty || name == [UInt8(ascii: ".")] || name == [UInt8(ascii: "."), UInt8(ascii: ".")] { return false }
        return !name.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") || $0 == 0 }
    }

    /// The bytes that go to a server: `out/stock/STOCK.csv`.
    /// - Throws: `NAME-UNSAFE`, before anything is sent, for a name that is not one path component.
    package func wireBytes() throws -> [UInt8] {
        guard Self.isOneComponent(name) else { throw EndpointFault.unsafeName(self) }
        return try Self.wireBytes(ofFolder: folder, prefixing: name)
    }

    package static func wireBytes(ofFolder folder: String) throws -> [UInt8] {
        try wireBytes(ofFolder: folder, prefixing: [])
    }

    private static func wireBytes(ofFolder folder: String, prefixing name: [UInt8]) throws -> [UInt8] {
        guard !folder.utf8.contains(0) else { throw EndpointFault.unsafeName(RemotePath(folder: folder, name: name)) }
        var bytes = Array(folder.utf8)
        while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        if name.isEmpty { return bytes.isEmpty ? [UInt8(ascii: ".")] : bytes }
        if bytes.isEmpty || bytes == [UInt8(ascii: ".")] { return name }
        if bytes.last != UInt8(ascii: "/") { bytes.append(UInt8(ascii: "/")) }
        return bytes + name
    }
}

extension RemotePath: CustomStringConvertible {
    /// Safe to show anywhere.
    package var description: String {
        let shown = Escaped(name).description
        return folder.isEmpty ? shown : "\(Escaped(folder))/\(shown)"
    }
}
