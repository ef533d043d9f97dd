import Domain
import Testing

struct PlacementTests {
    private static let contents: [PlacedContent] = [.absent, .same, .different]

    @Test(arguments: PlacementStage.allCases)
    func `F14 somebody else's file under our name always stops everything`(stage: PlacementStage) {
        for temporary in Self.contents {
            #expect(stage.next(temporary: temporary, final: .different) == .conflict)
        }
    }

    @Test(arguments: PlacementStage.allCases)
    func `F15 the bytes under the final name are never sent again`(stage: PlacementStage) {
        #expect(stage.next(temporary: .same, final: .same) == .settle(removingTemporary: true))
        #expect(stage.next(temporary: .different, final: .same) == .settle(removingTemporary: true))
        #expect(stage.next(temporary: .absent, final: .same) == .settle(removingTemporary: false))
    }

    @Test func `F13 both names gone means taken only once the rename may have been asked for`() {
        #expect(PlacementStage.packed.next(temporary: .absent, final: .absent) == .put)
        #expect(PlacementStage.sending.next(temporary: .absent, final: .absent) == .put)
        #expect(PlacementStage.renaming.next(temporary: .absent, final: .absent) == .settle(removingTemporary: false))
    }

    @Test func `F12 what is left of a broken upload is removed, and a whole one is renamed`() {
        #expect(PlacementStage.sending.next(temporary: .different, final: .absent) == .removeTemporary)
        #expect(PlacementStage.sending.next(temporary: .same, final: .absent) == .rename)
        #expect(PlacementStage.renaming.next(temporary: .same, final: .absent) == .rename)
    }
}
