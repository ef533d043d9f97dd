/// Where a record stands in its file: enough to show its very bytes again.
public struct RecordOrigin: Hashable, Sendable {
    /// Counted from 1; headers, blanks, comments and trailers have no number.
    public var number: Int
    /// The first physical line, counted from 1.
    public var line: Int
    /// In bytes of the file as delivered, from 0.
    public var offset: Int
    /// In bytes, with its line end.
    public var length: Int

    @inlinable public init(number: Int, line: Int, offset: Int, length: Int) {
        self.number = number
        self.line = line
        self.offset = offset
        self.length = length
    }
}

extension RecordOrigin {
    /// As bytes, for the plan; `decode` reads any number of them.
    package func encode(into bytes: inout [UInt8]) {
        ByteWriter.varint(UInt64(number), into: &bytes)
        ByteWriter.varint(UInt64(line), into: &bytes)
        ByteWriter.varint(UInt64(offset), into: &bytes)
        ByteWriter.varint(UInt64(length), into: &bytes)
    }

    package static func decode(_ bytes: [UInt8]) throws -> [RecordOrigin] {
        var reader = ByteReader(bytes)
        var origins: [RecordOrigin] = []
        while !reader.isAtEnd {
            origins.append(
                RecordOrigin(
                    number: Int(try reader.varint()), line: Int(try reader.varint()),
                    offset: Int(try reader.varint()), length: Int(try reader.varint())
                )
            )
        }
        return origins
    }
}
