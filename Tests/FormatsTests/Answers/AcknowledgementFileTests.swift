import Domain
import Formats
import Testing

/// Answers of ERPs as they write them: understood, or told by number.
struct AcknowledgementFileTests {
    private static let documents: [AcknowledgementFile.Document] = [
        .init(RecordKey("000000135"), reference: RecordKey("W00135")), .init(RecordKey("000000136")),
        .init(RecordKey("000000137"), reference: RecordKey("W00137")),
    ]

    /// The answers, as `number>ERP number` or `number!reason`.
    private static func read(_ text: String, words: AnswerWords = AnswerWords()) throws -> (answers: [String], remarks: [String]) {
        try read(Array(text.utf8), words: words)
    }

    private static func read(_ bytes: [UInt8], words: AnswerWords = AnswerWords()) throws -> (answers: [String], remarks: [String]) {
        let file = try AcknowledgementFile(bytes, documents: documents, words: words)
        return (
            file.answers.map { answer in
                let short = "\(answer.identity)".suffix(3)
                return "\(short)>\(answer.erpNumber ?? "-")" + (answer.refusal.map { "!\($0)" } ?? "")
            }, file.remarks
        )
    }

    @Test(arguments: [",", ";", "\t", "|", ":", "^", "~", " ", "  ", ", ", " ; "])
    func `whatever separates the cells, each order gets its own answer`(_ separator: String) throws {
        let lines = [["000000135", "SO-1"], ["000000136", "SO-2", "OK"], ["000000137", "SO-3", "REJECTED", "unknown"]]

        let (answers, remarks) = try Self.read(lines.map { $0.joined(separator: separator) + "\r\n" }.joined())

        #expect(answers == ["135>SO-1", "136>SO-2", "137>SO-3!unknown"] && remarks.isEmpty, "\(answers) \(remarks)")
    }

    @Test func `quotes of either kind are taken off, and what they hold is one cell`() throws {
        let text = "\"000000135\",\"SO,1\"\n" + "\"000000137\",\"SO-3\",\"REJECTED\",\"no \"\"stock\"\", sorry\"\n"
        let read = try Self.read(text)
        #expect(read.answers == ["135>SO,1", "137>SO-3!no \"stock\", sorry"], "\(read)")
        #expect(try Self.read("'000000136';'SO;2'\n").answers == ["136>SO;2"])
        #expect(try Self.read("=\"000000136\",SO-2\n").answers == ["136>SO-2"])
    }

    @Test func `lost zeros and short references are understood, unless two orders would be meant`() throws {
        #expect(try Self.read("135,SO-1\n0136,SO-2\nw00137,SO-3\n").answers == ["135>SO-1", "136>SO-2", "137>SO-3"])
        let twins = [AcknowledgementFile.Document(RecordKey("0007")), .init(RecordKey("007"))]
        let file = try AcknowledgementFile(Array("7,SO-1\n007,SO-2\n".utf8), documents: twins)
        #expect(file.answers.map(\.identity) == [RecordKey("007")])
        #expect(file.remarks == ["line 1: 7 is not a number of this file"])
    }

    @Test func `an ERP's number that looks like an order's does not answer for that order`() throws {
        #expect(try Self.read("000000135,136\n000000136,137\n").answers == ["135>136", "136>137"])
        #expect(try Self.read("136,000000135\n137,000000136\n").answers == ["135>136", "136>137"])
    }

    @Test func `the columns may be in another order, with or without a header`() throws {
        #expect(try Self.read("SO-1;000000135;OK\nSO-2;000000136;FAILED;closed account\n").answers == ["135>SO-1", "136>SO-2!closed account"])
        #expect(try Self.read("REJECTED,000000135,no price\nOK,000000136,SO-2\n").answers == ["135>-!no price", "136>SO-2"])
        let headed = "Status|Message|Sales order|Web order\nAccepted||SO-1|000000135\nError|no such item|900|000000136\n"
        #expect(try Self.read(headed).answers == ["135>SO-1", "136>900!no such item"])
        #expect(try Self.read(headed).remarks.isEmpty)
    }

