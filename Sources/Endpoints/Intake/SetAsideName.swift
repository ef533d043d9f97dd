package import Domain

/// The private name under which a file of a sender is held while it is settled: `.tallyman-1f2e3d4c5b6a-19ac3e51f00-STOCK.csv`.
///
/// What was renamed to it is out of the sender's reach, so that it can be looked at before it is archived or removed (decision 0070).
/// The name says what the file was called, so that whoever finds one knows where it belongs.
package enum SetAsideName {
    private static let mark = Array(".tallyman-".utf8)
    /// What file systems take.
    private static let longest = 255

    /// The same for the same file, so that an interrupted attempt is found again. `nil` where the name would be too long.
    /// - Parameter original: the name to give back: the file's, or that of its done file.
    package static func name(for original: [UInt8], of file: RemoteFile, hash: ContentHash) -> [UInt8]? {
        let token = "\(hash.short)-\(String(UInt64(bitPattern: file.modified.milliseconds), radix: 16))-"
        let name = mark + Array(token.utf8) + original
        return name.count <= longest ? name : nil
    }

    /// What the file was called; `nil` for a name that is not one of ours.
    package static func original(of name: [UInt8]) -> [UInt8]? {
        guard name.starts(with: mark) else { return nil }
        let parts = name.dropFirst(mark.count).split(separator: UInt8(ascii: "-"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 12, (1...16).contains(parts[1].count), !parts[2].isEmpty,
            (parts[0] + parts[1]).allSatisfy(\.isLowercaseHexDigit)
        else { return nil }
        return Array(parts[2])
    }
}

extension UInt8 {
    fileprivate var isLowercaseHexDigit: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self)
    }
}
