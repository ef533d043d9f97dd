extension CallTimes {
    /// Times of a live Magento 2.4.7-p3 with two cores, 5,955 products and 12,000 source rows, in production mode (throughput-2; where
    /// another source is named, that one). Seconds are medians of wall time.
    package static let recorded = CallTimes(reads + writes + actions, other: Rule("", "", alone: Curve([(1, floor)]), gain: reading))

    /// The shortest answer of all: 36 ms in most of exist-*, whatever was asked.
    private static let floor = 0.036

    /// base-prices-information 8 x 500: 0.85 s one at a time (0.10 to 0.11 a call), 0.40 with 2, 0.44 with 4 in flight.
    private static let reading = Gain([(1, 1), (2, 2.0), (4, 1.85), (8, 1.8)])

    private static let reads = [
        // 100: 0.38, 300: 1.01, whatever the fields; one: 44 ms (dump-04). 8 x 100: 3.04 alone, 1.48 with 2, 1.67 with 4.
        Rule("GET", "products", alone: Curve([(0, floor), (1, 0.044), (100, 0.38), (300, 1.01)]), gain: Gain([(1, 1), (2, 2.0), (4, 1.82)])),
        // 100: 0.04, 300: 0.06, 500: 0.10, and the knee of the SKU cache at exactly 1,000.
        Rule("POST", "products/base-prices-information", alone: information, gain: reading),
        Rule("POST", "products/cost-information", alone: information, gain: reading),
        // Not measured; taken for the same work.
        Rule("POST", "products/special-price-information", alone: information, gain: reading),
        Rule("POST", "products/tier-prices-information", alone: information, gain: reading),
        // Pages of 100, 1,000 and 5,000.
        Rule("GET", "inventory/source-items", alone: Curve([(0, floor), (100, 0.04), (1000, 0.06), (5000, 0.14)]), gain: reading),
        // 5,955 rows: 0.12.
        Rule("GET", "inventory/dump-stock-index-data/website/*", alone: Curve([(0, 0.034), (5955, 0.12)]), gain: reading),
        Rule(
            "GET", "inventory/export-stock-salable-qty/website/*",
            alone: Curve([(0, floor), (1, 0.047), (100, 0.45), (500, 1.84), (1000, 4.22)]), gain: reading),
        // Three SKUs 41 ms, five 61 (dump-06, dump-06c); ten about 0.1: 595 calls made 57 s of a reconciliation.
        Rule("GET", "inventory/are-products-salable", alone: Curve([(1, floor), (3, 0.041), (5, 0.061), (10, 0.1)]), gain: reading),
        // Full orders: 10: 0.13, 50: 0.46, 100: 0.82.
        Rule("GET", "orders", alone: Curve([(0, floor), (10, 0.13), (50, 0.46), (100, 0.82)]), gain: reading),
    ]

    private static let information = Curve([
        (0, 0.03), (100, 0.04), (300, 0.06), (500, 0.10), (1000, 0.26), (1001, 0.77), (1050, 1.83), (1100, 3.62), (1250, 7.63), (1500, 9.10),
        (2000, 25.26),
    ])

    private static let writes = [
        // 16 x 250: 4.89, 8 x 500: 5.34, 4 x 1,000: 4.78 one at a time; one row 0.08 and 5,000 rows 21.81 (throughput of the first set).
        // In flight: 5.3 s become 2.1 with two (2.06 by 1,000 to 2.49 by 500), 2.4 with four (2.2 to 3.0), 3.65 with eight.
        Rule(
            "POST", "inventory/source-items", alone: Curve([(1, 0.08), (250, 0.306), (500, 0.667), (1000, 1.195), (5000, 21.81)]),
            gain: Gain([(1, 1), (2, 2.5), (4, 2.2), (8, 1.46)])),
        // 8 x 500: 0.85, 0.43 with 2, 0.42 with 4; single calls of 500 and more; one line 82 ms (price-01).
        Rule("POST", "products/base-prices", alone: prices, gain: pricing),
        // One line 85 ms (special-01); more was not measured and is taken for the same work.
        Rule("POST", "products/special-price", alone: prices, gain: pricing),
        Rule("POST", "products/cost", alone: prices, gain: pricing),
        // 5 x 100: 5.17, 3.51 with 2, 3.36 with 4; 500 and 1,000 from the first set.
        Rule(
            "POST", "products/tier-prices", alone: Curve([(1, 0.045), (100, 1.03), (500, 4.38), (1000, 9.08)]),
            gain: Gain([(1, 1), (2, 1.65), (4, 1.75)])),
    ]

    private static let prices = Curve([(1, 0.082), (500, 0.106), (1000, 0.17), (1100, 0.77), (1500, 1.00), (2000, 1.27), (4000, 2.38)])
    private static let pricing = Gain([(1, 1), (2, 1.98), (4, 2.02)])

    private static let actions = [
        // 8 orders: 0.72, 0.58 with 2, 0.36 with 4 (of which some were refused by deadlocks).
        Rule("POST", "order/*/ship", alone: Curve([(1, 0.09)]), gain: Gain([(1, 1), (2, 1.24), (4, 2.0)])),
        // 16 orders each, with 1, 2 and 4 in flight: 1.42, 0.76, 0.87; 1.62, 1.01, 1.14; 1.31, 0.94, 1.27.
        Rule("POST", "order/*/invoice", alone: Curve([(1, 0.089)]), gain: Gain([(1, 1), (2, 1.87), (4, 1.63)])),
        Rule("POST", "order/*/refund", alone: Curve([(1, 0.101)]), gain: Gain([(1, 1), (2, 1.6), (4, 1.42)])),
        Rule("POST", "orders/*/cancel", alone: Curve([(1, 0.082)]), gain: Gain([(1, 1), (2, 1.39), (4, 1.03)])),
    ]
}
