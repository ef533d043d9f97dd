/// What the catalogue says of an alarm. The runbook in docs/operations.md is written from it.
package struct AlarmDefinition: Hashable, Sendable {
    /// What it means, for someone who sees it for the first time.
    package var meaning: String
    /// What the reader does about it, in the imperative.
    package var fix: String
    /// The severities it can have, in words: when amber, when red.
    package var levels: String
    /// While one of these is there, this one is not told: it would be the same trouble twice.
    package var dependsOn: [AlarmCode]
    /// How long it must have lasted before it is told.
    package var visibleAfter: Duration

    init(
        _ meaning: String, _ fix: String, levels: String, dependsOn: [AlarmCode] = [], visibleAfter: Duration = .zero
    ) {
        self.meaning = meaning
        self.fix = fix
        self.levels = levels
        self.dependsOn = dependsOn
        self.visibleAfter = visibleAfter
    }
}
