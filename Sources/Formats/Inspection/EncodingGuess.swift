/// Finds out which encoding bytes are in, with the reasons.
struct EncodingGuess {
    let encoding: InspectionReport.Encoding
    private(set) var troubles: [InspectionReport.Trouble] = []

    /// `witnesses` are lines further down in the file; they count like the rest of `bytes`.
    init(_ bytes: [UInt8], witnesses: [UInt8] = []) {
        if let mark = FileOpening.mark(of: bytes) {
            encoding = .init(
                encoding: mark, name: mark.rawValue, confidence: .certain,
                evidence: "it starts with the byte order mark")
            if mark == .utf8 { noteInvalid(bytes, witnesses) }
            return
        }
        let pairs = max(1, bytes.count / 2)
        let evenZeros = stride(from: 0, to: bytes.count, by: 2).count { bytes[$0] == 0 }
        let oddZeros = stride(from: 1, to: bytes.count, by: 2).count { bytes[$0] == 0 }
        if bytes.count >= 8, max(evenZeros, oddZeros) * 3 > pairs, min(evenZeros, oddZeros) * 20 < pairs {
            let found: TextEncoding = oddZeros > evenZeros ? .utf16LittleEndian : .utf16BigEndian
            encoding = .init(
                encoding: found, name: found.rawValue, confidence: .likely,
                evidence: "every second byte is zero, and there is no byte order mark")
            return
        }
        let sample = bytes
        let bytes = witnesses.isEmpty ? bytes : bytes + [0x0A] + witnesses
        let high = bytes.count { $0 >= 0x80 }
        if high == 0 {
            encoding = .init(encoding: .utf8, name: "ascii", confidence: .certain, evidence: "no byte above 127")
            return
        }
        let (valid, invalid) = Self.sequences(bytes)
        if invalid == 0 {
            encoding = .init(
                encoding: .utf8, name: "utf-8", confidence: valid > 2 ? .certain : .likely,
                evidence: "\(valid) special characters, all valid UTF-8")
            noteDoubleEncoding(sample)
        } else if valid > 0, valid > invalid * 4 {
            encoding = .init(
                encoding: .utf8, name: "utf-8", confidence: .guess,
                evidence: "\(valid) special characters are valid UTF-8, \(invalid) bytes are not")
            noteInvalid(sample, witnesses)
        } else if Self.isDoubleByte(bytes, high: high) {
            encoding = .init(
                encoding: nil, name: "big5 or another double-byte page", confidence: .guess,
                evidence: "\(high) bytes above 127 come in pairs")
            troubles.append(.init("ENCODING-UNSUPPORTED", "the encoding is a double-byte page that cannot be read"))
        } else {
            encoding = Self.singleByte(bytes, high: high)
            if valid > invalid {
                troubles.append(.init("ENCODING-MIXED", "\(valid) characters are UTF-8, \(invalid) bytes are not"))
            }
        }
    }

    private static func singleByte(_ bytes: [UInt8], high: Int) -> InspectionReport.Encoding {
        let candidates: [TextEncoding] = [.windows1252, .codePage850]
        let scored = candidates.map { ($0, score(bytes, $0)) }
        // Of equals the first one.
        let best = scored.max { $0.1 < $1.1 } ?? (.windows1252, 0)
        let usesUpperControls = bytes.contains { (0x80...0x9F).contains($0) }
        let confidence: InspectionReport.Confidence =
            scored.allSatisfy { $0.0 == best.0 || $0.1 * 2 < best.1 } ? .likely : .guess
        let reason = "\(high) bytes above 127 are not UTF-8 and make the most sensible text in this page"
        let note = best.0 == .windows1252 && !usesUpperControls ? "; iso-8859-1 would read the same" : ""
        return .init(encoding: best.0, name: best.0.rawValue, confidence: confidence, evidence: reason + note)
    }

