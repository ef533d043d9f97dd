import Domain
import Testing

@testable import Formats

/// Records out of elements.
struct XMLReaderTests {
    @Test(arguments: [
        #"<Stock><Item sku="A1" wh="L"><Qty>5</Qty></Item></Stock>"#,
        #"<?xml version="1.0" encoding="UTF-8"?><e:Env xmlns:e="u:1"><x:Stock xmlns:x="u:2"><x:Item sku="A1" wh='L'><x:Qty>5</x:Qty></x:Item></x:Stock></e:Env>"#,
        #"<Stock xmlns="u:3"><Item sku="A1" wh="L" other="x"><Note><Qty>9</Qty></Note><Qty>5</Qty></Item></Stock>"#,
        "<Stock>\n <Item\n  sku='A1'\n  wh='L'>\n  <Qty>\n    5\n  </Qty>\n </Item>\n</Stock>\n",
        #"<Stock><Item sku="&#65;1" wh="L"><Qty><!-- c --><?pi x?><![CDATA[5]]></Qty></Item></Stock>"#,
        #"<Stock><Item sku="A1" wh="L"><Qty>&#x35;</Qty></Item></Stock><!-- behind -->"#,
    ])
    func `the same record in other clothes is the same record`(text: String) throws {
        let file = try ReadFile(SampleXML.profile(), text)

        #expect(SampleXML.rows(file) == ["A1/L/5"])
        #expect(file.codes == [])
        #expect(file.proof.lines.total == text.utf8.count)
        #expect(file.proof.endsWithLineEnd)
    }

    @Test func `an ampersand is one character in attributes as in texts, and in conditions`() throws {
        let columns = #""columns": {"sku": "@sku", "wh": "Wh[@n='a&b']", "qty": "Qty", "at": "/@at"}"#
        let text = "<S><Item sku='P&amp;Q&#38;R&lt;&amp;#38;'><Qty>1</Qty><Wh n='a&amp;b'>X&amp;Y</Wh></Item></S>"

        #expect(try SampleXML.rows(ReadFile(SampleXML.profile(columns: columns), text)) == ["P&Q&R<&#38;/X&Y/1"])
    }

    @Test(arguments: [
        ("first", "1"), ("last", "3"), ("join", "1 2 3"),
    ])
    func `an element that repeats follows the policy`(policy: String, value: String) throws {
        let columns = #""columns": {"sku": {"path": "Code", "repeat": "\#(policy)"}, "wh": "@wh", "qty": "Qty", "at": "/@at"}"#

        let file = try ReadFile(
            SampleXML.profile(columns: columns),
            "<S><Item><Code>1</Code><Code>2</Code><Code>3</Code><Qty>5</Qty></Item></S>")

        #expect(SampleXML.rows(file) == ["\(value)/absent/5"])
    }

    @Test func `an element that repeats without a policy rejects the record, with its key`() throws {
        let file = try ReadFile(
            SampleXML.profile(), "<S><Item sku='A'><Qty>5</Qty><Qty>6</Qty></Item><Item sku='B'><Qty>1</Qty></Item></S>")

        #expect(file.codes == ["VALUE-REPEATED"])
        #expect(file.rejected.first?.rows[0][0] == "text:A")
        #expect(file.rejected.first?.reason?.column == "Qty")
        #expect(SampleXML.rows(file) == ["B/absent/1"])
    }

