/// What a new password must be: long, and none that everybody tries first. No rules of composition, no end of its days.
enum PasswordRules {
    static let length = 12...128

    /// What is wrong with it, for the person who chose it; `nil` where nothing is.
    static func problem(_ password: String, name: String, shops: [String]) -> String? {
        guard password.count >= length.lowerBound else { return "Use at least \(length.lowerBound) characters. Three or four words are good." }
        guard password.count <= length.upperBound else { return "Use at most \(length.upperBound) characters." }
        let folded = String(password.lowercased().filter { $0.isLetter || $0.isNumber })
        if Set(folded).count < 5 { return "Use more than a few different characters." }
        for word in [name] + shops + ["tallyman"] where word.count >= 3 {
            let rest = folded.replacing(word.lowercased(), with: "")
            if rest.count < 8, rest != folded { return "Leave names and the shop's word out: they are tried first." }
        }
        if common.contains(where: { folded == $0 || folded == $0 + $0 }) || isRun(folded) {
            return "This is one of the passwords that are tried first. Three or four words that do not belong together are good."
        }
        return nil
    }

    /// `123456789012`, `abcdefghijkl`, and the same backwards.
    private static func isRun(_ text: String) -> Bool {
        let values = text.unicodeScalars.map { Int($0.value) }
        guard values.count > 1 else { return true }
        let steps = zip(values.dropFirst(), values).map { $0 - $1 }
        return steps.count(where: { abs($0) <= 1 }) * 10 >= steps.count * 8
    }

    /// Of the lists of leaked passwords, those that are long enough to be chosen here.
    private static let common = [
        "passwordpassword", "password", "password1234", "passw0rd1234", "qwertyuiop", "qwertyuiopas", "qwerty123456", "qwertyuiop123",
        "qwertyuiopasdfghjkl", "1q2w3e4r5t6y", "q1w2e3r4t5y6", "1qaz2wsx3edc", "zaq12wsxcde3", "letmeinplease", "letmeinletmein", "iloveyou1234",
        "iloveyouforever", "welcome12345", "welcometothejungle", "administrator", "administrator1", "changemeplease", "changemenow123",
        "correcthorsebatterystaple", "trustno1trustno1", "sunshine1234", "princess1234", "football1234", "liverpool1234", "manchester123",
        "manchesterunited", "arsenal12345", "chelsea12345", "summer202512", "winter202512", "abcd12345678", "asdfghjkl123", "asdfghjklzxcvbnm",
        "zxcvbnmasdfghjkl", "monkeymonkey", "dragondragon", "masterofpuppets", "internet1234", "computer1234", "superman1234", "startrek1234",
        "thisisapassword", "mysecretpassword", "secretpassword", "nopasswordhere", "operations123", "warehouse1234",
    ]
}
