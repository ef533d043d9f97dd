import Domain
import Testing

@testable import Entities

struct AccountInterpreterTests {
    private static let known: [AccountField: String] = [
        .email: "a@a.example", .group: "General", .terms: "30 days", .creditLimit: "1000", .stop: "0",
    ]

    @Test func `V3 a blank says nothing, and only its owner's word clears a value`() {
        let test = AccountCase()

        let kept = test.decide(
            [["account": .text("A1"), "terms": .blank, "credit_limit": .blank, "price_group": .blank, "on_stop": .blank]], known: ["A1": Self.known])
        let cleared = test.decide([["account": .text("A1"), "terms": .cleared, "credit_limit": .cleared]], known: ["A1": Self.known])
        let group = test.decide([["account": .text("A1"), "price_group": .cleared]], known: ["A1": Self.known])

        #expect(kept["A1"]?.isUnchanged == true)
        #expect(cleared["A1"]?.value?[.terms] == "" && cleared["A1"]?.value?[.creditLimit] == "" && cleared["A1"]?.value?[.group] == "General")
        #expect(group["A1"]?.code == "ACCOUNT-VALUE", "nobody is without a group")
    }

    @Test func `what the ERP does not own is not taken from its file`() {
        let verdict = AccountCase().decide(
            [["account": .text("A1"), "name": .text("New"), "email": .text("new@a.example"), "tax_number": .text("GB1"), "telephone": .text("1")]],
            known: ["A1": Self.known])["A1"]

        #expect(verdict?.isUnchanged == true)
    }

    @Test func `C199 an account on stop goes into the stop group, and comes back only into a group that the file names`() {
        let test = AccountCase { $0.stopGroup = "Stopped" }
        var stopped = Self.known
        stopped[.group] = "Stopped"
        stopped[.stop] = "1"

        let stop = test.decide([["account": .text("A1"), "price_group": .text("TRADE"), "on_stop": .flag(true)]], known: ["A1": Self.known])["A1"]
        let back = test.decide([["account": .text("A1"), "price_group": .text("TRADE"), "on_stop": .flag(false)]], known: ["A1": stopped])["A1"]
        let nameless = test.decide([["account": .text("A1"), "on_stop": .flag(false)]], known: ["A1": stopped])["A1"]

        #expect(stop?.value?[.group] == "Stopped" && stop?.markNames == ["stopped"])
        #expect(back?.value?[.group] == "Trade A" && back?.markNames == ["trade_group"])
        #expect(nameless?.code == "ACCOUNT-RELEASE")
    }

    @Test func `C193 branches keep their own customer, or are left out and share an address`() {
        let rows: [AccountCase.Row] = [
            ["account": .text("P"), "email": .text("p@p.example")], ["account": .text("P-1"), "email": .text("P@P.example"), "parent": .text("P")],
            ["account": .text("Q"), "email": .text("q@q.example"), "parent": .text("GONE")],
        ]

        let own = AccountCase { $0.checks.parent = .reject }.decide(rows)
        let left = AccountCase { $0.children = .leave }.decide(rows)
        var delta = AccountCase { $0.checks.parent = .reject }
        delta.mode = .delta
        let changes = delta.decide(rows)

        #expect(own["P"]?.code == "ACCOUNT-EMAIL-SHARED" && own["P-1"]?.code == "ACCOUNT-EMAIL-SHARED" && own["Q"]?.code == "ACCOUNT-PARENT")
        #expect(left["P"]?.value != nil && left["P-1"]?.isUnchanged == true && left["Q"]?.isUnchanged == true)
        #expect(changes["Q"]?.value != nil, "a list of changes need not have the parent")
    }

    @Test func `C194 what is only warned of is counted and left out of the value`() {
        let test = AccountCase {
            $0.checks.email = .leave
            $0.owned = Set(AccountField.address).union([.group])
        }
        let row: AccountCase.Row = [
            "account": .text("A1"), "price_group": .text("RETAIL"), "email": .text("two@a.example, b@b.example"), "postcode": .text("LEEDS"),
            "street1": .text("1 Road"),
            "city": .text("Leeds"), "parent": .text("NONE"),
        ]

        let verdict = test.decide([row])["A1"]

        #expect(verdict?.markNames.sorted() == ["bad_email", "bad_postcode", "half_address", "unknown_parent"])
        #expect(verdict?.value?[.email] == nil && verdict?.value?[.street] == nil && verdict?.value?[.group] == "General")
    }

