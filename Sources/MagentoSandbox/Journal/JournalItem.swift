/// One thing that a call changed: `WID-45-BLK@main` became `50/1`.
package struct JournalItem: Hashable, Sendable {
    package var key: String
    package var value: String

    package init(key: String, value: String) {
        self.key = key
        self.value = value
    }
}
