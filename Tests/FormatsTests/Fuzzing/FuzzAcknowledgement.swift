import Domain

@testable import Formats

/// What holds for every answer of an ERP: nobody is answered for who was not asked about, nobody twice, and what is not at its end yet
/// answers nothing.
enum FuzzAcknowledgement {
    static func check(_ choice: UInt8, _ bytes: [UInt8]) throws {
        let documents = (0..<Int(choice % 8)).map { RecordKey("00000010\($0)") }
        let file: AcknowledgementFile
        do throws(AcknowledgementFile.Unfinished) {
            file = try AcknowledgementFile(bytes, documents: documents.map { .init($0) })
        } catch {
            // Of two bytes a letter, the last one alone is no line end.
            let isWide = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
            return try FuzzEntry.require(isWide || bytes.last != 0x0A && bytes.last != 0x0D, "a file with an end is called unfinished")
        }
        let answered = file.answers.map(\.identity)
        try FuzzEntry.require(Set(answered).isSubset(of: documents), "an answer for a document that was not sent")
        try FuzzEntry.require(Set(answered).count == answered.count, "two answers for one document")
        // Another line end of the same kind says the same.
        let again = try? AcknowledgementFile(bytes + [0x0A], documents: documents.map { .init($0) })
        try FuzzEntry.require(again?.answers == file.answers, "a line end more changes the answers")
    }
}
