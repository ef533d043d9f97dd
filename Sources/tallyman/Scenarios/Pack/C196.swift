extension Scenario {
    static let c196 = Scenario(
        "C196", "Over the credit limit the checkout blocks or warns as designed.",
        notHere: "The checkout is the shop's own, and the sandbox has none that knows limits. C195 shows that the limit gets there; try the checkout in the shop.")
}