    @Test(arguments: [
        ("last", "30"), ("first", "10"), ("reject", "ACCOUNT-TWICE"),
    ])
    func `F45 two rows of an account go by the profile's policy`(_ policy: String, _ wanted: String) {
        let test = AccountCase { $0.duplicates = DuplicatePolicy(rawValue: policy) ?? .reject }
        let rows = ["10", "30"].map { ["account": AccountCase.Cell.text("A1"), "terms": .text($0)] }

        let verdict = test.decide(rows)["A1"]

        #expect((verdict?.value?[.terms] ?? verdict?.code) == wanted)
        #expect(verdict?.superseded.count == (wanted == "ACCOUNT-TWICE" ? 0 : 1))
    }

    @Test(arguments: [
        ("a@b.co", true), ("first.last+tag@sub.example.co.uk", true), ("o'neil@x.example", true), ("a@b", false), ("a b@c.example", false),
        ("a@b.example;c@d.example", false), ("Ann <a@b.example>", false), ("@b.example", false), ("a@@b.example", false), ("a@.example", false),
        ("a.@b.example", false), ("a@b.1", false), ("a@b-.example", false), ("n/a", false), ("", false),
    ])
    func `one e-mail address is told from everything else`(_ text: String, _ isGood: Bool) { #expect(AccountChecks.isEmail(text) == isGood) }

    @Test(arguments: [
        ("LS1 4AP", true), ("ec1a1bb", true), ("M1 1AE", true), ("B33 8TH", true), ("CR2 6XH", true), ("DN55 1PT", true), ("W1A 0AX", true),
        ("GIR 0AA", true),
        ("LS1", false), ("LEEDS", false), ("1LS 4AP", false), ("LS1 AAP", false), ("GB-B27 4KT", false), ("LS123 4AP", false), ("", false),
    ])
    func `a UK postcode has the shape of one`(_ text: String, _ isGood: Bool) { #expect(AccountChecks.isUKPostcode(text) == isGood) }

    @Test func `C202 shares are those of the accounts in step, and a few are never many`() async throws {
        let inspector = AccountInspector(AccountLimits(changed: 30, stopped: 10))
        func changes(_ count: Int, stopped: Int) -> [Change] {
            (0..<count).map { number in
                let after: [AccountField: String] = number < stopped ? [.stop: "1"] : [.terms: "10"]
                return AccountShop.change("K\(number)", after, before: [.terms: "5", .stop: "0"], id: Int64(number))
            }
        }

        #expect(try await inspector.findings(changes(4, stopped: 4), known: 4).isEmpty)
        #expect(try await inspector.findings(changes(30, stopped: 10), known: 100).isEmpty)
        #expect(try await inspector.findings(changes(31, stopped: 11), known: 100).map(\.gate) == ["changed", "stopped"])
    }

    @Test(arguments: [
        ("owns: [], attributes: {account: a}", "owns is missing"), ("owns: [group], attributes: {account: a}", "groups is missing"),
        ("owns: [group], attributes: {terms: t}, groups: {A: X}", "no attribute for the account's code"),
        ("owns: [group], attributes: {account: a}, groups: {A: X}, new_group: X", "by default"),
        ("owns: [group], attributes: {account: a}, groups: {A: NOT LOGGED IN}", "no customer can be in"),
        ("owns: [terms], attributes: {account: a}", "accounts own terms"), ("owns: [on_stop], attributes: {account: a}", "accounts own on_stop"),
        ("owns: [terms], attributes: {account: a, terms: t, colour: c}", "names colour"),
    ])
    func `settings that would do harm are refused`(_ text: String, _ problem: String) throws {
        #expect {
            _ = try AccountSettings(Self.node(text))
        } throws: { error in
            (error as? Diagnostic)?.summary.contains(problem) == true
        }
    }

    /// `a: x, b: [x, y], c: {k: v}`, which is all that these settings need.
    private static func node(_ text: String) -> SettingNode {
        let place = Diagnostic.Location(file: "test")
        func scalar(_ text: some StringProtocol) -> SettingNode { SettingNode(.scalar(String(text)), at: place) }
        var pairs: [(key: String, node: SettingNode)] = []
        for match in text.matches(of: #/(\w+): (\[[^\]]*\]|\{[^}]*\}|[^,]+)/#) {
            let value = match.output.2
            let inner = value.dropFirst().dropLast().split(separator: ", ")
            switch value.first {
            case "[": pairs.append((String(match.output.1), SettingNode(.list(inner.map(scalar)), at: place)))
            case "{":
                let members = inner.compactMap { pair -> (key: String, node: SettingNode)? in
                    let parts = pair.split(separator: ": ", maxSplits: 1)
                    return parts.count == 2 ? (String(parts[0]), scalar(parts[1])) : nil
                }
                pairs.append((String(match.output.1), SettingNode(.map(members), at: place)))
            default: pairs.append((String(match.output.1), scalar(value)))
            }
        }
        return SettingNode(.map(pairs), at: place)
    }
}
