package import Domain

/// What of an account ends on a day that the settings name.
extension SFTPSettings {
    package enum Ending: String, Sendable, CaseIterable {
        case legacyAlgorithms = "the weak algorithms"
        case credential = "the credential"

        /// The setting that names its last day.
        package var setting: String { self == .legacyAlgorithms ? "legacy_until" : "credential_until" }
    }

    /// Notice is given this many days before.
    package static let noticeDays = 30

    /// Whole days that are left after `now`, 0 on the last one and less after it; `nil` where no day is named. Days are those of UTC.
    package func daysLeft(of ending: Ending, at now: UTCInstant) -> Int? {
        let last = ending == .legacyAlgorithms ? legacyUntil : credentialUntil
        return last.map { $0.daysSinceEpoch - Self.day(of: now) }
    }

    /// What is said of an end that is near or past; `nil` while nothing is to be said.
    package func notice(of ending: Ending, at now: UTCInstant) -> (text: String, fix: String)? {
        guard let days = daysLeft(of: ending, at: now), days <= Self.noticeDays else { return nil }
        let last = CivilDate(daysSinceEpoch: Self.day(of: now) + days)
        let text =
            switch days {
            case ..<0: "\(ending.rawValue) ended with \(last)"
            case 0: "\(ending.rawValue) ends today"
            default: "\(ending.rawValue) ends in \(days) day\(days == 1 ? "" : "s"), with \(last)"
            }
        let fix =
            switch ending {
            case .legacyAlgorithms:
                "ask the server's owner for an Ed25519 or ECDSA key, aes128-ctr and hmac-sha2-256; only if that cannot be had, decide anew and write a later legacy_until"
            case .credential: "get a new one from the server's owner, put it in its place, and write its last day as credential_until"
            }
        return (text, fix)
    }

    /// These settings as they hold at `now`: without weak algorithms whose last day is past.
    func holding(at now: UTCInstant) -> SFTPSettings {
        guard let days = daysLeft(of: .legacyAlgorithms, at: now), days < 0 else { return self }
        var settings = self
        settings.algorithms = .current
        return settings
    }

    private static func day(of now: UTCInstant) -> Int { Int((now.milliseconds / 86_400_000)) }
}
