import Domain
import Testing

@testable import Formats

/// The guesser on XML and on lines without separators.
struct DocumentGuessTests {
    private static let stock = """
        <?xml version="1.0" encoding="UTF-8"?>
        <Stock created="2026-11-21"><Items>
        <Item sku="00472"><Warehouse>LDS</Warehouse><OnHand>5</OnHand><Price currency="GBP"><Amount>3.45</Amount></Price></Item>
        <Item sku="A2"><Warehouse>BHM</Warehouse><OnHand>-2</OnHand><Price currency="GBP"><Amount>1089.50</Amount></Price></Item>
        </Items></Stock>
        """

    @Test func `an unknown XML file gets a profile that reads it`() throws {
        let guess = try Guesses.guess(Self.stock)
        guard case .drafted(let draft) = guess.source else { throw Missing() }
        let file = try ReadFile(draft.loaded(as: "site/own"), Self.stock)

        #expect(guess.report.verdict == "XML in utf-8, root Stock, 2 records at /Stock/Items/Item, 5 values in each; no trouble found.")
        #expect(draft.structureFile == "document.json")
        #expect(guess.entities == [.stock, .prices] && guess.key?.value == "@sku" && guess.key?.certainty == .sure)
        #expect(guess.preview.header == ["line", "sku", "warehouse", "on_hand", "price", "currency"])
        #expect(guess.preview.rejected == 0, "\(String(describing: guess.preview.firstReason))")
        #expect(guess.preview.rows.map { Array($0.dropFirst()) } == [["00472", "LDS", "5", "3.45", "GBP"], ["A2", "BHM", "-2", "1089.5", "GBP"]])
        #expect(file.values("sku") == ["text:00472", "text:A2"])
        #expect(file.proof.lines.total == Self.stock.utf8.count)
    }

    @Test func `columns of an XML file can be named by their paths`() throws {
        let text = "<a><b><nr>1</nr><m>5</m></b><b><nr>2</nr><m>6</m></b></a>"
        let guess = try Guesses.guess(text)
        let answered = try Guesses.guess(text, answers: ["key": "nr", "fields.on_hand": "m"])

        #expect(guess.entity.value == nil && guess.questions.contains { $0.key == "entity" })
        #expect(answered.entity.value == .stock)
        #expect(answered.preview.rows.map { Array($0.dropFirst()) } == [["1", "5"], ["2", "6"]])
    }

    @Test(arguments: ["<a/>", "<?xml version=\"1.0\"?>", "<a><b>", "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"])
    func `XML without records is refused with what it is`(text: String) {
        #expect { try Guesses.guess(text) } throws: { ($0 as? Diagnostic)?.code == "GUESS-CONTENT" }
    }

    @Test(arguments: Guesses.otherFixtures)
    func `a file of a known kind without separators gets its own profile, or a question that names it`(_ name: String) throws {
        let bytes = try Guesses.fixture(name)
        let guess = try Guesses.guess(bytes, known: Guesses.shipped)
        let answered = try Guesses.guess(bytes, known: Guesses.shipped, answers: ["profile": name])

        if guess.profile.value.name != name {
            #expect(guess.profile.certainty == .unsure && guess.profile.evidence.contains(name), "\(guess.profile)")
        }
        #expect(answered.profile.value.name == name)
        #expect(answered.entity.value != nil && answered.preview.records > answered.preview.rejected)
    }

    private struct Missing: Error {}
}
