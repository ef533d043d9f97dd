/// The steps by which one file comes to stand in another's inbox exactly once (reliability D3 to D5), as a pure machine.
///
/// The stage is written down *before* its effect is begun, so that after a crash the stage and one look at the folder tell what to
/// do. Only one case cannot be told by looking: both names gone. Before `renaming` was written down nothing had a final name, so
/// nothing can have been taken; after it the temporary file was complete, and only a rename can have removed it.
package enum PlacementStage: String, Sendable, CaseIterable {
    /// Name and bytes are fixed; nothing was sent.
    case packed
    /// Bytes may have been sent under the temporary name.
    case sending
    /// The temporary file was complete; the rename may have been asked for.
    case renaming
    /// The file has been seen under its final name; what is left under the temporary one goes, the done file may have been written.
    case announcing
    /// Everything is there, or was there and has been taken.
    case placed
}

/// What a look at one name finds.
package enum PlacedContent: Hashable, Sendable {
    case absent
    /// The very bytes.
    case same
    /// Some of the bytes, or others.
    case different
}

/// What is to be done next.
package enum PlacementStep: Hashable, Sendable {
    case removeTemporary
    case put
    /// Write down that the rename is about to be asked for, then ask.
    case rename
    /// The final name holds the bytes; a temporary name left beside it goes.
    case settle(removingTemporary: Bool)
    /// Somebody's other file stands under our name: stop, tell, touch nothing (F14).
    case conflict
}

extension PlacementStage {
    /// The next step from here, after a look at both names. Not asked from `announcing` on.
    package func next(temporary: PlacedContent, final: PlacedContent) -> PlacementStep {
        switch (final, temporary) {
        case (.different, _): return .conflict
        // The link is there and the unlink is not yet (F15), or bytes of an earlier life of the ledger.
        case (.same, .same), (.same, .different): return .settle(removingTemporary: true)
        case (.same, .absent): return .settle(removingTemporary: false)
        case (.absent, .same): return .rename
        case (.absent, .different): return .removeTemporary
        case (.absent, .absent):
            switch self {
            case .packed, .sending: return .put
            case .renaming, .announcing, .placed: return .settle(removingTemporary: false)
            }
        }
    }
}
