import Domain
import Magento
import MagentoSandbox
import TestKit
import Testing

@testable import Entities

/// Master data under an ownership map, from a file's cells to the shop.
struct ProductTests {
    private static let rules = ProductRules(
        owned: [.name, .weight, .taxClass, .status, .unit, .supplierReference, .attribute("colour")],
        attributeCodes: [.unit: "unit_of_sale"], taxClasses: ["T1": "Taxable Goods", "T7": "Luxury"])
    private static let lookups = ProductLookups(
        taxClasses: ["Taxable Goods": 2], options: ["colour": ["Black": "11", "Brass": "12"], "unit_of_sale": [:], "supplier_reference": [:]])

    private typealias Cells = [String: RecordBatch.Cell]

    /// Texts are given as such; other cells as they are.
    private static func decide(
        _ rows: [[(String, String)]], cells: [String: RecordBatch.Cell] = [:], rules: ProductRules = rules, mirror: ProductFields? = nil
    ) -> (verdict: KeyVerdict, refused: [RejectReason]) {
        let definition = ProductDefinition(rules, lookups: lookups)
        var batch = RecordBatch(fieldCount: definition.fields.count)
        for (index, row) in rows.enumerated() {
            let first = batch.cells.count
            for field in definition.fields.map(\.name) {
                if let text = field == "sku" ? "P" : row.first(where: { $0.0 == field })?.1 {
                    let start = batch.bytes.count
                    batch.bytes.append(contentsOf: text.utf8)
                    batch.cells.append(.text(start..<batch.bytes.count))
                } else {
                    batch.cells.append(cells[field] ?? .blank)
                }
            }
            let origin = RecordOrigin(number: index + 1, line: index + 2, offset: 0, length: 0)
            batch.entries.append(.init(origin: origin, firstCell: first, rowCount: 1))
        }
        var interpreter = definition.makeInterpreter(asOf: UTCInstant(seconds: 0))
        var keyed = KeyedRows()
        interpreter.interpret(batch, into: &keyed)
        let group = KeyGroup(key: Array("P".utf8)[...], bytes: keyed.bytes, rows: keyed.rows[...])
        let before = mirror.map { ProductValue($0).encoded }
        return (interpreter.decide(group, mirror: before?[...], mode: .full), keyed.rejected.map(\.reason))
    }

    private static func words(
        _ rows: [[(String, String)]], cells: [String: RecordBatch.Cell] = [:], rules: ProductRules = rules, mirror: ProductFields? = nil
    ) -> String {
        let (verdict, refused) = decide(rows, cells: cells, rules: rules, mirror: mirror)
        if let reason = refused.first { return "\(reason.column ?? "") \(reason.code)" }
        return switch verdict.decision {
        case .unchanged, .refreshed: "unchanged"
        case .change(let value): ProductDefinition(rules, lookups: lookups).describe(value)
        case .rejected(let reason): reason.code
        }
    }

    @Test(
        arguments: [
            ([("name", "Hinge"), ("colour", "red")], "name \"Hinge\""), ([("attribute.colour", "Brass")], "colour Brass"),
            ([("attribute.colour", "Pink")], "attribute.colour PRODUCT-VALUE"), ([("tax_class", "T1")], "tax_class_id Taxable Goods"),
            ([("tax_class", "T9")], "tax_class PRODUCT-VALUE"), ([("tax_class", "T7")], "tax_class PRODUCT-VALUE"),
            ([("status", "Active")], "enabled"), ([("status", "0")], "disabled"), ([("status", "perhaps")], "status PRODUCT-VALUE"),
            ([("unit", "box"), ("supplier_reference", "H-75")], "supplier_reference H-75, unit_of_sale box"), ([], "unchanged"),
            ([("weight", "heavy")], "weight PRODUCT-VALUE"), ([("name", String(repeating: "x", count: 256))], "name PRODUCT-VALUE"),
        ] as [([(String, String)], String)])
    func `a line's owned fields become the shop's values, or the field to blame is named`(_ row: [(String, String)], _ words: String) {
        #expect(Self.words([row]) == words)
    }

    @Test func `numbers, flags and cleared cells are taken as they are meant`() {
        let weight = RecordBatch.Cell.decimal(ExactDecimal(plain: "1.25") ?? 0)

        #expect(Self.words([[]], cells: ["weight": weight, "status": .boolean(true)]) == "weight 1.25, enabled")
        #expect(Self.words([[]], cells: ["weight": .decimal(-1)]) == "weight PRODUCT-VALUE")
        #expect(Self.words([[]], cells: ["name": .cleared]) == "name PRODUCT-VALUE")
        #expect(Self.words([[]], cells: ["unit": .cleared], mirror: ProductFields(attributes: ["unit_of_sale": "box"])) == "unit_of_sale ")
    }

