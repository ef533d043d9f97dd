import Domain
import Testing

@testable import Formats

/// Warehouses side by side, and lines that are no table, in a file that nobody knows yet.
struct PivotGuessTests {
    private static let bare = "Product Code;Description;Leeds;Birmingham\nA1;Widget;10;0\nA2;Bolt;3;1,250\n"
    private static let named = "SKU,LDS On Hand,LDS Allocated,BHM On Hand,BHM Allocated\nA1,10,2,5,0\nA2,3,1,7,7\n"

    private func draft(_ guess: FileGuess) throws -> ProfileDraft {
        guard case .drafted(let draft) = guess.source else { throw Missing() }
        return draft
    }

    private struct Missing: Error {}

    @Test func `one quantity with several codes in its captions is taken for warehouses, and asked about`() throws {
        let guess = try Guesses.guess(Self.named)

        #expect(guess.entity.value == .stock && guess.entity.certainty != .sure)
        #expect(guess.questions.first { $0.key == "warehouses" }?.assumed == "on_hand")
        #expect(guess.preview.header == ["line", "sku", "warehouse", "on_hand", "allocated"])
        #expect(
            guess.preview.rows == [
                ["2", "A1", "LDS", "10", "2"], ["2", "A1", "BHM", "5", "0"], ["3", "A2", "LDS", "3", "1"], ["3", "A2", "BHM", "7", "7"],
            ])
        // Whatever warehouse comes later has a column of the same form.
        #expect(try !draft(guess).profile.contains("codes"))
    }

    @Test(arguments: [
        ("SKU,Qty LDS,Qty BHM", "Qty {}"), ("SKU,LDS_Stock,BHM_Stock", "{}_Stock"), ("SKU,Free Stock: LDS,Free Stock: BHM", "Free Stock: {}"),
    ])
    func `the code may stand in front or behind, by any joint`(captions: String, template: String) throws {
        let guess = try Guesses.guess("\(captions)\nA1,10,2\nA2,3,1\n")

        let profile = try draft(guess).profile
        #expect(profile.contains(#": "\#(template)""#), "\(profile)")
        #expect(guess.preview.rows.map { $0[2] } == ["LDS", "BHM", "LDS", "BHM"])
    }

    @Test func `whole numbers under names that mean nothing are asked about and not taken`() throws {
        let guess = try Guesses.guess(Self.bare)
        let answered = try Guesses.guess(Self.bare, answers: ["warehouses": "free"])
        let asked = try Guesses.guess(Self.bare, answers: ["entity": "stock"])

        let question = try #require(guess.questions.first { $0.key == "warehouses" })
        #expect(question.assumed == "none" && question.text.contains("'Leeds', 'Birmingham'"))
        #expect(guess.entity.value == .products)
        #expect(answered.preview.header == ["line", "sku", "warehouse", "free", "name"])
        #expect(answered.preview.rows.map { $0[3] } == ["10", "0", "3", "1250"])
        #expect(!answered.questions.contains { $0.key == "warehouses" })
        #expect(asked.entity.value == .stock && asked.preview.values(of: "warehouse") == ["Leeds", "Birmingham"])
    }

    @Test func `a new warehouse in a file of bare names is not passed over in silence`() throws {
        let profile = try draft(Guesses.guess(Self.bare, answers: ["warehouses": "on_hand"])).loaded(as: "site/own")

        #expect { try ReadFile(profile, "Product Code;Description;Leeds;Birmingham;Glasgow\nA1;Widget;10;0;4\n") } throws: {
            "\($0)".contains("Glasgow")
        }
    }

    @Test(arguments: [
        "SKU,Qty In Stock,Qty On Order,Qty Back Order\nA1,1,2,3\nA2,4,5,6\n", "SKU,Warehouse,LDS On Hand,BHM On Hand\nA1,X,1,2\nA2,Y,3,4\n",
        "SKU,Price,Width,Height\nA1,1.5,2,3\nA2,4.5,5,6\n", "SKU,Description,Stock\nA1,W,1\nA2,B,2\n",
    ])
    func `a file that says what its quantities are has no warehouses side by side`(text: String) throws {
        let guess = try Guesses.guess(text)

        #expect(!guess.questions.contains { $0.key == "warehouses" })
        #expect(try !draft(guess).profile.contains("pivot"))
    }

    // MARK: No tables

    @Test func `lines of several kinds are named as such, and no table is made of them`() throws {
        let text = "H|20261121|STOCK\nD|A1|10|LDS\nD|A2|3|LDS\nT|2\n"

        let report = FileInspector.inspect(Array(text.utf8), file: "s.txt")
        #expect(report.troubles.map(\.code) == ["LINE-KINDS"])
        #expect(report.troubles.first?.text.hasSuffix("H (1), D (2), T (1)") == true)
        #expect { try Guesses.guess(text) } throws: { ($0 as? Diagnostic)?.code == "GUESS-LINES" }
    }

    @Test func `lines of fixed width are named as such`() throws {
        let text = "STOCKCODE     DESC       QTY\nA1            Widget   00010\nA2            Bolt M8  00003\n"

        #expect(FileInspector.inspect(Array(text.utf8), file: "s.txt").troubles.map(\.code) == ["FIXED-WIDTH"])
        #expect { try Guesses.guess(text) } throws: { error in
            let diagnostic = error as? Diagnostic
            return diagnostic?.code == "GUESS-LINES" && diagnostic?.fix.contains("fixed") == true
        }
    }

    @Test(arguments: ["A1;LDS;5\nA1;BHM;3\nT;2\n", "Code;Qty\nAB;1\nAB;2\nEND\n", "AAA\nBBB\nCCC\n"])
    func `a small table is no file of several kinds`(text: String) {
        let codes = FileInspector.inspect(Array(text.utf8), file: "s.txt").troubles.map(\.code)

        #expect(!codes.contains("LINE-KINDS") && !codes.contains("FIXED-WIDTH"), "\(codes)")
    }
}
