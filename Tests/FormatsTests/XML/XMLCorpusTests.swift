import Domain
import Foundation
import Testing

@testable import Formats

private let edgeCases = "data/libxml2-xml-edge-cases"

/// Files of the field and of the parser's own torture rooms.
struct XMLCorpusTests {
    /// Every file that is not refused for its document type, by verdict. Whatever is not named is read.
    private static let verdicts: [String: [String]] = [
        "ENCODING-UNKNOWN": ["ebcdic_566012.xml", "icu_parse_test.xml", "errors/unsupported-encoding.xml"],
        "ENCODING-CUT": ["errors/truncated-utf16.xml"],
        "XML-NAME-LENGTH": ["bigname.xml", "bigname2.xml"],
        "FILE-EMPTY": ["errors/empty.xml"],
        "FORMAT-NOT-XML": [
            "Copyright", "errors/invalid-start-tag-1.xml", "recurse/g0.ent", "recurse/g1.ent", "recurse/g2.ent",
            "recurse/g3.ent", "recurse/ga.ent", "recurse/gb.ent", "recurse/gc.ent", "recurse/p1.ent", "recurse/p2.ent",
            "recurse/p3.ent", "recurse/pb.ent", "recurse/pc.ent",
        ],
        "XML-SYNTAX": [
            "errors/trailing-null-1.xml", "errors/754947.xml", "errors/attr4.xml", "errors/attr5.xml", "errors/attr6.xml",
            "errors/cdata.xml", "errors/charref1.xml", "errors/dup-xml-attr.xml", "errors/extra-content.xml",
            "errors/issue151.xml", "errors/name3.xml", "errors/rec_ext.ent", "recurse/lol_ip_content.dtd",
            "recurse/lol_ip_value.dtd", "errors/utf8-1.xml", "errors/utf8-2.xml",
        ],
        "XML-CUT": [
            "errors/unclosed-element.xml", "errors/758588.xml", "errors/759020.xml", "errors/attr1.xml", "errors/attr2.xml",
            "errors/invalid-start-tag-2.xml", "errors/name.xml", "errors/name2.xml", "errors/trailing-null-2.xml", "recurse/p0.ent", "recurse/pa.ent",
        ],
    ]

