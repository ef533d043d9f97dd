/// How long answers take, and what calls would take.
extension ControlRoute {
    /// `{"times": "recorded"}`, or `none`.
    static func setTimes(_ request: ShopRequest, _ shop: SandboxShop) -> ShopAnswer {
        guard let times = (try? JSONParser.parse(request.body))?["times"]?.text.flatMap(AnswerTimes.init) else {
            return ShopAnswer(
                status: 400, json: ["message": .string("times is one of " + AnswerTimes.allCases.map(\.rawValue).joined(separator: ", "))])
        }
        shop.setTimes(times.times)
        return ShopAnswer(status: 200, json: .string(times.rawValue))
    }

    /// `{"calls": [{"method": "POST", "path": "inventory/source-items", "rows": 1000}, …], "in_flight": 2}`: the seconds that the recorded
    /// shop needs for them with so many at one time, without making them.
    static func reckon(_ request: ShopRequest) -> ShopAnswer {
        guard let body = try? JSONParser.parse(request.body), let calls = body["calls"]?.elements else {
            return ShopAnswer(status: 400, json: ["message": "calls is a list of method, path and rows."])
        }
        let wanted = calls.map { call in
            let rule = CallTimes.recorded.rule(call["method"]?.text ?? "", "V1/\(call["path"]?.text ?? "")")
            return (seconds: rule.alone.seconds(rows: call["rows"]?.whole ?? 1), gain: rule.gain)
        }
        let seconds = ShopMachine.seconds(wanted, inFlight: max(1, body["in_flight"]?.whole ?? 1))
        return ShopAnswer(status: 200, json: .number(String(Double(Int(seconds * 1000 + 0.5)) / 1000)))
    }
}
