package import Endpoints

/// Where a flow's files come from and what happens to them there.
package struct Pull: Sendable {
    package var endpoint: any Endpoint
    package var folder: String
    package var selection: FileSelection
    package var settle: SettlePolicy
    package var after: AfterReading
    /// The largest file that is taken, in bytes.
    package var maximumSize: Int64

    package init(
        endpoint: any Endpoint, folder: String, selection: FileSelection, settle: SettlePolicy, after: AfterReading,
        maximumSize: Int64 = Spool.standardCap
    ) {
        self.endpoint = endpoint
        self.folder = folder
        self.selection = selection
        self.settle = settle
        self.after = after
        self.maximumSize = maximumSize
    }
}