    @Test(arguments: [
        "REJECTED", "rejected", "Refused", "DECLINED", "NAK", "ERROR", "Error 17", "NOT ACCEPTED", "Not OK", "INVALID", "KO", "N", "Abgelehnt",
        "Fehler",
    ])
    func `a refusal in any usual word is a refusal, also in the place of the ERP's number`(_ word: String) throws {
        #expect(try Self.read("000000135,SO-1,\(word),because\n").answers == ["135>SO-1!because"])
        #expect(try Self.read("000000135,\(word)\n").answers.first?.contains("!") == true)
    }

    @Test(arguments: ["OK", "Accepted", "ACK", "imported", "Y", "Posted by job 7", "SUCCESS"])
    func `an acceptance in any usual word is one, and never the ERP's number`(_ word: String) throws {
        #expect(try Self.read("000000135,SO-1,\(word)\n").answers == ["135>SO-1"])
        #expect(try Self.read("000000135,\(word)\n").answers == ["135>-"])
    }

    @Test(arguments: ["PENDING", "on hold", "DUPLICATE", "already there", "Klärfall"])
    func `a word that nobody knows answers for nothing and is told with the order's number`(_ word: String) throws {
        for text in ["000000135,SO-1,\(word)\n", "000000135,\(word)\n", "order,erp,status\n000000135,SO-1,\(word)\n"] {
            let (answers, remarks) = try Self.read(text)
            #expect(
                answers.isEmpty && remarks.count == 1 && remarks[0].hasSuffix("000000135: the word \"\(word)\" is not understood"),
                "\(text) \(remarks)")
        }
        #expect(try Self.read("000000135,SO-1,\(word)\n", words: AnswerWords(accepted: [word])).answers == ["135>SO-1"])
        #expect(try Self.read("000000135,SO-1,\(word)\n", words: AnswerWords(refused: [word.lowercased()])).answers == ["135>SO-1!without a reason"])
    }

    @Test func `a code in the place of a word is not understood, and a time is no word`() throws {
        #expect(try Self.read("000000135,SO-1,0\n").remarks == ["line 1: 000000135: the word \"0\" is not understood"])
        #expect(try Self.read("000000135,SO-1,2026-11-30T10:00:00\n").answers == ["135>SO-1"])
    }

    @Test func `numbers of other files are told, a header is not`() throws {
        let (answers, remarks) = try Self.read("order;erp\n000000135;SO-1\n000000999;SO-2\nTOTAL;2\n")
        #expect(answers == ["135>SO-1"])
        #expect(remarks == ["line 3: 000000999 is not a number of this file", "line 4: TOTAL is not a number of this file"])
    }

    @Test func `an order of which one row is refused is refused`() throws {
        #expect(try Self.read("000000135,SO-1,OK\n000000135,SO-1,REJECTED,row 2\n000000136,SO-2,OK\n").answers == ["135>SO-1!row 2", "136>SO-2"])
    }

    @Test func `nothing, or one word, speaks for the whole file`() throws {
        #expect(
            try Self.read("").answers.count == 3 && Self.read(" \r\n").answers.count == 3 && Self.read("OK\n").answers == ["135>-", "136>-", "137>-"])
        #expect(try Self.read("ERROR: unknown customer\n").answers.allSatisfy { $0.hasSuffix("!unknown customer") })
        #expect(try Self.read("see the log\n").answers.isEmpty)
    }

    @Test func `answers come in any encoding`() throws {
        let text = "000000135;SO-1\r\n000000136;;Abgelehnt;Kunde gesperrt: Müller\r\n"
        let wanted = ["135>SO-1", "136>-!Kunde gesperrt: Müller"]
        let little = Array(text.utf16).flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        let big = Array(text.utf16).flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
        let forms: [[UInt8]] = [
            [0xEF, 0xBB, 0xBF] + text.utf8, [0xFF, 0xFE] + little, [0xFE, 0xFF] + big, text.unicodeScalars.map { UInt8($0.value) },
        ]
        for bytes in forms { #expect(try Self.read(bytes).answers == wanted) }
    }
}
