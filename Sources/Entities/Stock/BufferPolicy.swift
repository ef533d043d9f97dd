package import Domain

/// Which buffer and how many decimals a product gets: its own rule, else its class's, else the flow's.
package struct BufferPolicy: Sendable {
    package struct Rule: Hashable, Sendable {
        package var buffer: SafetyBuffer
        /// Decimals that Magento takes for the product: 0 unless it is sold by length or weight.
        package var decimals: Int

        package init(buffer: SafetyBuffer, decimals: Int = 0) {
            self.buffer = buffer
            self.decimals = decimals
        }
    }

    package var standard: Rule
    package var bySKU: [RecordKey: Rule]
    package var byClass: [RecordKey: Rule]

    package init(standard: Rule, bySKU: [RecordKey: Rule] = [:], byClass: [RecordKey: Rule] = [:]) {
        self.standard = standard
        self.bySKU = bySKU
        self.byClass = byClass
    }

    /// Every product has the standard rule.
    var isUniform: Bool { bySKU.isEmpty && byClass.isEmpty }

    func rule(sku: ArraySlice<UInt8>, productClass: ArraySlice<UInt8>) -> Rule {
        if !bySKU.isEmpty, let rule = bySKU[RecordKey(sku)] { return rule }
        if !byClass.isEmpty, !productClass.isEmpty, let rule = byClass[RecordKey(productClass)] { return rule }
        return standard
    }
}
