import Foundation
import MagentoSandbox
import TestKit
import Testing

/// The sums of UBL orders, by checks of our own that mirror the rules of the standard's users; docs/testing.md lists them.
@Suite(.enabled(if: Python.isPresent, "python3 reads the files"))
struct UBLArithmeticTests {
    /// Prints one line per broken rule, and at the end how many orders and lines were checked. Decimals throughout.
    private static let checker = """
        import sys, glob, xml.etree.ElementTree as tree
        from decimal import Decimal as D, ROUND_HALF_UP
        cac = '{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}'
        cbc = '{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}'
        def find(node, *path):
            for name in path: node = node.find(name) if node is not None else None
            return node
        def text(node, *path):
            found = find(node, *path)
            return None if found is None else found.text
        def amount(node, *path): return D(text(node, *path) or '0')
        def pence(number): return number.quantize(D('0.01'), ROUND_HALF_UP)
        def charges(node, kind):
            return sum((amount(one, cbc + 'Amount') for one in node.findall(cac + 'AllowanceCharge')
                        if text(one, cbc + 'ChargeIndicator') == kind), D(0))
        orders = rows = 0
        for path in sorted(glob.glob(sys.argv[1] + '/*.xml')):
            order = tree.parse(path).getroot()
            orders += 1
            def fault(rule, *what): print(path.rsplit('/', 1)[-1], rule, *what)
            currency = text(order, cbc + 'DocumentCurrencyCode')
            for node in order.iter():
                if 'currencyID' in node.attrib and node.attrib['currencyID'] != currency: fault('currency', node.tag)
                if node.tag.endswith('Amount') and not node.tag.endswith('PriceAmount') and -D(node.text).as_tuple().exponent > 2: fault('decimals', node.tag, node.text)
            total = find(order, cac + 'AnticipatedMonetaryTotal')
            lines = [line.find(cac + 'LineItem') for line in order.findall(cac + 'OrderLine')]
            if len({text(line, cbc + 'ID') for line in lines}) != len(lines): fault('line numbers')
            net = tax = D(0)
            for line in lines:
                rows += 1
                quantity, base = amount(line, cbc + 'Quantity'), amount(line, cac + 'Price', cbc + 'BaseQuantity') or D(1)
                price, sum_ = amount(line, cac + 'Price', cbc + 'PriceAmount'), amount(line, cbc + 'LineExtensionAmount')
                if quantity <= 0 or price < 0: fault('quantity and price', quantity, price)
                told = pence(quantity * price / base) + charges(line, 'true') - charges(line, 'false')
                if told != sum_: fault('line = quantity x price - allowances + charges', told, sum_)
                category = find(line, cac + 'Item', cac + 'ClassifiedTaxCategory')
                rate, kind = amount(category, cbc + 'Percent'), text(category, cbc + 'ID')
                if (kind == 'Z') != (rate == 0) or kind not in ('S', 'Z'): fault('category of the rate', kind, rate)
                own = amount(line, cbc + 'TotalTaxAmount')
                # The shop takes tax of the row, or of each piece and rounds it there; what a discount took of the tax is the row's.
                if abs(own - sum_ * rate / 100) > D('0.01') * max(D(1), quantity): fault('tax = net x rate', own, sum_, rate)
                net += sum_; tax += own
            for one in order.findall(cac + 'AllowanceCharge'):
                category = find(one, cac + 'TaxCategory')
                if category is not None:
                    rate, kind = amount(category, cbc + 'Percent'), text(category, cbc + 'ID')
                    if (kind == 'Z') != (rate == 0): fault('category of the charge', kind, rate)
                    if text(one, cbc + 'AllowanceChargeReason') == 'Carriage': tax += pence(amount(one, cbc + 'Amount') * rate / 100)
            plus, minus = charges(order, 'true'), charges(order, 'false')
            exclusive, inclusive = amount(total, cbc + 'TaxExclusiveAmount'), amount(total, cbc + 'TaxInclusiveAmount')
            taxed = amount(order, cac + 'TaxTotal', cbc + 'TaxAmount')
            if net != amount(total, cbc + 'LineExtensionAmount'): fault('sum of the lines', net)
            if plus != amount(total, cbc + 'ChargeTotalAmount'): fault('sum of the charges', plus)
            if minus != amount(total, cbc + 'AllowanceTotalAmount'): fault('sum of the allowances', minus)
            if exclusive != net + plus - minus: fault('tax exclusive', exclusive)
            if inclusive != exclusive + taxed: fault('tax inclusive', inclusive)
            if amount(total, cbc + 'PayableAmount') != inclusive - amount(total, cbc + 'PrepaidAmount'): fault('payable')
            if tax != taxed: fault('sum of the taxes', tax, taxed)
        print('checked', orders, rows)
        """

