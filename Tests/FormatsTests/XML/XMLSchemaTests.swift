import Domain
import Foundation
import Testing

@testable import Formats

/// A schema of ours while reading.
struct XMLSchemaTests {
    private static let item = """
        <xs:element name="Item"><xs:complexType><xs:sequence><xs:element name="Qty" type="xs:decimal"/>
        <xs:element name="Unit" minOccurs="0"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="EA"/></xs:restriction></xs:simpleType></xs:element>
        </xs:sequence><xs:attribute name="sku" use="required"/></xs:complexType></xs:element>
        """
    private static func schema(_ head: String, _ body: String) -> String {
        "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns='u:s' elementFormDefault='qualified' \(head)>\(body)</xs:schema>"
    }
    private static let root = """
        <xs:element name="Stock"><xs:complexType><xs:sequence><xs:element name="Head" minOccurs="0"/><xs:element ref="Item" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence></xs:complexType></xs:element>
        """

    /// A profile with a folder of schemas of its own: `main.xsd`, which includes `item.xsd`.
    private static func withProfile(closed: Bool = true, _ body: (Profile) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.path() + "/tallyman-xsd-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(schema("targetNamespace='u:s'", "<xs:include schemaLocation='item.xsd'/>" + root).utf8).write(
            to: URL(filePath: folder + "/main.xsd"))
        try Data(schema("targetNamespace='u:s'", item).utf8).write(to: URL(filePath: folder + "/item.xsd"))
        let profile = try Profile(
            name: "test/xml",
            profile: JSONDocument.parse(Array(#"{"title": "T", "format": "xml", \#(SampleXML.fields)}"#.utf8), file: "profile.json"),
            schema: JSONDocument.parse(Array(SampleXML.schema.utf8), file: "schema.json"),
            structure: JSONDocument.parse(
                Array(
                    #"{"record": "Item", "document": ["Stock"], "documents": "many", "schema": "main.xsd", "closed": \#(closed), \#(SampleXML.columns)}"#
                        .utf8),
                file: "document.json"),
            schemaFolder: folder)
        try body(profile)
    }

    @Test(arguments: [
        "<Stock xmlns='u:s'><Item sku='A'><Qty>1</Qty><Unit>EA</Unit></Item></Stock>",
        "<Stock><Item sku='A'><Qty>1</Qty></Item></Stock>",
        "<e:Env xmlns:e='u:e'><Other/><x:Stock xmlns:x='u:s'><x:Item sku='A'><x:Qty>1</x:Qty></x:Item></x:Stock></e:Env>",
        "<Stock xmlns='u:s' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation='u:s other.xsd'>\n<Item sku='A'>\n<Qty>1</Qty>\n</Item></Stock>",
    ])
    func `a valid document is read, with namespaces and without`(text: String) throws {
        try Self.withProfile { profile in
            let file = try ReadFile(profile, text)

            #expect(SampleXML.rows(file) == ["A/absent/1"])
        }
    }

    @Test(arguments: [
        ("<Item sku='A'><Qty>x</Qty></Item>", "of its type"), ("<Item><Qty>1</Qty></Item>", "lacks an attribute"),
        ("<Item sku='A'><Qty>1</Qty><Size>1</Size></Item>", "does not stand"), ("<Item sku='A'></Item>", "does not stand"),
        ("<Item sku='A' x='y'><Qty>1</Qty></Item>", "an attribute that"), ("<Item sku='A'><Qty>1</Qty><Unit>KG</Unit></Item>", "none of the allowed"),
    ])
    func `a record that does not fit is rejected with its place, the others are not`(item: String, words: String) throws {
        try Self.withProfile { profile in
            let file = try ReadFile(profile, "<Stock>\n\(item)<Item sku='B'><Qty>2</Qty></Item></Stock>")

            #expect(file.codes == ["XML-SCHEMA"])
            #expect(file.rejected.first?.reason?.text.contains(words) == true)
            #expect(file.rejected.first?.reason?.text.contains("/Stock/Item") == true)
            #expect(file.rejected.first?.reason?.text.contains("line 2") == true)
            #expect(SampleXML.rows(file) == ["B/absent/2"])
        }
    }

    @Test(arguments: [
        "<Stock made='today'><Item sku='A'><Qty>1</Qty></Item></Stock>",
        "<Stock><Item sku='A' PrimaryKey='1'><Qty ValidateField='0'>1</Qty></Item></Stock>",
        "<Stock><Item sku='A'><Size><Deep><Qty>7</Qty></Deep></Size><Qty>1</Qty><Colour/></Item></Stock>",
        "<Stock><Foot/><Item sku='A'><New xmlns='u:other'>x</New><Qty>1</Qty></Item><More><Item2/></More></Stock>",
    ])
    func `elements and attributes that the schema does not know are passed over, unless the profile says closed`(text: String) throws {
        try Self.withProfile(closed: false) { profile in
            let file = try ReadFile(profile, text)
            #expect(SampleXML.rows(file) == ["A/absent/1"])
        }
        try Self.withProfile(closed: true) { profile in
            let file = try? ReadFile(profile, text)
            #expect(file == nil || file?.codes == ["XML-SCHEMA"], "\(text)")
        }
    }

    @Test(arguments: [
        ("<Item sku='A'><Qty>x</Qty></Item>", "of its type"), ("<Item><Qty>1</Qty></Item>", "lacks an attribute"),
        ("<Item sku='A'><New/></Item>", "does not stand"),
        ("<Item x='y'><Qty z='1'>1</Qty></Item>", "lacks an attribute"),
        ("<Item sku='A'><Qty>1</Qty><Unit n='1'>KG</Unit></Item>", "none of the allowed"),
    ])
    func `what the schema knows must fit also where it is not closed`(item: String, words: String) throws {
        try Self.withProfile(closed: false) { profile in
            let file = try ReadFile(profile, "<Stock>\n\(item)<Item sku='B'><Qty>2</Qty></Item></Stock>")

            #expect(file.codes == ["XML-SCHEMA"] && file.rejected.first?.reason?.text.contains(words) == true, "\(file.rejected)")
            #expect(SampleXML.rows(file) == ["B/absent/2"])
        }
    }

    @Test func `a package of Business Central is read as it is written: settings of each field, fields of its own, UTF-16`() throws {
        let profile = try SampleProfile.shipped("business-central/items-xml")
        let text = """
            <?xml version="1.0" encoding="UTF-16" standalone="yes"?>
            <DataList MinCountForAsyncImport="5" ExcludeConfigTables="1" ProductVersion="27.1" PackageName="ITEMS" Code="ITEMS" LanguageID="1033" Extra="x">
              <ItemList><TableID>27</TableID><PageID>30</PageID><SkipTableTriggers>1</SkipTableTriggers><DataTemplate/><PackageCode>ITEMS</PackageCode>
                <Item><No PrimaryKey="1" ProcessingOrder="1">00472</No><No2 ProcessingOrder="2"/><Description ProcessingOrder="3">Hinge 4\u{201D}</Description>
                  <UnitPrice ValidateField="1" ProcessingOrder="5">3.45</UnitPrice><GTIN>501</GTIN><LastDateModified>2026-11-28</LastDateModified></Item>
                <Item><No PrimaryKey="1">B</No><UnitPrice>dear</UnitPrice></Item>
              </ItemList></DataList>
            """
        let units = Array(text.utf16)
        let little = units.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        let big = units.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
        for bytes in [little, big, [0xFF, 0xFE] + little, [0xFE, 0xFF] + big, Array(text.replacing("UTF-16", with: "UTF-8").utf8)] {
            let file = try ReadFile(profile, bytes, fields: [EntityField("sku", .text, ""), EntityField("price", .decimal, "")])
            #expect(file.good.map { $0.rows.map { $0.map(SampleXML.plain) } } == [[["00472", "3.45"]]])
            #expect(file.codes == ["XML-SCHEMA"] || file.codes == ["NUMBER-FORMAT"], "\(file.codes)")
        }
    }

    @Test func `what does not fit outside of records refuses the file`() throws {
        try Self.withProfile { profile in
            #expect { try ReadFile(profile, "<Stock><Foot/><Item sku='B'><Qty>2</Qty></Item></Stock>") } throws: {
                ($0 as? Diagnostic)?.code == "XML-SCHEMA"
            }
        }
    }