    private static let files: [String] = ["", "errors/", "errors10/", "recurse/"].flatMap { folder in
        ProjectFolder.sharedFiles("\(edgeCases)/\(folder)").map { folder + $0 }
    }.filter { name in
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: "\(ProjectFolder.shared)/\(edgeCases)/\(name)", isDirectory: &isFolder)
            && !isFolder.boolValue
    }

    private static func verdict(_ bytes: [UInt8]) throws -> String {
        do {
            let file = try ReadFile(SampleXML.profile(), bytes)
            return file.proof.lines.total == bytes.count ? "read" : "bytes unaccounted for"
        } catch let diagnostic as Diagnostic {
            return diagnostic.code
        }
    }

    @Test(.enabled(if: ProjectFolder.hasShared(edgeCases), "the XML edge cases are not beside the project"))
    func `F46 every edge case of the parser's own tests gets the right verdict`() throws {
        #expect(Self.files.count > 100)
        for name in Self.files {
            let bytes = try ProjectFolder.bytes("\(ProjectFolder.shared)/\(edgeCases)/\(name)")
            let isTyped = bytes.split(separator: UInt8(ascii: "<")).contains { $0.starts(with: "!DOCTYPE".utf8) }
            let expected = isTyped ? "XML-DOCTYPE" : Self.verdicts.first { $0.value.contains(name) }?.key ?? "read"

            let verdict = try Self.verdict(bytes)
            #expect(verdict == expected, "\(name)")
        }
    }

    @Test(.enabled(if: ProjectFolder.hasShared(edgeCases), "the XML edge cases are not beside the project"))
    func `F46 F48 all of them together need neither 256 MB nor 20 seconds`() async {
        await #expect(processExitsWith: .success) {
            // What is allocated counts, not what is mapped.
            var memory = rlimit(rlim_cur: 256 << 20, rlim_max: 256 << 20)
            var time = rlimit(rlim_cur: 20, rlim_max: 20)
            guard setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &memory) == 0,
                setrlimit(__rlimit_resource_t(RLIMIT_CPU.rawValue), &time) == 0
            else { exit(2) }
            for folder in [edgeCases, edgeCases + "/errors", edgeCases + "/errors10", edgeCases + "/recurse"] {
                for name in ProjectFolder.sharedFiles(folder) {
                    guard let bytes = try? ProjectFolder.bytes("\(ProjectFolder.shared)/\(folder)/\(name)") else { continue }
                    _ = try XMLCorpusTests.verdict(bytes)
                }
            }
            // Proof that the limits hold: this much is not to be had.
            exit(mmap(nil, 300 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? 0 : 3)
        }
    }

    /// Document type, the elements taken as records, and the path of their identifiers.
    private static let types = [
        ("catalogue", "CatalogueLine"), ("creditnote", "CreditNoteLine"), ("despatchadvice", "DespatchLine"),
        ("inventoryreport", "InventoryReportLine"), ("invoice", "InvoiceLine"), ("order", "OrderLine"),
        ("orderchange", "OrderLine"), ("orderresponse", "OrderLine"), ("receiptadvice", "ReceiptLine"),
        ("statement", "StatementLine"), ("stockavailabilityreport", "StockAvailabilityReportLine"),
        ("ordercancellation", "OrderLine"), ("orderresponsesimple", "OrderLine"),
    ]

    @Test(
        .enabled(if: ProjectFolder.hasShared("data/ubl-examples") && PythonAnswers.isPresent, "UBL examples or Python are missing"),
        arguments: types)
    func `every UBL example gives the lines that another parser finds`(folder: String, record: String) throws {
        let names = ProjectFolder.sharedFiles("data/ubl-examples/\(folder)").filter { $0.hasSuffix(".xml") }
        #expect(!names.isEmpty)
        let ids = #""columns": {"sku": {"paths": ["ID", "LineItem/ID"], "repeat": "first"}, "wh": "/ID", "qty": "NoSuch", "at": "/NoSuch"}"#
        let profile = try SampleXML.profile(#""record": "\#(record)""#, columns: ids)
        let fields = [EntityField("sku", .text, ""), EntityField("warehouse", .text, "")]
        for name in names {
            let path = "\(ProjectFolder.shared)/data/ubl-examples/\(folder)/\(name)"
            let bytes = try ProjectFolder.bytes(path)
            let answer = try PythonAnswers.ask(
                """
                import sys, xml.etree.ElementTree as tree
                local = lambda e: e.tag.split('}')[-1]
                root = tree.parse(open(sys.argv[1]).read().strip()).getroot()
                for line in root.iter():
                    if local(line) == '\(record)':
                        items = [e for e in line if local(e) == 'LineItem'] + [line]
                        print(next((e.text.strip() for i in items for e in i if local(e) == 'ID'), 'blank'))
                """, input: Array(path.utf8))

            let file = try ReadFile(profile, bytes, fields: fields)

            let found = file.records.map { SampleXML.plain($0.rows[0][0]) + "\n" }.joined()
            #expect(found == String(decoding: answer, as: UTF8.self), "\(name)")
            #expect(file.codes == [], "\(name)")
            #expect(file.proof.lines.total == bytes.count, "\(name)")
        }
    }

    @Test(.enabled(if: ProjectFolder.hasShared("data/ubl-examples/invoice"), "the UBL examples are not beside the project"))
    func `four ways to write namespaces give the same records`() throws {
        let columns = #""columns": {"sku": "Item/SellersItemIdentification/ID", "wh": "ID", "qty": "Price/PriceAmount", "at": "/NoSuch"}"#
        let profile = try SampleXML.profile(#""record": "InvoiceLine", "document": ["Invoice"]"#, columns: columns)
        let fields = Array(SampleProfile.stockFields.prefix(3))

        let files = try (1...4).map { style in
            try ReadFile(
                profile,
                ProjectFolder.bytes("\(ProjectFolder.shared)/data/ubl-examples/invoice/UBL-Invoice-2.0-Example-NS\(style).xml"),
                fields: fields)
        }

        #expect(files[0].records.count > 0)
        #expect(files.allSatisfy { $0.records.map(\.rows) == files[0].records.map(\.rows) && $0.codes == [] })
    }

    @Test(
        .enabled(
            if: ProjectFolder.hasShared("data/bmecat") && ProjectFolder.hasShared("data/ubl-examples"), "the examples are not beside the project"),
        arguments: [
            ("bmecat/catalogue-1.2", "bmecat/bmecat12/testdata/new_catalog.golden.xml", 1, true),
            ("bmecat/catalogue-1.2", "bmecat/bmecat12/testdata/new_catalog_with_blank_classification_system.golden.xml", 1, true),
            ("bmecat/catalogue-1.2", "bmecat/bmecat12/testdata/update_prices.golden.xml", 1, false),
            ("bmecat/catalogue-1.2", "bmecat/bmecat12/testdata/update_products.golden.xml", 2, false),
            ("bmecat/catalogue-2005", "bmecat/bmecat2005/testdata/new_catalog.golden.xml", 1, true),
            ("bmecat/catalogue-2005", "bmecat/bmecat2005/testdata/new_catalog_with_blank_classification_system.golden.xml", 1, true),
            ("ubl/stock-availability", "ubl-examples/stockavailabilityreport/UBL-StockAvailabilityReport-2.1-Example.xml", 3, nil),
            ("ubl/inventory", "ubl-examples/inventoryreport/UBL-InventoryReport-2.1-Example.xml", 3, nil),
            ("ubl/catalogue", "ubl-examples/catalogue/Mobile_Catalogue_UBL.xml", 8, nil),
            ("ubl/catalogue", "ubl-examples/catalogue/Consip_Catalogo_UBL.xml", 6, nil),
        ] as [(String, String, Int, Bool?)])
    func `the shipped profiles read the catalogues and reports of the field, schema included`(
        name: String, path: String, records: Int, isFull: Bool?
    ) throws {
        let bytes = try ProjectFolder.bytes("\(ProjectFolder.shared)/data/\(path)")
        let fields = [EntityField("sku", .text, ""), EntityField("price", .decimal, ""), EntityField("on_hand", .decimal, "")]

        let file = try ReadFile(SampleProfile.shipped(name), bytes, fields: fields)

        #expect(file.records.count == records)
        #expect(file.codes == [], "\(file.rejected.first?.reason?.text ?? "")")
        #expect(file.proof.saysFull == isFull)
        #expect(file.proof.lines.total == bytes.count)
        #expect(file.records.allSatisfy { $0.rows[0][0].hasPrefix("text:") })
    }
}