    @Test func `C9 what the shop has already is not changed, and other fields stay as they are`() {
        let mirror = ProductFields(name: "Hinge", weight: 1, attributes: ["colour": "12"])

        #expect(Self.words([[("name", "Hinge"), ("attribute.colour", "Brass")]], mirror: mirror) == "unchanged")
        #expect(Self.words([[("name", "Hinge 2")]], mirror: mirror) == "name \"Hinge 2\", weight 1, colour Brass")
    }

    @Test(arguments: [(DuplicatePolicy.reject, "SKU-DUPLICATE", []), (.first, "name \"a\"", [1]), (.last, "name \"b\"", [0])])
    func `F45 a product twice follows the policy`(_ policy: DuplicatePolicy, _ words: String, _ superseded: [Int]) {
        var rules = Self.rules
        rules.duplicates = policy
        let rows = [[("name", "a")], [("name", "b")]]

        #expect(Self.words(rows, rules: rules) == words && Self.decide(rows, rules: rules).verdict.superseded == superseded)
    }

    @Test(arguments: [
        ("name", ProductField.name as ProductField?), ("attribute.colour", .attribute("colour")), ("attribute.price", nil),
        ("attribute.special_price", nil),
        ("attribute.", nil), ("attribute.Colour", nil), ("attribute.a\"b", nil), ("price", nil), ("sku", nil), ("attribute.status", nil),
        ("attribute.sku", nil),
    ])
    func `V1 prices, stock and identity cannot be owned as product fields`(_ name: String, _ field: ProductField?) {
        #expect(ProductField(name) == field)
    }

    @Test func `a value survives its bytes`() throws {
        let value = ProductValue(
            ProductFields(name: "Ünï \"x\"", weight: ExactDecimal(plain: "0.25"), status: .disabled, attributes: ["a": "", "b": "12"]),
            spelling: RecordKey("p"))

        #expect(try ProductValue(encoded: value.encoded) == value)
        #expect(throws: (any Error).self) { try ProductValue(encoded: Array(value.encoded.dropLast(3))) }
    }

    // MARK: In the shop

    private func change(_ sku: String, _ after: ProductFields, from before: ProductFields? = nil) -> Change {
        Change(
            id: 1, key: RecordKey(sku), before: before.map { ProductValue($0).encoded }, after: ProductValue(after).encoded,
            version: UTCInstant(seconds: 0))
    }

    private func shop(_ rules: ProductRules, faults: [FaultRule] = [], _ body: (ProductApplier, PriceShop) async throws -> Void) async throws {
        try await PriceShop.run(faults: faults) { shop in
            try await body(ProductApplier(client: shop.client, rules: rules, timeline: shop.timeline), shop)
        }
    }

    @Test func `only what differs is sent, for all stores, and reads back`() async throws {
        try await shop(Self.rules) { applier, shop in
            let before = ProductFields(name: "Item P-000", weight: ExactDecimal(plain: "0.5"))
            let after = ProductFields(name: "Hinge", weight: ExactDecimal(plain: "0.5"), attributes: ["colour": "12"])
            let change = change("P-000", after, from: before)

            #expect(await applier.apply([change]).first?.evidence == "200 from products")

            let committed = shop.shop.journal.entries.compactMap { if case .committed(let items) = $0.event { items } else { nil } }.flatMap { $0 }
            #expect(committed == [JournalItem(key: "product:P-000@0", value: "attribute.colour name sku")])
            let held = try #require(try await applier.readBack([change]).first)
            #expect(ProductDefinition(Self.rules).isSatisfied(change.after, by: held.value))
        }
    }

    @Test func `an attribute whose value the shop drops with a 200 is never called applied`() async throws {
        try await shop(Self.rules) { applier, shop in
            shop.shop.withState { $0.productAttributesInNoSet = ["colour"] }

            let answers = await applier.apply([
                change("P-000", ProductFields(name: "Hinge", attributes: ["colour": "12"])), change("P-001", ProductFields(name: "Bolt")),
                change("P-002", ProductFields(attributes: ["unit_of_sale": "BOX"])),
            ])

            #expect(answers[0].rejection?.code == "ATTRIBUTE-DROPPED" && answers[0].rejection?.text.contains("colour") == true)
            #expect(answers[1].isApplied && answers[2].isApplied)
        }
    }

