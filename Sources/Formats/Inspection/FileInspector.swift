import Domain

/// Looks at an unknown file and says what it is: encoding, dialect, header, columns, troubles. Changes nothing.
package enum FileInspector {
    /// So much of a large file is looked at.
    static let sampleSize = 4 << 20
    /// So much is kept of lines further down that tell the encoding.
    static let witnessSize = 1 << 20

    /// Throws `FILE-OPEN` and `FILE-READ`; every content gets a report.
    package static func inspect(_ path: String) throws -> InspectionReport {
        let sample = try sample(of: path)
        var hints = InspectionHints()
        hints.witnesses = sample.witnesses
        return examine(sample.bytes, file: sample.name, size: sample.size, hints: hints).report
    }

    /// The beginning of a file, its name, its whole size, and the lines behind that beginning that are not ASCII.
    static func sample(of path: String, limit: Int = sampleSize) throws -> (bytes: [UInt8], name: String, size: Int, witnesses: [UInt8]) {
        var source = try FileByteSource(path: path)
        let name = path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
        let (head, _) = try PrefixedByteSource.peek(source, length: limit)
        var size = head.count
        // The source was copied by the peek but shares its descriptor, so that the rest can be counted here.
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        var witnesses = EncodingWitnesses(limit: witnessSize)
        while head.count == limit {
            let count = try chunk.withUnsafeMutableBytes { try source.read(into: $0) }
            if count == 0 { break }
            size += count
            witnesses.look(at: chunk[..<count])
        }
        return (head, name, size, witnesses.end())
    }

    /// `bytes` are the beginning of a file of `size` bytes.
    package static func inspect(_ bytes: [UInt8], file: String, size: Int? = nil) -> InspectionReport {
        examine(bytes, file: file, size: size).report
    }

    /// The report and the rows it is made from; `nil` rows where the content is no delimited text.
    static func examine(_ bytes: [UInt8], file: String, size: Int? = nil, hints: InspectionHints = InspectionHints())
        -> (report: InspectionReport, text: TextInspection?)
    {
        var report = InspectionReport(
            file: Escaped(file).description, size: size ?? bytes.count, inspected: bytes.count)
        if bytes.isEmpty {
            report.troubles = [.init("FILE-EMPTY", "the file is empty")]
            report.verdict = "Empty: 0 bytes, so there is neither an encoding nor a dialect to name."
            return (report, nil)
        }
        if let signature = ContentSignature(head: bytes) {
            if signature == .xml {
                describeDocument(bytes, &report)
                return (report, nil)
            }
            report.troubles = [.init("FORMAT-NOT-TEXT", "the content is \(signature.rawValue)")]
            report.verdict =
                "Not a delimited text file: the content is \(signature.rawValue), so encoding and dialect do not apply."
            return (report, nil)
        }
        let guess = EncodingGuess(bytes, witnesses: hints.witnesses)
        report.encoding = guess.encoding
        report.troubles = guess.troubles
        if let encoding = hints.encoding {
            report.encoding = .init(encoding: encoding, name: encoding.rawValue, confidence: .certain, evidence: "as answered")
        }
        let text = decoded(bytes, report.encoding?.encoding)
        let complete = report.inspected < report.size ? upToLastLine(text) : text
        let inspection = TextInspection(complete, isWhole: report.inspected == report.size, hints: hints)
        inspection.fill(&report)
        report.verdict = Verdict.sentence(report)
        return (report, inspection)
    }

    private static func describeDocument(_ bytes: [UInt8], _ report: inout InspectionReport) {
        do {
            try DocumentInspection(bytes, file: report.file, isWhole: report.inspected == report.size).fill(&report)
        } catch let trouble as Diagnostic {
            report.troubles = [.init(trouble.code, trouble.summary, lines: trouble.location?.line.map { [$0] } ?? [])]
            let place = trouble.location?.line.map { " (line \($0))" } ?? ""
            report.verdict = "XML that cannot be read: \(trouble.summary)\(place)." + (trouble.fix.isEmpty ? "" : " What to do: \(trouble.fix).")
        } catch {
            report.troubles = [.init("FILE-READ", "the content cannot be read: \(error)")]
            report.verdict = "XML that cannot be read."
        }
    }

    private static func decoded(_ bytes: [UInt8], _ encoding: TextEncoding?) -> [UInt8] {
        guard let encoding else { return bytes }
        let content = Array(
            bytes.dropFirst(bytes.starts(with: encoding.byteOrderMark) ? encoding.byteOrderMark.count : 0))
        if let page = encoding.page {
            var text: [UInt8] = []
            content.withUnsafeBufferPointer { page.decode($0, into: &text) }
            return text
        }
        guard encoding.isUTF16 else { return content }
        let even = content.count % 2 == 0 ? content : Array(content.dropLast())
        let source = UTF16Source(MemoryByteSource(even), encoding: encoding, file: "")
        // Reading memory of an even length cannot fail; an empty text would only make the report poorer.
        return (try? PrefixedByteSource.peek(source, length: even.count * 3 / 2 + 4).head) ?? []
    }

    private static func upToLastLine(_ text: [UInt8]) -> [UInt8] {
        text.lastIndex { $0 == 0x0A || $0 == 0x0D }.map { Array(text[...$0]) } ?? text
    }
}
