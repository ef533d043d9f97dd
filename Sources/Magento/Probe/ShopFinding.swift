/// The outcome of one check of the shop, for the doctor.
package struct ShopFinding: Hashable, Sendable {
    package enum Check: String, Sendable, CaseIterable {
        case reachable, version, clock, address, currency, zone, modules, sources, channels, permissions, limits, prices
    }

    package enum Verdict: String, Sendable { case good, warning, failed, skipped }

    package var check: Check
    package var verdict: Verdict
    /// What was found: `Magento/2.4 (Community)`.
    package var text: String
    /// What to do about it; empty for a good one.
    package var fix: String

    package init(_ check: Check, _ verdict: Verdict, _ text: String, fix: String = "") {
        self.check = check
        self.verdict = verdict
        self.text = text
        self.fix = fix
    }
}
