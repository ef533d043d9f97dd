package import Domain

/// The ERP's answer to a file: empty, or a line per document with its number, the ERP's number, and a word for how it was taken, with a
/// reason where it was not.
///
/// Our number is found in whatever column it is, by its short reference and without its leading zeros too. What is not understood is not
/// guessed: it answers for nothing and is among `remarks`.
package struct AcknowledgementFile {
    /// The line is not at its end yet: the file is still being written.
    package struct Unfinished: Error {}

    /// One document that the ERP is asked about.
    package struct Document: Sendable {
        package var identity: RecordKey
        /// A shorter number that the file carried for it.
        package var reference: RecordKey?

        package init(_ identity: RecordKey, reference: RecordKey? = nil) {
            self.identity = identity
            self.reference = reference
        }
    }

    /// A few thousand documents at the most.
    package static let limit = 4 << 20

    package private(set) var answers: [DocumentAnswer] = []
    /// Lines that answer for nothing and are no header, each with its line, number and reason.
    package private(set) var remarks: [String] = []

    /// - Parameter documents: what the consignment holds; an empty file answers for all of them.
    package init(_ bytes: [UInt8], documents: [Document], words: AnswerWords = AnswerWords()) throws(Unfinished) {
        let numbers = AnswerNumbers(documents)
        let lines = try AnswerLines(bytes) { numbers.document($0) != nil }.lines
        guard !lines.isEmpty else {
            answers = documents.map { DocumentAnswer(identity: $0.identity) }
            return
        }
        if let whole = Self.wholeAnswer(lines, numbers, words) {
            answers = documents.map { DocumentAnswer(identity: $0.identity, refusal: whole) }
            return
        }
        let column = numbers.column(of: lines)
        let header = Self.header(lines, column, numbers)
        // A file of a million lines has no more answers than there are documents.
        var places: [RecordKey: Int] = [:]
        for line in header == nil ? lines[...] : lines.dropFirst() {
            guard let (document, index) = numbers.document(in: line.cells, expectedAt: column) else {
                let number = column < line.cells.count ? line.cells[column] : line.cells[0]
                remark(line, "\(Escaped(number, limit: 60)) is not a number of this file")
                continue
            }
            switch Self.answer(for: document, line.cells, numberAt: index, header, words) {
            case .failure(let word):
                remark(line, "\(document): the word \"\(Escaped(word.text, limit: 60))\" is not understood")
            case .success(let answer):
                guard let place = places[document] else {
                    places[document] = answers.count
                    answers.append(answer)
                    continue
                }
                // A line per row of the order: one that was refused is not taken whole.
                if answers[place].refusal == nil, answer.refusal != nil { answers[place] = answer }
            }
        }
    }

    private mutating func remark(_ line: AnswerLines.Line, _ text: String) {
        guard remarks.count < Self.mostRemarks else { return }
        remarks.append("line \(line.number): \(text)")
    }

    private static let mostRemarks = 1000

    /// `OK` or `ERROR: …` alone speaks for the whole file: a refusal, `.some(nil)` where all is taken, `nil` where it says no such thing.
    private static func wholeAnswer(_ lines: [AnswerLines.Line], _ numbers: AnswerNumbers, _ words: AnswerWords) -> String?? {
        guard lines.count == 1, let cells = lines.first?.cells, !cells.contains(where: { numbers.document($0) != nil }),
            let first = cells.first, let (meaning, rest) = words.meaning(of: first)
        else { return nil }
        guard meaning == .refused else { return cells.count == 1 && rest.isEmpty ? .some(nil) : nil }
        let reason = ([rest] + cells.dropFirst()).filter { !$0.isEmpty }.joined(separator: " ")
        return .some(reason.isEmpty ? withoutReason : Escaped(reason).description)
    }

    private static let withoutReason = "without a reason"

    // MARK: One line

    private struct UnknownWord: Error { var text: String }

    /// Where a header says that the word and its reason stand.
    private struct Header {
        var word: Int?
        var reason: Int?
        var erpNumber: Int?
    }

    /// The first line where it has a caption in the place of the number.
    private static func header(_ lines: [AnswerLines.Line], _ column: Int, _ numbers: AnswerNumbers) -> Header? {
        guard let cells = lines.first?.cells, cells.allSatisfy({ numbers.document($0) == nil }),
            !(column < cells.count ? cells[column] : cells[0]).contains(where: \.isNumber)
        else { return nil }
        let captions = cells.map { $0.lowercased() }
        func place(_ words: [String], except taken: [Int?]) -> Int? {
            captions.indices.first { index in index != column && !taken.contains(index) && words.contains { captions[index].contains($0) } }
        }
        let word = place(["status", "result", "state", "outcome", "accepted", "response"], except: [])
        let reason = place(["reason", "message", "error", "text", "comment", "remark"], except: [word])
        return Header(
            word: word, reason: reason, erpNumber: place(["erp", "document", "sales order", "so no", "internal", "number"], except: [word, reason]))
    }

    private static func answer(
        for document: RecordKey, _ cells: [String], numberAt index: Int, _ header: Header?, _ words: AnswerWords
    ) -> Result<DocumentAnswer, UnknownWord> {
        let others = cells.indices.filter { $0 != index && !cells[$0].isEmpty && $0 != header?.reason }
        // Without a caption the first known word is it; the ERP's number never is one.
        let place = header?.word.flatMap { $0 < cells.count ? $0 : nil } ?? others.first { words.meaning(of: cells[$0]) != nil }
        let erp = header?.erpNumber ?? others.first { $0 != place && cells[$0].contains(where: \.isNumber) && !isCode(cells, $0, index) }
        let erpNumber = erp.flatMap { $0 < cells.count && !cells[$0].isEmpty ? cells[$0] : nil }
        guard let place, !cells[place].isEmpty else {
            // A word in the place of a word, and a short number in the place of a code, mean something that is not known.
            let unknown = others.first { $0 != erp && (!cells[$0].contains(where: \.isNumber) || isCode(cells, $0, index)) }
            if let unknown { return .failure(UnknownWord(text: cells[unknown])) }
            return .success(DocumentAnswer(identity: document, erpNumber: erpNumber))
        }
        guard let (meaning, rest) = words.meaning(of: cells[place]) else { return .failure(UnknownWord(text: cells[place])) }
        guard meaning == .refused else { return .success(DocumentAnswer(identity: document, erpNumber: erpNumber)) }
        let own = header?.reason.flatMap { $0 < cells.count && !cells[$0].isEmpty ? cells[$0] : nil }
        let next = others.first { $0 > place && $0 != erp }.map { cells[$0] }
        let behind = others.first { $0 > place }.map { cells[$0] }
        let reason = own ?? next ?? (rest.isEmpty ? nil : rest) ?? (erp.map { $0 > place } == true ? behind : nil)
        return .success(
            DocumentAnswer(
                identity: document, erpNumber: reason != nil && reason == erpNumber ? nil : erpNumber,
                refusal: reason.map { Escaped($0).description } ?? withoutReason))
    }

    /// Whether the cell is a short number behind another one: a code for how the document was taken, not the ERP's number.
    private static func isCode(_ cells: [String], _ index: Int, _ number: Int) -> Bool {
        let isShort = cells[index].count <= 3 && cells[index].allSatisfy(\.isNumber)
        return isShort && cells.indices.contains { $0 < index && $0 != number && !cells[$0].isEmpty }
    }
}

