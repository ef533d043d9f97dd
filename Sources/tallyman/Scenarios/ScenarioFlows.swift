/// Flows as an operator would write them, for scenarios.
enum ScenarioFlows {
    static func stock(_ options: String = "", gates: String = "{to_zero: 100%}") -> String {
        """
          stock:
            pull: {endpoint: erp, folder: stock, files: "*.csv", settle: 0s, then: {move: archive}}
            profile: generic/stock
            stock: {warehouses: {LDS: main, NCL: north}\(options.isEmpty ? "" : ", \(options)")}
            gates: \(gates)
        """
    }

    static func orders(batch: Int = 100) -> String {
        """
          orders:
            push: {endpoint: erp, folder: in, name: "ORD_{batch}.csv", batch: \(batch), acknowledge: {file: "acks/{name}.ack", within: 30m}}
            profile: generic/orders
            select: {states: {checkmo: new, purchaseorder: new, "*": processing}}
            orders: {shipping: {"*": STD}, payment: {purchaseorder: 30DAYS, "*": CARD}}
        """
    }

    static let orderCancellations = """
          called_off:
            push: {endpoint: erp, folder: off, name: "CAN_{batch}.csv", acknowledge: {file: "acks/{name}.ack", within: 30m}}
            profile: generic/order-cancellations
            order_cancellations: {orders: orders}
        """

    static let despatches = """
          despatches:
            pull: {endpoint: erp, folder: despatch, files: "*.csv", settle: 0s, then: {move: archive}}
            profile: sage50/despatches
            despatches: {warehouses: {LDS: main, NCL: north}, carriers: {DPD: dpd}}
        """

    static let credits = """
          credits:
            pull: {endpoint: erp, folder: credit, files: "*.csv", settle: 0s, then: {move: archive}}
            profile: sage50/credit-notes
            credits: {}
        """

    static let cancellations = """
          cancellations:
            pull: {endpoint: erp, folder: cancel, files: "*.csv", settle: 0s, then: {move: archive}}
            profile: generic/cancellations
            cancellations: {}
        """

    static let tradePrices = """
          trade:
            pull: {endpoint: erp, folder: prices, files: "*.csv", settle: 0s, then: {move: archive}}
            profile: sage50/price-list
            tier_prices: {groups: {TRADE: "Scenario trade"}, limits: {jump: off, below_cost: allow, magnitude: allow}}
            gates: {rejected: off, unknown: off}
        """

    static let accounts = """
          accounts:
            pull: {endpoint: erp, folder: customers, files: "*.csv", settle: 0s, then: {move: archive}}
            profile: sage50/customers
            accounts:
              new: create
              owns: [group, credit_limit]
              attributes: {account: erp_account, credit_limit: erp_credit}
              groups: {TRADE: "Scenario trade"}
              limits: {trade_group: allow}
            gates: {rejected: off, unknown: off}
        """

    static let stockHeader = "sku,description,warehouse,on_hand,allocated,on_order,unit_price,updated"
    static let despatchHeader = "GDN Number,Customer Order No,Product Code,Qty Despatched,Location,Courier,Consignment Number"
    static let creditHeader = "Credit No,Date,Customer Order No,Stock Code,Qty,Carriage Net,Restock,Reason"

    /// One line of a stock file.
    static func level(_ sku: String, _ onHand: Int, allocated: Int = 0, at warehouse: String = "LDS") -> String {
        "\(sku),thing,\(warehouse),\(onHand),\(allocated),0,1.00,"
    }
}
