/// `1 row`, `2 rows`: numbers with their noun, for sentences.
enum Counted {
    static func of(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