/// Our numbers as an ERP may spell them.
struct AnswerNumbers {
    private var exact: [String: RecordKey] = [:]
    private var references: [String: RecordKey] = [:]
    /// Numbers without their leading zeros; `nil` for one that two documents share.
    private var bare: [String: RecordKey?] = [:]

    init(_ documents: [AcknowledgementFile.Document]) {
        for document in documents { exact[Self.text(document.identity)] = document.identity }
        for document in documents {
            if let reference = document.reference.map(Self.text), exact[reference] == nil { references[reference.uppercased()] = document.identity }
            for text in [document.identity, document.reference].compactMap({ $0 }).map(Self.text) {
                guard let digits = Self.bareDigits(text) else { continue }
                if let other = bare[digits], other != document.identity { bare[digits] = .some(nil) } else { bare[digits] = document.identity }
            }
        }
    }

    private static func text(_ key: RecordKey) -> String { String(decoding: key.bytes, as: UTF8.self) }

    private static func bareDigits(_ text: String) -> String? {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return String(text.drop { $0 == "0" })
    }

    func document(_ cell: String) -> RecordKey? {
        let text = cell.hasPrefix("#") ? String(cell.dropFirst()) : cell
        if let own = isExact(text) { return own }
        return Self.bareDigits(text).flatMap { bare[$0] ?? nil }
    }

    private func isExact(_ text: String) -> RecordKey? { exact[text] ?? references[text.uppercased()] }

    /// The column that our number is in: where most lines have one, spelled in full before without zeros.
    func column(of lines: [AnswerLines.Line]) -> Int {
        var scores: [Int: Int] = [:]
        for line in lines.prefix(200) {
            for (index, cell) in line.cells.enumerated() where document(cell) != nil { scores[index, default: 0] += isExact(cell) == nil ? 1 : 2 }
        }
        return scores.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? 0
    }

    /// The document of a line, and where its number is. In another column than the others' it must be spelled in full.
    func document(in cells: [String], expectedAt column: Int) -> (RecordKey, Int)? {
        if column < cells.count, let own = document(cells[column]) { return (own, column) }
        for (index, cell) in cells.enumerated() {
            if let own = isExact(cell) { return (own, index) }
        }
        return nil
    }
}
