import Domain
import Testing

@Suite struct PlanMarkTests {
    @Test func `the worst of what is marked come first, those that are alike in the order of the file`() {
        var counted = MarkCount()
        for (example, weight) in [("a", 2), ("b", 9), ("c", 2), ("d", 5), ("e", .max)] { counted.add(PlanMark("jump", example, weight: weight)) }
        counted.sort()
        #expect(counted.examples == ["e", "b", "d", "a", "c"])
        #expect(counted == MarkCount(count: 5, examples: ["e", "b", "d", "a", "c"]))
    }

    @Test func `of more than are kept the worst are kept, wherever they stand in the file`() {
        var counted = MarkCount()
        let many = MarkCount.keptExamples * 3
        for number in 0..<many { counted.add(PlanMark("jump", "\(number)", weight: (number * 7919) % many)) }
        counted.sort()
        let expected = (0..<many).sorted { ($0 * 7919) % many > ($1 * 7919) % many }.prefix(MarkCount.keptExamples).map(String.init)
        #expect(counted.count == many)
        #expect(counted.examples == Array(expected))
    }

    @Test func `marks without a weight are the first of the file`() {
        var counted = MarkCount()
        for number in 0..<MarkCount.keptExamples + 5 { counted.add(PlanMark("up", "\(number)")) }
        counted.sort()
        #expect(counted.examples == (0..<MarkCount.keptExamples).map(String.init))
    }
}