    @Test(arguments: [ProductRules.NewProducts.reject, .createDisabled])
    func `a product that the shop does not have is made disabled, or not at all`(_ policy: ProductRules.NewProducts) async throws {
        var rules = Self.rules
        rules.newProducts = policy
        try await shop(rules) { applier, shop in
            let keys = [RecordKey("p-001"), RecordKey("NEW/1")]
            let standings = try await applier.lookUp(keys)
            #expect(standings[keys[0]] == .known(spelling: RecordKey("P-001")))
            #expect((standings[keys[1]] != nil) == (policy == .createDisabled))

            let answers = await applier.apply([
                change("NEW/1", ProductFields(name: "New", status: .enabled)), change("NEW/2", ProductFields(weight: 1)),
            ])

            #expect(answers[0].isApplied == (policy == .createDisabled))
            #expect(answers[1].rejection != nil)
            #expect(shop.shop.withState { $0.catalogue["NEW/1"]?.isEnabled } == (policy == .createDisabled ? false : nil))
        }
    }

    @Test(arguments: FaultLoopTests.faults, 1...2)
    func `F50 F51 F53 F57 F65 a product save that meets a fault is made good by the next run`(_ fault: Fault, _ hit: Int) async throws {
        try await shop(Self.rules, faults: [FaultRule(fault, method: "POST", path: "products", hits: hit...hit)]) { applier, shop in
            let changes = (0..<3).map { change(ApplierShop.sku($0), ProductFields(name: "Hinge", attributes: ["colour": "12"])) }
            let first = await applier.apply(changes)
            #expect(first.allSatisfy { $0.rejection == nil })

            let second = await applier.apply(changes.indices.filter { !first[$0].isApplied }.map { changes[$0] })

            #expect(second.allSatisfy { $0.isApplied })
            #expect((0..<3).allSatisfy { number in shop.shop.withState { $0.catalogue[ApplierShop.sku(number)]?.name } == "Hinge" })
        }
    }

    /// Whatever a file says, an ownership map lets out what it names, and a sandbox that refuses unknown names sees the bodies.
    @Test(arguments: 0..<30 as Range<UInt64>)
    func `no field outside the ownership map is in any body that leaves`(_ seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let all: [ProductField] = ProductField.plain + [.attribute("colour"), .attribute("supplier_reference"), .attribute("brand")]
        let owned = all.shuffled(using: &random).prefix(Int.random(in: 1...4, using: &random))
        var rules = Self.rules
        rules.owned = Array(owned)
        rules.newProducts = Bool.random(using: &random) ? .createDisabled : .reject
        let recorder = BodyRecorder()
        let applier = ProductApplier(client: MagentoClient(transport: recorder), rules: rules, timeline: ManualTimeline().timeline)
        var changes: [Change] = []
        for _ in 0..<20 {
            var fields = ProductFields()
            if Bool.random(using: &random) { fields.name = "N\"\(seed)" }
            if Bool.random(using: &random) { fields.weight = 2 }
            if Bool.random(using: &random) { fields.status = .enabled }
            for code in [
                "colour", "supplier_reference", "unit_of_sale", "brand", "tax_class_id", "price", "special_price", "cost", "x\",\"price\":\"1",
            ]
            where Bool.random(using: &random) { fields.attributes[code] = "1\",\"price\":1" }
            changes.append(change(Bool.random(using: &random) ? "KNOWN" : "NEW", fields))
        }

        _ = await applier.apply(changes)

        var allowed: Set<String> = ["sku"]
        for field in owned { allowed.insert(rules.attribute(of: field).map { "attribute.\($0)" } ?? field.name) }
        let creation: Set<String> = ["attribute_set_id", "type_id", "price", "status"]
        let bodies = await recorder.bodies
        for body in bodies {
            let product = try #require(try JSONReader.read(body)["product"])
            let isNew = product["sku"]?.text == "NEW"
            let keys = Self.keys(product)
            #expect(keys.subtracting(isNew ? creation : []).isSubset(of: allowed), "seed \(seed)")
            if isNew { #expect(product["status"]?.whole == 2 && product["price"]?.whole == 0) }
        }
    }

    /// The members of a product, its attributes by their codes.
    private static func keys(_ product: JSON) -> Set<String> {
        guard case .object(let members) = product else { return [] }
        let codes = (product["custom_attributes"]?.elements ?? []).compactMap { $0["attribute_code"]?.text.map { "attribute.\($0)" } }
        return Set(members.names).subtracting(["custom_attributes"]).union(codes)
    }
}

/// A shop that has one product, takes everything and remembers the bodies.
actor BodyRecorder: ShopTransport {
    private(set) var bodies: [[UInt8]] = []

    func send(_ call: ShopCall) async -> Answer {
        if let body = call.body { bodies.append(body) }
        guard call.method == .get else { return .done(.init(json: .object([:]))) }
        let entry: JSON = .object(["id": .number("1"), "sku": .string("KNOWN"), "type_id": .string("simple")])
        return .done(.init(json: .object(["items": .array([entry]), "total_count": .number("1")])))
    }
}
