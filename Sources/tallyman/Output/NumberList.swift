/// Numbers as people list them: `3, 5 to 9, 12`.
enum NumberList {
    static func text(_ numbers: [Int64]) -> String {
        var ranges: [(first: Int64, last: Int64)] = []
        for number in numbers {
            if let last = ranges.last?.last, number == last + 1 { ranges[ranges.count - 1].last = number } else { ranges.append((number, number)) }
        }
        let shown = ranges.prefix(6).map {
            $0.first == $0.last ? "\($0.first)" : $0.last == $0.first + 1 ? "\($0.first), \($0.last)" : "\($0.first) to \($0.last)"
        }
        return shown.joined(separator: ", ") + (ranges.count > 6 ? ", …" : "")
    }
}