    private static func check(_ folder: String) async throws -> [String] {
        try await Python.run(checker, [folder]).split(separator: "\n").map(String.init)
    }

    private static func state(seed: UInt64) throws -> ShopState {
        var random = SeededRandom(seed: seed)
        var state = ShopState.empty
        for number in 0..<15 {
            state.catalogue.add(sku: "P-\(number)")
            state.sourceItems.upsert(sku: "P-\(number)", source: "main", quantity: Quantity(1_000_000), isInStock: true)
        }
        for _ in 0..<200 { try state.place(draft(&random), now: 1_795_224_000) }
        return state
    }

    private static func draft(_ random: inout SeededRandom) -> OrderDraft {
        func money(_ range: ClosedRange<Int>, _ random: inout SeededRandom) -> Money { Money(pence: Int64(Int.random(in: range, using: &random))) }
        let lines = (0..<Int.random(in: 1...5, using: &random)).map { _ -> OrderDraft.Line in
            let sku = "P-\(Int.random(in: 0..<10, using: &random))"
            let discount = Bool.random(using: &random) ? Money([5, 10, 15, 33].randomElement(using: &random) ?? 10) : Money.zero
            let quantity = Quantity(Int64.random(in: 1...7, using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0: return .init(sku, quantity, price: money(1...9999, &random), discountPercent: discount, form: .variant(of: "P-11"))
            case 1:
                let parts = [
                    OrderDraft.Line.Part("P-12", each: Quantity(2), price: money(1...999, &random)), .init("P-13", price: money(1...999, &random)),
                ]
                let isFixed = Bool.random(using: &random)
                return .init(
                    "P-14", quantity, price: isFixed ? money(1...9999, &random) : nil, discountPercent: discount,
                    form: .bundle(parts, .init(shipsSeparately: true, hasFixedPrice: isFixed)))
            default: return .init(sku, quantity, price: money(1...9999, &random), discountPercent: discount)
            }
        }
        var draft = OrderDraft(lines)
        draft.taxPercent = [Money(20), Money(5), Money.zero].randomElement(using: &random) ?? nil
        draft.shippingTaxPercent = [Money(20), nil].randomElement(using: &random) ?? nil
        draft.shippingAmount = money(0...1500, &random)
        return draft
    }

    private static let settings = """
        flows:
          orders:
            push: {endpoint: erp, folder: in, name: "ORDER-{batch}.xml"}
            profile: ubl/orders
            select: {states: {"*": new}}
            orders: {accounts: {"*": WEB}, shipping: {"*": STD}}

        """

    @Test(.timeLimit(.minutes(10)))
    func `200 random orders close by every rule, in goods, carriage, discounts, rates and bundles`() async throws {
        try await Installation.with(try Self.state(seed: 8)) { installation in
            try FileManager.default.createDirectory(atPath: "\(installation.folder)/erp/in", withIntermediateDirectories: true)
            try installation.write("\(installation.settingsHead)\n\(Self.settings)", to: "tallyman.yaml")
            let run = try await installation.tallyman("run", "orders")
            #expect(run.exit == 0 && installation.names(in: "erp/in").count == 200, "\(run.all.suffix(400))")

            let found = try await Self.check("\(installation.folder)/erp/in")

            #expect(found.count == 1 && found.first?.hasPrefix("checked 200 ") == true, "\(found.prefix(20).joined(separator: "\n"))")
        }
    }

    @Test func `the golden orders close by every rule`() async throws {
        let found = try await Self.check(OrderGoldenCase.root.appendingPathComponent("ubl/expected").path)

        #expect(found.count == 1 && found.first?.hasPrefix("checked 3 ") == true, "\(found.joined(separator: "\n"))")
    }

    @Test func `the checks notice a wrong penny, rate, sum and currency`() async throws {
        let folder = TemporaryFolder()
        let file = OrderGoldenCase.root.appendingPathComponent("ubl/expected/ORDER-000001.xml")
        let text = try String(contentsOf: file, encoding: .utf8)
        for (what, with) in [
            ("<cbc:LineExtensionAmount currencyID=\"GBP\">161.10", "<cbc:LineExtensionAmount currencyID=\"GBP\">161.11"),
            ("<cbc:Percent>20", "<cbc:Percent>5"), ("<cbc:ID>S</cbc:ID>", "<cbc:ID>Z</cbc:ID>"),
            ("<cbc:PayableAmount currencyID=\"GBP\">", "<cbc:PayableAmount currencyID=\"GBP\">1"),
            ("<cbc:PriceAmount currencyID=\"GBP\">", "<cbc:PriceAmount currencyID=\"EUR\">"),
        ] {
            #expect(text.contains(what), "\(what)")
            try Data(text.replacing(what, with: with).utf8).write(to: URL(fileURLWithPath: "\(folder.path)/O.xml"))
            #expect(try await Self.check(folder.path).count > 1, "\(what)")
        }
    }
}
