import Domain
import Testing

@testable import StateStore

struct ChangeDraftsTests {
    private let drafts = [
        ChangeDraft(
            key: RecordKey("A"), keyHash: 7, before: nil, after: [1, 2], evidence: "main: 1 → 2",
            origins: [RecordOrigin(number: 1, line: 2, offset: 30, length: 4), RecordOrigin(number: 5, line: 900, offset: 12345, length: 80)],
            reach: .shop),
        ChangeDraft(key: RecordKey(""), keyHash: -1, before: [], after: [], evidence: "", origins: [], reach: .memory),
        ChangeDraft(
            key: RecordKey("ÄÖ"), keyHash: .max, before: [9], after: [0], evidence: "ü",
            origins: [RecordOrigin(number: 3, line: 3, offset: 3, length: 3)], reach: .shop, due: UTCInstant(seconds: 4)),
    ]

    @Test func `each change comes out as it went in, and from one stretch into another`() throws {
        let packed = ChangeDrafts(drafts)
        var moved = ChangeDrafts()
        for index in [2, 0, 1] { moved.append(index, of: packed) }

        for (index, draft) in drafts.enumerated() {
            for same in [try packed[index], try moved[[1, 2, 0][index]]] {
                #expect(same.key == draft.key)
                #expect(same.keyHash == draft.keyHash)
                #expect(same.before == draft.before)
                #expect(same.after == draft.after)
                #expect(same.evidence == draft.evidence)
                #expect(same.origins == draft.origins)
                #expect(same.reach == draft.reach)
                #expect(same.due == draft.due)
            }
            #expect(packed.records(index) == draft.origins.count)
            #expect(packed.key(index) == draft.key)
        }
    }

    @Test func `what is revised to nothing leaves nothing behind`() throws {
        var packed = ChangeDrafts(drafts)
        let origin = RecordOrigin(number: 8, line: 9, offset: 10, length: 11)
        let key: [UInt8] = [65]
        let before: [UInt8] = [66, 67]
        let revise = { (packed: inout ChangeDrafts, revision: Revision?) in
            key.withUnsafeBytes { key in
                before.withUnsafeBytes { before in
                    packed.append(key: key, keyHash: 3, before: before, origin: origin) { text in
                        text += [1, 2, 3]
                        text += "because".utf8
                        return revision
                    }
                }
            }
        }

        #expect(revise(&packed, nil) == nil)
        #expect(packed.count == 3)
        let revision = Revision(reach: .memory, valueCount: 3, wasAvailable: true, isAvailable: false)
        #expect(revise(&packed, revision) != nil)

        let draft = try packed[3]
        #expect(draft.key == RecordKey("A"))
        #expect(draft.before == [66, 67])
        #expect(draft.after == [1, 2, 3])
        #expect(draft.evidence == "because")
        #expect(draft.origins == [origin])
        #expect(draft.reach == .memory)
    }
}