    @Test func `rows below a record share what the record says, wherever it stands`() throws {
        let columns =
            #""rows": "Stores/Store", "columns": {"sku": "Code", "wh": "Stores/Store/@id", "qty": "Stores/Store/Qty", "at": "/@at"}"#
        let text = """
            <S at="2026-03-01T05:00:00Z"><Item><Stores><Store id="L"><Qty>1</Qty></Store><Store id="B"><Qty/></Store></Stores><Code>A</Code></Item>
            <Item><Code>B</Code></Item></S>
            """

        let file = try ReadFile(SampleXML.profile(#""record": "Item""#, columns: columns), text)

        #expect(SampleXML.rows(file) == ["A/L/1", "A/B/blank", "B/absent/blank"])
        #expect(file.records.map(\.rows.count) == [2, 1])
        #expect(file.records[0].rows[1][6] == "instant:2026-03-01T05:00:00Z")
    }

    @Test func `what stands in a block around the rows belongs to the rows of that block only`() throws {
        let columns =
            #""rows": "Block/Price", "columns": {"sku": "Code", "wh": "Block/From", "qty": "Block/Price", "at": "/@at"}"#
        let text = """
            <S><Item><Code>A</Code><Block><From>1</From><Price>5</Price><Price>6</Price></Block><Block><Price>7</Price></Block></Item></S>
            """

        let file = try ReadFile(SampleXML.profile(#""record": "Item""#, columns: columns), text)

        #expect(SampleXML.rows(file) == ["A/1/5", "A/1/6", "A/absent/7"])
    }

    @Test func `ancestors and the document lend their values to the records below them`() throws {
        let columns = #""columns": {"sku": "../@sku", "wh": "/Head/Place", "qty": ".", "at": "/@at"}"#
        let text = """
            <P at="2026-03-01T05:00:00Z"><Head><Place>L</Place></Head><price sku="A"><break>1</break><break>2</break></price>
            <price><break>3</break></price></P>
            """

        let file = try ReadFile(SampleXML.profile(#""record": "price/break""#, columns: columns), text)

        #expect(SampleXML.rows(file) == ["A/L/1", "A/L/2", "blank/L/3"])
    }

    @Test(arguments: [
        ("Price[@type='net']/Amount", "2"), ("Price[Kind='list']/Amount", "3"), ("*[@type='gross']/Amount", "1"),
    ])
    func `a condition picks one of several like elements`(path: String, value: String) throws {
        let columns = #""columns": {"sku": "@sku", "wh": "@wh", "qty": "\#(path)", "at": "/@at"}"#
        let text = """
            <S><Item sku="A"><Price type="gross"><Amount>1</Amount></Price><Price type="net"><Amount>2</Amount></Price>\
            <Price><Amount>3</Amount><Kind>list</Kind></Price><Price><Kind>old</Kind><Amount>4</Amount></Price></Item></S>
            """

        let file = try ReadFile(SampleXML.profile(columns: columns), text)

        #expect(SampleXML.rows(file) == ["A/absent/\(value)"])
    }

    @Test func `columns named by an attribute are found by their captions, aliases included`() throws {
        let profile = try SampleXML.profile(
            #""record": "row", "captioned": {"element": "field", "attribute": "name"}"#, columns: #""columns": {"at": "/@at"}"#,
            more: #""header": {"aliases": {"sku": ["Stock Code"]}}"#)

        let file = try ReadFile(
            profile,
            #"<t><row><field name="Stock Code">A</field><field name="qty">2</field><field name="x">y</field></row></t>"#)

        #expect(SampleXML.rows(file) == ["A/absent/2"])
    }

    @Test(arguments: [
        ("<Item sku='A'><Qty>1<b>2</b></Qty></Item>", "XML-MIXED"), ("<Item sku='A'><Qty>x</Qty></Item>", "NUMBER-FORMAT"),
        ("<Item sku='A'><Qty>-101</Qty></Item>", "VALUE-RANGE"), ("<Item sku='&#x85;A'><Qty>1</Qty></Item>", "CONTROL-CHARACTER"),
        ("<Item sku='1.5E+12'><Qty>1</Qty></Item>", "EXCEL-DAMAGE"),
    ])
    func `a bad value rejects its record with the bytes as they came`(item: String, code: String) throws {
        let text = "<S>\r\n\(item)\r\n<Item sku='B'><Qty>1</Qty></Item></S>"

        let file = try ReadFile(SampleXML.profile(), text)

        #expect(file.codes == [code])
        #expect(file.rejected.first?.original == Array(item.utf8))
        #expect(file.rejected.first?.origin == RecordOrigin(number: 1, line: 2, offset: 5, length: item.utf8.count))
        #expect(SampleXML.rows(file) == ["B/absent/1"])
    }

    @Test func `F35 an element that no record has refuses the file by its path`() throws {
        #expect { try ReadFile(SampleXML.profile(), "<S><Item sku='A'><Quantity>1</Quantity></Item></S>") } throws: {
            ($0 as? Diagnostic)?.code == "HEADER-COLUMN-MISSING" && ($0 as? Diagnostic)?.summary.contains("'Qty'") == true
        }
    }

    @Test func `F35 another document in the folder is refused by name`() throws {
        let profile = try SampleXML.profile(#""record": "Item", "document": ["Stock"]"#)

        #expect { try ReadFile(profile, "<Prices><Item sku='A'><Qty>1</Qty></Item></Prices>") } throws: {
            ($0 as? Diagnostic)?.code == "XML-DOCUMENT-MISSING" && ($0 as? Diagnostic)?.summary.contains("<Prices>") == true
        }
    }

    @Test func `a namespace is demanded where the profile says so`() throws {
        let profile = try SampleXML.profile(#""record": "Item", "namespaces": ["u:1"]"#)

        #expect(try SampleXML.rows(ReadFile(profile, "<x:S xmlns:x='u:1'><Item sku='A'><Qty>1</Qty></Item></x:S>")) == ["A/absent/1"])
        for text in ["<S/>", "<S xmlns='u:2'/>"] {
            #expect { try ReadFile(profile, text) } throws: { ($0 as? Diagnostic)?.code == "XML-NAMESPACE" }
        }
    }

    @Test func `the file says its time, number, kind and count in columns of its own`() throws {
        let profile = try Profile(
            name: "test/xml",
            profile: JSONDocument.parse(
                Array(
                    #"{"title": "T", "format": "xml", "fields": {"sku": {"column": "sku"}}, "event_time": {"source": "column", "column": "at"}, "sequence": {"source": "column", "column": "run"}, "mode": {"column": "kind", "full": ["ALL"], "delta": ["NEW"]}, "trailer": {"count_column": "lines"}, "complete": {"trailer_count": true}}"#
                        .utf8), file: "profile.json"),
            schema: JSONDocument.parse(
                Array(
                    #"{"fields": [{"name": "sku"}, {"name": "at", "type": "datetime"}, {"name": "run"}, {"name": "kind"}, {"name": "lines"}]}"#
                        .utf8), file: "schema.json"),
            structure: JSONDocument.parse(
                Array(
                    #"{"record": "i", "columns": {"sku": "@c", "at": "/@at", "run": "/Run", "kind": "/name()", "lines": "/Trailer/Count"}}"#
                        .utf8), file: "document.json"))
        func text(_ kind: String, count: String) -> String {
            "<\(kind) at='2026-03-01T05:00:00Z'><Run>7</Run><i c='A'/><Trailer><Count>\(count)</Count></Trailer></\(kind)>"
        }
        let fields = [EntityField("sku", .text, "")]

        let proof = try ReadFile(profile, Array(text("ALL", count: "1").utf8), fields: fields).proof

        #expect(proof.eventTime?.description == "2026-03-01T05:00:00Z")
        #expect(proof.sequence == 7)
        #expect(proof.saysFull == true)
        #expect(proof.claimedRecords == 1)
        #expect(profile.findings(proof).isEmpty)
        #expect(profile.findings(try ReadFile(profile, Array(text("NEW", count: "2").utf8), fields: fields).proof).map(\.code) == ["FILE-COUNT"])
        for (kind, count) in [("OTHER", "1"), ("ALL", "x")] {
            #expect { try ReadFile(profile, Array(text(kind, count: count).utf8), fields: fields) } throws: {
                ($0 as? Diagnostic)?.code == "FILE-HEADER-CELL"
            }
        }
    }

    @Test(arguments: [
        (#""record": "a:Item""#, SampleXML.columns, "PROFILE-VALUE"), (#""record": "@id""#, SampleXML.columns, "PROFILE-VALUE"),
        (#""record": "Item""#, #""columns": {"sku": "@sku"}"#, "PROFILE-KEY-MISSING"),
        (#""record": "Item""#, #""columns": {"sku": "@sku", "size": "Size"}"#, "PROFILE-COLUMN-UNKNOWN"),
        (#""record": "Item""#, #""columns": {"sku": "../@sku", "wh": "@wh", "qty": "Qty", "at": "/@at"}"#, "PROFILE-VALUE"),
        (#""record": "P/Item""#, #""columns": {"sku": {"paths": ["../@sku", "@sku"]}, "wh": "@wh", "qty": "Qty", "at": "/@at"}"#, "PROFILE-VALUE"),
        (#""record": "Item", "document": "Stock""#, SampleXML.columns, "PROFILE-VALUE"),
        (#""record": "Item", "rowz": "x""#, SampleXML.columns, "PROFILE-KEY-UNKNOWN"), (#""title": "x""#, SampleXML.columns, "PROFILE-KEY-MISSING"),
    ])
    func `a description that cannot work is refused when it is loaded`(document: String, columns: String, code: String) {
        #expect { try SampleXML.profile(document, columns: columns) } throws: { ($0 as? Diagnostic)?.code == code }
    }

    @Test func `what only tables have is refused for XML, and the other way round`() throws {
        for more in [#""mode": {"row": 1, "cell": 1}"#, #""pivot": {"field": "warehouse", "columns": {"on_hand": "{}"}}"#] {
            #expect(throws: Diagnostic.self) { try SampleXML.profile(more: more) }
        }
        #expect(throws: Diagnostic.self) {
            try SampleProfile.make(
                profile: #"{"title": "T", "sequence": {"source": "column", "column": "sku"}, "fields": {"sku": {"column": "sku"}}}"#)
        }
    }
}
