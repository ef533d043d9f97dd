extension Scenario {
    static let c195 = Scenario(
        "C195", "A new trade account in the ERP appears in the shop.",
        notHere: "There is no flow of accounts in this version, so there is nothing to play.")
}
