import Domain

@testable import Formats

/// What holds for every text, whatever it says of itself.
enum FuzzText {
    /// Text converted while it is read is the same in pieces, and leads back to the file's own bytes.
    static func encoding(_ choice: UInt8, _ bytes: [UInt8]) throws {
        let encoding = TextEncoding.allCases[Int(choice) % TextEncoding.allCases.count]
        if let page = encoding.page {
            let whole = try drain(SingleByteSource(MemoryByteSource(bytes), page: page), chunk: 1 << 16)
            let pieces = try drain(SingleByteSource(MemoryByteSource(bytes, portion: 1), page: page), chunk: 4)
            try FuzzEntry.require(whole == pieces, "\(encoding) in pieces gives other text")
            let back = whole?.withUnsafeBufferPointer { SingleByteSource.original($0, page: page) }
            try FuzzEntry.require(back == bytes, "\(encoding) does not lead back")
        }
        if encoding.isUTF16 {
            let whole = try drain(UTF16Source(MemoryByteSource(bytes), encoding: encoding, file: "f"), chunk: 1 << 16)
            let pieces = try drain(UTF16Source(MemoryByteSource(bytes, portion: 1), encoding: encoding, file: "f"), chunk: 16)
            try FuzzEntry.require(whole == pieces, "\(encoding) in pieces gives other text")
        }
        let first = bytes.withUnsafeBufferPointer { UTF8Check.firstFault($0) }
        let isValid = String(validating: bytes, as: UTF8.self) != nil
        try FuzzEntry.require((first == nil) == isValid, "UTF-8 is judged \(first == nil), the standard library says \(isValid)")
        try FuzzEntry.require(!EncodingGuess(bytes).encoding.evidence.isEmpty, "a guess without evidence")
    }

    /// Packed bytes unpack the same in pieces, below their cap, or are refused.
    static func gzip(_ bytes: [UInt8]) throws {
        let cap = 1 << 16
        func unpacked(_ portion: Int, _ chunk: Int) throws -> [UInt8]? {
            guard let source = try? GzipByteSource.unpackedIfGzip(MemoryByteSource(bytes, portion: portion), maximumLength: cap, file: "f") else {
                return nil
            }
            return try drain(source, chunk: chunk)
        }
        let whole = try unpacked(.max, 1 << 16)
        let pieces = try unpacked(1, 7)
        try FuzzEntry.require(whole == pieces, "unpacked in pieces it is other text")
        if !bytes.starts(with: [0x1F, 0x8B]) { try FuzzEntry.require(whole == bytes, "what is not packed is changed") }
        try FuzzEntry.require(whole.map { $0.count <= max(cap, bytes.count) } ?? true, "more than the cap")
    }

    private static func drain(_ source: some ByteSource, chunk: Int) throws -> [UInt8]? {
        var source = source
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: chunk)
        do {
            while case let count = try buffer.withUnsafeMutableBytes({ try source.read(into: $0) }), count > 0 {
                result += buffer[..<count]
                try FuzzEntry.require(result.count < 1 << 24, "it never ends")
            }
            return result
        } catch let fault as FuzzEntry.Fault {
            throw fault
        } catch {
            return nil
        }
    }

    /// A profile loads or is refused in words; one that loads reads a file or refuses it.
    static func profile(_ bytes: [UInt8]) throws {
        let parts = bytes.split(separator: 0, maxSplits: 3, omittingEmptySubsequences: false).map(Array.init)
        guard parts.count == 4 else { return }
        let profile: Profile
        do {
            profile = try Profile(
                name: "f", profile: JSONDocument.parse(parts[0], file: "p"), schema: JSONDocument.parse(parts[1], file: "s"),
                structure: JSONDocument.parse(parts[2], file: "d"))
        } catch let diagnostic as Diagnostic {
            return try FuzzEntry.require(!diagnostic.fix.isEmpty, "a refusal without a fix: \(diagnostic)")
        } catch {
            throw FuzzEntry.Fault(description: "no diagnostic: \(error)")
        }
        guard profile.format == .csv else { return }
        try FuzzReading.check(profile, parts[3])
    }

    static func inspection(_ bytes: [UInt8]) throws {
        let report = FileInspector.inspect(bytes, file: "f")
        try FuzzEntry.require(report.verdict.hasSuffix("."), "no verdict: \(report)")
        try FuzzEntry.require(report.columns.allSatisfy { $0.distinct <= $0.filled && $0.filled <= $0.rows }, "\(report.columns)")
    }

    /// A proposal reads what it was made from, or says why there is none.
    static func guess(_ bytes: [UInt8]) throws {
        do {
            let guess = try FileGuess(bytes, file: "f", known: [], name: "new/new")
            guard case .drafted(let draft) = guess.source else { throw FuzzEntry.Fault(description: "a known profile without any") }
            _ = try draft.loaded(as: "new/new")
            try FuzzEntry.require(guess.preview.rejected <= guess.preview.records, "\(guess.preview)")
            try FuzzEntry.require(guess.questions.allSatisfy { !$0.choices.isEmpty }, "\(guess.questions)")
        } catch let diagnostic as Diagnostic {
            let isExpected = ["GUESS-", "FILE-", "FORMAT-", "CSV-", "XML-", "ENCODING-", "HEADER-"].contains { diagnostic.code.hasPrefix($0) }
            try FuzzEntry.require(isExpected, "\(diagnostic)")
        } catch let fault as FuzzEntry.Fault {
            throw fault
        } catch {
            throw FuzzEntry.Fault(description: "no diagnostic: \(error)")
        }
    }
}
