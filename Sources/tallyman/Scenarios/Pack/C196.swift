extension Scenario {
    static let c196 = Scenario(
        "C196", "Over the credit limit the checkout blocks or warns as designed.",
        notHere: "There is no flow of accounts and limits in this version, and the checkout is the shop's own: try it there.")
}
