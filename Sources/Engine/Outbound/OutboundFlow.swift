package import Domain
package import Formats

/// A configured route from the shop into an ERP's folder.
package struct OutboundFlow: Sendable {
    package var name: String
    package var push: Push
    package var profile: OutputProfile
    package var source: any DocumentSource
    package var maker: any DocumentMaker
    /// Where the ERP's numbers are entered in the shop; `nil`: nowhere.
    package var numbers: (any NumberBook)?
    /// The entity by whose events the ERP itself calls documents off; their keys are the documents' numbers. `nil`: none does.
    package var callingOff: String?
    /// The flow that tells the ERP what is cancelled of this one's documents; `nil`: a person does.
    package var cancellations: String?
    package var window: SweepWindow
    /// The ERP's time zone, for dates in files and names.
    package var timeZone: String
    package var approval: Flow.Approval

    package init(
        name: String, push: Push, profile: OutputProfile, source: any DocumentSource, maker: any DocumentMaker,
        numbers: (any NumberBook)? = nil, callingOff: String? = nil, cancellations: String? = nil, window: SweepWindow = SweepWindow(),
        timeZone: String,
        approval: Flow.Approval = .automatic
    ) {
        self.name = name
        self.push = push
        self.profile = profile
        self.source = source
        self.maker = maker
        self.numbers = numbers
        self.callingOff = callingOff
        self.cancellations = cancellations
        self.window = window
        self.timeZone = timeZone
        self.approval = approval
    }
}

/// How far back each sweep looks. A document may become visible after its time says, and the shop's clock may be set.
package struct SweepWindow: Hashable, Sendable {
    /// Before the end of the last sweep.
    package var overlap: Duration
    /// Once a day, a much longer look back: whatever the clocks did, nothing stays unseen for longer than that.
    package var deep: Duration

    package init(overlap: Duration = .seconds(600), deep: Duration = .seconds(14 * 86_400)) {
        self.overlap = overlap
        self.deep = deep
    }
}
