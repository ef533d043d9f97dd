import Foundation
import MagentoSandbox
import Testing

@testable import Formats

struct OrderGoldenTests {
    @Test(arguments: OrderGoldenCase.all)
    func `a golden folder of orders leads to exactly its files`(_ golden: OrderGoldenCase) async throws {
        let actual = try await golden.run()
        if GoldenCase.isWriting { try golden.write(actual) }

        let expected = try golden.expected()

        #expect(actual.keys.sorted() == expected.keys.sorted())
        for (name, content) in expected where actual[name] != content {
            let text = String(decoding: actual[name] ?? Data(), as: UTF8.self)
            Issue.record("\(golden.testDescription)/expected/\(name) is not what came out; `make golden` shows the difference:\n\(text)")
        }
    }

    @Test func `every profile that writes has a golden folder`() throws {
        let used = try OrderGoldenCase.all.map { golden in
            let text = try String(contentsOf: golden.folder.appendingPathComponent("settings.yaml"), encoding: .utf8)
            return String(text.split(separator: "\n").first { $0.hasPrefix("profile:") }?.dropFirst(9) ?? "")
        }

        #expect(Set(used) == Set(OutputProfile.names(in: "\(GoldenCase.project.path)/Schemas/profiles")))
    }

    private static func file(_ golden: String, _ name: String) -> String {
        OrderGoldenCase.root.appendingPathComponent("\(golden)/expected/\(name)").path
    }

    @Test(.enabled(if: Python.isPresent, "python3 reads the files"))
    func `D10 Python's csv reads the orders back, a hostile name to its last byte`() async throws {
        let script = """
            import csv, json, sys
            print(json.dumps(list(csv.DictReader(open(sys.argv[1], newline='', encoding='utf-8')))))
            """
        let rows = try JSONDecoder().decode(
            [[String: String]].self, from: Data(try await Python.run(script, [Self.file("generic", "ORD_000001.csv")]).utf8))

        #expect(rows.map { $0["order_number"] } == ["000000101", "000000101", "000000102", "000000102"] + [String](repeating: "000000103", count: 4))
        #expect(rows[0]["billing_name"].map { Array($0.utf8) } == Array("=cmd|'x'!A1, \"Ltd\"\r\n Müller".utf8))
        #expect(rows[1]["description"] == "Hinge 4\" butt, black")
        #expect(rows[2]["customer_reference"] == "PO 7/\"A\"")
        #expect(rows[2]["sku"] == "HOOD-BLA")
        for (number, group) in Dictionary(grouping: rows, by: { $0["order_number"] ?? "" }) {
            func pence(_ text: String?) -> Int { Int((text ?? "").replacing(".", with: "")) ?? .min }
            let lines = group.map { pence($0["line_gross"]) }.reduce(0, +)
            let shipping = pence(group[0]["shipping_net"]) + pence(group[0]["shipping_tax"])
            #expect(lines + shipping == pence(group[0]["payable"]), "order \(number)")
        }
    }

    @Test(.enabled(if: Python.isPresent, "python3 reads the files"))
    func `eBIS-XML reads back to the same order`() async throws {
        let script = """
            import json, sys, xml.etree.ElementTree as tree
            n = '{urn:schemas-basda-org:2000:purchaseOrder:xdr:3.01}'
            root = tree.parse(sys.argv[1]).getroot()
            t = lambda e, p: e.findtext('/'.join(n + x for x in p.split('/')))
            print(json.dumps([t(root, 'OrderReferences/BuyersOrderNumber'), t(root, 'Buyer/BuyerReferences/SuppliersCodeForBuyer'),
              t(root, 'Buyer/Contact/Name'), t(root, 'Delivery/DeliverTo/Address/PostCode'), t(root, 'OrderTotal/GrossValue')] +
              [' '.join([t(l, 'Product/SuppliersProductCode'), t(l, 'Quantity/Amount'), t(l, 'Price/UnitPrice'), t(l, 'LineTotal')])
               for l in root.findall(n + 'OrderLine')]))
            """
        let names = try FileManager.default.contentsOfDirectory(atPath: OrderGoldenCase.root.appendingPathComponent("ebis/expected").path)
            .filter { $0.hasSuffix(".xml") }.sorted()

        let orders = try await names.asyncMap { name in
            try JSONDecoder().decode([String?].self, from: Data(try await Python.run(script, [Self.file("ebis", name)]).utf8))
        }

        #expect(names.count == 3)
        #expect(
            orders[0] == [
                "000000101", "WEB", "=cmd|'x'!A1, \"Ltd\"\r\n Müller", "B1 1BB", "234.40", "TABLE-60 2 89.5000 161.10", "HINGE-100 7 3.4500 21.73",
            ])
        #expect(orders[1].prefix(2) == ["000000102", "SMITH01"])
        #expect(
            orders[2].dropFirst(5) == ["BASE-CI 1 50.0000 50.00", "CHAIR-OAK 4 11.9900 47.96", "KIT 2 99.9900 189.98", "CHAIR-OAK 4 0.0000 0.00"])
    }

    private static let xmllint = "/usr/bin/xmllint"

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: xmllint), "xmllint checks the files"))
    func `UBL orders keep the order and the cardinality of the 2_1 schema`() async throws {
        let schema = "\(GoldenCase.project.path)/Schemas/xsd/ubl/order.xsd"
        for name in ["ORDER-000001.xml", "ORDER-000002.xml", "ORDER-000003.xml"] {
            try await Command.run([Self.xmllint, "--noout", "--nonet", "--schema", schema, Self.file("ubl", name)])
        }
    }

    @Test func `a trailer counts the documents, lines and rows before it, and adds up their totals`() throws {
        let files = try ["ORD_000001.txt", "ORD_000002.txt"].map { name in
            try String(contentsOfFile: Self.file("generic-records", name), encoding: .windowsCP1252).components(separatedBy: "\r\n").dropLast()
                .map { $0.components(separatedBy: "|") }
        }

        for rows in files {
            let count = { (kind: String) in "\(rows.count { $0[0] == kind })" }
            let total = rows.filter { $0[0] == "H" }.compactMap { Int($0[$0.count - 2].replacing(".", with: "")) }.reduce(0, +)
            let trailer = try #require(rows.last)
            #expect(trailer[0] == "T")
            #expect(trailer[2] == count("H"))
            #expect(trailer[3] == count("L"))
            #expect(trailer[4] == "\(rows.count)")
            #expect(trailer[5].replacing(".", with: "") == "\(total)")
        }
        #expect(files.map { $0.last?[1] } == ["1", "2"])
    }
}

extension Array {
    fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