    @Test func `our stock shape takes its values in any order, and one that stands twice costs its own record alone`() throws {
        let profile = try SampleProfile.shipped("generic/stock-xml")
        let file = try ReadFile(
            profile,
            """
            <stock as_at="2026-11-21T06:00:00Z"><item><on_hand>1</on_hand><sku>A</sku></item>
            <item><sku>B</sku><on_hand>1</on_hand><on_hand>2</on_hand></item>
            <item><sku>C</sku><on_hnad>1</on_hnad></item><item><sku>D</sku><on_hand>3</on_hand></item></stock>
            """,
            fields: [EntityField("sku", .text, ""), EntityField("on_hand", .decimal, "")])

        #expect(file.rejected.map { $0.reason?.code } == ["VALUE-REPEATED", "XML-SCHEMA"])
        #expect(file.good.map { $0.rows.map { $0.map(SampleXML.plain) } } == [[["A", "1"]], [["D", "3"]]])
    }

    @Test func `a schema that is missing, or not one, is a fault of the profile`() throws {
        let profile = try SampleXML.profile(#""record": "Item", "schema": "no-such.xsd""#)

        #expect { try ReadFile(profile, "<S/>") } throws: { ($0 as? Diagnostic)?.code == "PROFILE-FILE" }
        #expect { try SampleXML.profile(#""record": "Item", "schema": "../profiles/x.xsd""#) } throws: {
            ($0 as? Diagnostic)?.code == "PROFILE-VALUE"
        }
    }
}
