import Domain
import Glibc

/// What is mounted where, as this machine says.
enum MountTable {
    /// Whether something is mounted on the very folder. Links are followed: the table names places without them.
    static func holds(_ folder: String) throws -> Bool {
        guard let resolved = realpath(folder, nil) else { return false }
        defer { free(resolved) }
        let place = Array(UnsafeRawBufferPointer(start: resolved, count: strlen(resolved)))
        return holds(place, in: try OwnFile.content("/proc/self/mountinfo") ?? [])
    }

    /// - Parameter table: as Linux writes it; the fifth field of a line is a place, with blanks, tabs, line ends and backslashes in octal.
    static func holds(_ place: [UInt8], in table: [UInt8]) -> Bool {
        table.split(separator: UInt8(ascii: "\n")).contains { line in
            let fields = line.split(separator: UInt8(ascii: " "))
            return fields.count > 4 && unescaped(fields[4]) == place
        }
    }

    private static func unescaped(_ field: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = field
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            guard byte == UInt8(ascii: "\\"), digits.count == 3, digits.allSatisfy({ (48...55).contains($0) }) else {
                bytes.append(byte)
                continue
            }
            bytes.append(UInt8(truncatingIfNeeded: digits.reduce(0) { $0 * 8 + Int($1 - 48) }))
            rest = rest.dropFirst(3)
        }
        return bytes
    }
}
