package import Domain
package import Formats

/// A configured route from an ERP's folder into the shop: what the settings say, ready to run.
package struct Flow: Sendable {
    package var name: String
    package var pull: Pull
    package var profile: Profile
    package var entities: [FlowEntity]
    /// Where neither the file nor the profile says whether it is full or a delta.
    package var mode: FileMode
    /// The ERP's time zone, for local times in names and columns.
    package var timeZone: String
    package var approval: Approval
    /// What a file without a record means.
    package var emptyFile = EmptyFile.error
    /// Changes whenever profile or settings would make other values of the same bytes.
    package var fingerprint: String
    /// How long a call that must not be made twice is waited for where no answer came.
    package var resendAfter: Duration

    /// In what order its files are taken: of snapshots the newest first, of everything else one after the other.
    var order: FileMode {
        entities.contains { $0.definition.feed == .events } ? .delta : profile.declaredMode ?? mode
    }

    /// Longer than a shop works on any request: PHP and the web servers before it give up within minutes.
    package static let usualResendAfter = Duration.seconds(1200)

    /// Whether a plan within its gates applies itself.
    package enum Approval: String, Sendable, CaseIterable { case automatic, always }

    /// Never that everything is at zero.
    package enum EmptyFile: String, Sendable, CaseIterable { case error, nothing }

    package init(
        name: String,
        pull: Pull,
        profile: Profile,
        entities: [FlowEntity],
        mode: FileMode,
        timeZone: String,
        approval: Approval = .automatic,
        fingerprint: String,
        resendAfter: Duration = Flow.usualResendAfter
    ) {
        self.name = name
        self.pull = pull
        self.profile = profile
        self.entities = entities
        self.mode = mode
        self.timeZone = timeZone
        self.approval = approval
        self.fingerprint = fingerprint
        self.resendAfter = resendAfter
    }
}

/// One entity of a flow: what it is, how its changes travel, and what its plans must not exceed.
package struct FlowEntity: Sendable {
    package var definition: any EntityDefinition
    package var applier: any ChangeApplier
    package var gates: Gates
    /// Looks over each plan as a whole; `nil` where the gates are enough.
    package var inspector: (any PlanInspector)?
    /// Looks at the shop while changes go out; `nil` where nobody could see harm.
    package var probe: (any ChangeProbe)?
    /// What plays a part besides the file; `nil` where the file is all.
    package var inputs: (any PlanCircumstances)?
    /// What the shop does to values by itself; `nil` where it does nothing, or `inputs` look at that.
    package var movements: (any ShopMovements)?
    /// Tells whether what the shop holds can be bought; `nil` where nothing is for sale by it.
    package var sale: (any SaleWatch)?

    package init(
        definition: any EntityDefinition, applier: any ChangeApplier, gates: Gates, inspector: (any PlanInspector)? = nil,
        probe: (any ChangeProbe)? = nil, inputs: (any PlanCircumstances)? = nil, movements: (any ShopMovements)? = nil,
        sale: (any SaleWatch)? = nil
    ) {
        self.definition = definition
        self.applier = applier
        self.gates = gates
        self.inspector = inspector
        self.probe = probe
        self.inputs = inputs
        self.movements = movements
        self.sale = sale
    }
}
