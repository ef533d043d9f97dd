import Testing

@testable import Magento

struct BatchSizerTests {
    @Test func `F71 a quick shop gets larger batches up to a thousand rows`() {
        let sizer = BatchSizer()
        #expect(sizer.rows == 600)

        sizer.record(600, took: .seconds(4))
        #expect(sizer.rows == 1000)
        sizer.record(1000, took: .seconds(4))
        #expect(sizer.rows == 1000)
    }

    @Test func `a batch that took too long brings the next one into the target`() {
        let sizer = BatchSizer()

        sizer.record(600, took: .seconds(60))

        #expect(sizer.rows == 75)
    }

    @Test func `rows that got dearer are no reason to grow`() {
        var policy = BatchSizer.Policy()
        policy.start = 200
        let sizer = BatchSizer(policy)
        sizer.record(200, took: .milliseconds(200))
        #expect(sizer.rows == 400)

        sizer.record(400, took: .seconds(4))

        #expect(sizer.rows == 400)
    }

    @Test func `a short last batch proves nothing`() {
        let sizer = BatchSizer()

        sizer.record(3, took: .milliseconds(10))

        #expect(sizer.rows == 600)
    }

    @Test func `F71 a limit that the shop names is kept for good`() {
        let sizer = BatchSizer()

        sizer.limit(to: 20)
        for _ in 0..<5 { sizer.record(20, took: .milliseconds(50)) }

        #expect(sizer.rows == 20)
    }

    @Test func `there is always at least one row`() {
        let sizer = BatchSizer()

        sizer.record(600, took: .seconds(4000))
        sizer.limit(to: 0)

        #expect(sizer.rows == 1)
    }
}
