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

    @Test(arguments: ["<a/>", "<a>text</a>", "<?xml version=\"1.0\"?><a b='1'/>"])
    func `XML without records is refused with what it is`(text: String) {
        #expect { try Guesses.guess(text) } throws: { ($0 as? Diagnostic)?.code == "GUESS-CONTENT" }
    }

    /// Content, what `check` calls it, and a word of the cause.
    private static let broken = [
        ("<?xml version=\"1.0\"?>", "XML-CUT", "ends"),
        ("<a><b>", "XML-CUT", "ends"),
        ("<a><r n='1'/><r n='2'>x & y</r></a>", "XML-SYNTAX", "&"),
        ("<a><r n='1'/><r n='2'>&pound;5</r></a>", "XML-SYNTAX", "entity"),
        ("<a><r n='1'></s></a>", "XML-SYNTAX", "r"),
        ("\n<?xml version=\"1.0\"?><a><r n='1'/><r n='2'/></a>", "XML-SYNTAX", "declaration"),
        ("<?xml version=\"1.0\" encoding=\"utf-16\"?><a><r n='1'/><r n='2'/></a>", "ENCODING-DECLARED", "utf-16"),
        ("<?xml version=\"1.0\" encoding=\"klingon\"?><a><r n='1'/><r n='2'/></a>", "ENCODING-DECLARED", "klingon"),
        ("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "XML-DOCTYPE", "document type"),
    ]

    @Test(arguments: broken)
    func `XML that cannot be read is told by its cause in init and inspect as in check`(text: String, code: String, word: String) throws {
        let proposed = #expect(throws: Diagnostic.self) { try Guesses.guess(text) }
        let report = FileInspector.inspect(Array(text.utf8), file: "sample.xml")
        let profile = try SampleProfile.shipped("generic/stock-xml")
        let checked = #expect(throws: Diagnostic.self) { try ReadFile(profile, Array(text.utf8), fields: profile.entityFields) }

        #expect(proposed?.code == checked?.code, "\(String(describing: proposed)) \(String(describing: checked))")
        #expect(proposed?.summary.lowercased().contains(word) == true && proposed?.fix.isEmpty == false, "\(String(describing: proposed))")
        #expect(report.troubles.map(\.code) == [proposed?.code])
        #expect(report.verdict.contains(proposed?.summary ?? "?") && !report.verdict.contains("Not a delimited"), "\(report.verdict)")
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