    /// Letters beside letters and common signs count for a page, drawings and undefined bytes against it.
    private static func score(_ bytes: [UInt8], _ encoding: TextEncoding) -> Int {
        guard let page = encoding.page else { return 0 }
        // A mark of a quotation has its partner somewhere.
        let values = Set(Set(bytes.filter { $0 >= 0x80 }).map { UInt32(page.upper[Int($0) - 0x80]) })
        let hasGuillemets = values.isSuperset(of: [0xAB, 0xBB])
        var score = 0
        for (index, byte) in bytes.enumerated() where byte >= 0x80 {
            guard let scalar = Unicode.Scalar(page.upper[Int(byte) - 0x80]), scalar.value != 0 else {
                score -= 20
                continue
            }
            let neighbours = [index - 1, index + 1].filter { bytes.indices.contains($0) }.map { bytes[$0] }
            let letters = neighbours.count { (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) }
            let isUpperInsideLower =
                scalar.properties.isUppercase && index > 0 && (0x61...0x7A).contains(bytes[index - 1])
            switch scalar.value {
            // Money stands beside digits or by itself.
            case 0xA3, 0xA5, 0x20AC: score += letters == 0 ? 4 : 2
            case 0xAB, 0xBB: score += hasGuillemets ? 3 : 0
            // Signs have a letter on one side at most; as many for them as for a letter, and of two pages the first one counts.
            case 0xB0, 0xA9, 0xAE, 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2026, 0x2122, 0xBD, 0xBC, 0xBE, 0xA0, 0xD7, 0xB1,
                0xB2, 0xB3, 0xB5, 0xD8, 0xF7, 0xB7, 0xA7:
                score += letters == 2 ? 3 : 4
            // No word is made of digits and one letter with an accent: there a sign was meant.
            case _ where scalar.properties.isAlphabetic && letters == 0 && neighbours.contains(where: { $0 &- 0x30 <= 9 }): score -= 3
            case 0x2500...0x25FF: score -= 10
            default:
                if isUpperInsideLower {
                    score -= 2
                } else if scalar.properties.isAlphabetic {
                    score += letters > 0 ? 4 : 1
                }
            }
        }
        return score
    }

    private static func sequences(_ bytes: [UInt8]) -> (valid: Int, invalid: Int) {
        bytes.withUnsafeBufferPointer { buffer in
            var valid = 0
            var invalid = 0
            var position = 0
            while position < buffer.count {
                let length = UTF8Check.sequenceLength(buffer, at: position)
                // A character cut by the end of the sample is no fault.
                if length == 0, position + 3 >= buffer.count, buffer[position] >= 0xC2 { break }
                if length > 1 { valid += 1 } else if length == 0 { invalid += 1 }
                position += max(1, length)
            }
            return (valid, invalid)
        }
    }

    private static func isDoubleByte(_ bytes: [UInt8], high: Int) -> Bool {
        guard high * 5 > bytes.count else { return false }
        var pairs = 0
        var broken = 0
        var position = 0
        while position < bytes.count {
            if bytes[position] < 0x80 {
                position += 1
                continue
            }
            let isLead = (0x81...0xFE).contains(bytes[position]) && position + 1 < bytes.count
            let isPair =
                isLead && ((0x40...0x7E).contains(bytes[position + 1]) || (0xA1...0xFE).contains(bytes[position + 1]))
            if isPair { pairs += 1 } else { broken += 1 }
            position += isPair ? 2 : 1
        }
        return pairs > broken * 50
    }

    /// Lines of `witnesses` have no number here; they count.
    private mutating func noteInvalid(_ bytes: [UInt8], _ witnesses: [UInt8]) {
        let lines = Self.lines(bytes) { buffer in UTF8Check.firstFault(buffer) != nil }
        let count = lines.count + Self.lines(witnesses) { buffer in UTF8Check.firstFault(buffer) != nil }.count
        guard count > 0 else { return }
        troubles.append(
            .init(
                "ENCODING-MIXED", "bytes that are not UTF-8: \(Counted.of(count, "line"))",
                lines: Array(lines.prefix(5)))
        )
    }

    /// `Â£` and `Ã©`: UTF-8 that was taken for a single-byte page and encoded once more.
    private mutating func noteDoubleEncoding(_ bytes: [UInt8]) {
        let lines = Self.lines(bytes) { buffer in
            zip(buffer, buffer.dropFirst(2)).contains { first, third in first == 0xC3 && third == 0xC2 }
        }
        guard !lines.isEmpty else { return }
        troubles.append(
            .init(
                "ENCODING-DOUBLE", "encoded twice (such as Â£ for £): \(Counted.of(lines.count, "line"))",
                lines: Array(lines.prefix(5))))
    }

    private static func lines(_ bytes: [UInt8], where test: (UnsafeBufferPointer<UInt8>) -> Bool) -> [Int] {
        bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated().filter { _, line in
            line.contains { $0 >= 0x80 } && line.withUnsafeBufferPointer(test)
        }.map { $0.offset + 1 }
    }
}
