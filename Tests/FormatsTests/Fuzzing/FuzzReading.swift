import Domain

@testable import Formats

/// What holds for every file that is read through a profile.
enum FuzzReading {
    /// A file read, or the reason for refusing it.
    private enum Outcome {
        case read(ReadFile)
        case refused(String)

        /// Two faults in one file may be met in another order; what counts is that it is refused.
        func isSame(as other: Outcome) -> Bool {
            switch (self, other) {
            case (.read(let left), .read(let right)): Self.plain(left) == Self.plain(right)
            case (.refused, .refused): true
            case (.read, .refused), (.refused, .read): false
            }
        }

        /// What exactly is wrong with a document's syntax depends on how much of it the parser sees at once.
        private static func plain(_ file: ReadFile) -> ReadFile {
            var file = file
            for index in file.records.indices where file.records[index].reason?.code == "XML-SYNTAX" { file.records[index].reason?.text = "" }
            return file
        }
    }

    /// The same however the bytes arrive; each byte has its place; each rejected record shows its very bytes.
    static func check(_ profile: Profile, _ bytes: [UInt8]) throws {
        let whole = try outcome(profile, bytes, portion: .max, buffer: 256 * 1024)
        for (portion, buffer) in [(1, 1), (3, 7), (64, 1)] {
            let pieces = try outcome(profile, bytes, portion: portion, buffer: buffer)
            try FuzzEntry.require(pieces.isSame(as: whole), "in portions of \(portion) it reads otherwise: \(pieces), whole: \(whole)")
        }
        guard case .read(let file) = whole else { return }
        try FuzzEntry.require(
            file.proof.lines.total == bytes.count, "\(file.proof.lines) of \(bytes.count) bytes")
        try FuzzEntry.require(file.proof.records == file.records.count, "\(file.proof.records) records claimed, \(file.records.count) given")
        var end = 0
        for record in file.records {
            let origin = record.origin
            try FuzzEntry.require(
                origin.offset >= end || profile.format != .csv, "record \(origin.number) begins inside the one before")
            end = origin.offset + origin.length
            try FuzzEntry.require(origin.offset >= 0 && origin.length > 0 && end <= bytes.count, "record \(origin.number) lies outside the file")
            if let original = record.original {
                try FuzzEntry.require(
                    original.elementsEqual(bytes[origin.offset..<end]), "record \(origin.number) shows other bytes than the file's")
            }
        }
    }

    private static func outcome(_ profile: Profile, _ bytes: [UInt8], portion: Int, buffer: Int) throws -> Outcome {
        do {
            return .read(try ReadFile(profile, bytes, portion: portion, bufferSize: buffer))
        } catch let diagnostic as Diagnostic {
            try FuzzEntry.require(!diagnostic.code.isEmpty && !diagnostic.fix.isEmpty, "a refusal without a fix: \(diagnostic)")
            return .refused("\(diagnostic.code) \(diagnostic.location.map { "\($0)" } ?? "")")
        } catch {
            throw FuzzEntry.Fault(description: "no diagnostic: \(error)")
        }
    }
}
