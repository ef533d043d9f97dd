import Domain
import Testing

@testable import Formats

private let isPresent = ProjectFolder.hasShared("data/online-retail")

/// The guesser on files of strangers: right, or it says that it is unsure.
@Suite(.enabled(if: isPresent, "the shared files are not beside the project"))
struct SharedFileGuessTests {
    struct Fact: Sendable, CustomTestStringConvertible {
        var file: String
        var encoding: String
        var separator: String
        var header: Int?
        var records: Int
        /// Column index to type.
        var types: [Int: String]

        var testDescription: String { file }

        init(_ file: String, _ encoding: String, _ separator: String, _ header: Int?, _ records: Int, _ types: [Int: String]) {
            (self.file, self.encoding, self.separator, self.header, self.records, self.types) = (file, encoding, separator, header, records, types)
        }
    }

    static let facts = [
        Fact("adventureworks/ProductInventory.csv", "utf-8", "\t", nil, 1069, [1: "integer", 3: "string", 5: "integer", 7: "datetime"]),
        Fact("adventureworks/ProductListPriceHistory.csv", "utf-8", "\t", nil, 395, [1: "integer", 2: "datetime", 4: "number"]),
        Fact("adventureworks/ProductCostHistory.csv", "utf-8", "\t", nil, 395, [1: "integer", 2: "datetime", 4: "number"]),
        Fact("adventureworks/Product.csv", "utf-8", "\t", nil, 504, [1: "string", 2: "string", 8: "number"]),
        Fact("adventureworks/Currency.csv", "utf-8", "\t", nil, 105, [0: "string", 2: "datetime"]),
        Fact("adventureworks/SpecialOffer.csv", "utf-8", "\t", nil, 16, [2: "number", 5: "datetime"]),
        Fact("online-retail/online_retail_raw_CR_truncated.csv", "utf-8", ",", 1, 14595, [1: "string", 3: "integer", 4: "datetime", 5: "number"]),
        Fact("online-retail/online_retail_sample_utf8_lf.csv", "utf-8", ",", 1, 4792, [1: "string", 3: "integer", 4: "datetime", 5: "number"]),
        Fact("messytables-horror/simple.csv", "utf-8", ",", 1, 6, [0: "date", 1: "integer", 2: "string"]),
        Fact("messytables-horror/simple.psv", "utf-8", "|", 1, 28, [0: "integer"]),
        Fact("messytables-horror/simple.ssv", "utf-8", ";", 1, 6, [0: "date", 1: "integer"]),
        Fact("messytables-horror/example.tsv", "utf-8", "\t", 1, 140, [0: "datetime", 1: "integer"]),
        Fact("messytables-horror/utf-16le_encoded.csv", "utf-16le", ",", 1, 327, [0: "string", 4: "integer"]),
        Fact("messytables-horror/spanish_chars.csv", "windows-1252", ",", 1, 115, [0: "integer", 3: "string"]),
    ]

    @Test(arguments: facts)
    func `encoding, dialect, header and types are right`(_ fact: Fact) throws {
        let bytes = try ProjectFolder.bytes("\(ProjectFolder.shared)/data/\(fact.file)")
        let guess = try Guesses.guess(bytes, answers: [:])

        #expect(guess.encoding.value.rawValue == fact.encoding)
        #expect(guess.report.separator == fact.separator.utf8.first)
        #expect(guess.report.headerLine == fact.header)
        #expect(guess.preview.records == fact.records)
        for (index, type) in fact.types { #expect(guess.report.columns[index].type == type, "column \(index + 1): \(guess.report.columns[index])") }
    }

    /// None of these is a file that a flow could take without being told what its columns mean.
    @Test(arguments: facts.map(\.file))
    func `what is not a stock, price or customer file is not taken for one without a question`(_ file: String) throws {
        let guess = try Guesses.guess(ProjectFolder.bytes("\(ProjectFolder.shared)/data/\(file)"), known: Guesses.shipped)

        #expect(!guess.questions.isEmpty)
        #expect(guess.key == nil || guess.key?.certainty == .unsure, "\(String(describing: guess.key))")
    }

    /// A week of December written the American way: nothing in the file says so.
    @Test func `F43 what no value decides is not decided`() throws {
        let guess = try Guesses.guess(ProjectFolder.bytes("\(ProjectFolder.shared)/data/online-retail/online_retail_raw_CR_truncated.csv"))

        #expect(guess.report.columns[4].reading == .date(.init(format: "%d/%m/%y %H:%M", other: "%m/%d/%y %H:%M")))
    }

    @Test(arguments: ["messytables-horror", "adventureworks", "csv-spectrum/csvs"])
    func `every other file gets a guess or a refusal that says why`(folder: String) throws {
        for name in ProjectFolder.sharedFiles("data/\(folder)") where name.hasSuffix("csv") && name != "211.csv" {
            let bytes = try ProjectFolder.bytes("\(ProjectFolder.shared)/data/\(folder)/\(name)")
            do {
                let guess = try Guesses.guess(bytes)
                #expect(guess.preview.records > 0, "\(name)")
            } catch let diagnostic as Diagnostic {
                #expect(["GUESS-CONTENT", "GUESS-ENCODING", "GUESS-HEADER"].contains(diagnostic.code), "\(name): \(diagnostic)")
            }
        }
    }
}
