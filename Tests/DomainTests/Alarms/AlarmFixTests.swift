import Domain
import Testing

/// What an alarm says to type can be pasted: it names the flow and the run that it is about.
struct AlarmFixTests {
    @Test func `the fix of an alarm names its flow and its run`() {
        let rate = AlarmKey(.errorRate, "stock").fix(in: "2 of 156 records of the last day were rejected")
        let held = AlarmKey(.planHeld, "stock").fix(in: "run 4 waits for a decision")

        #expect(rate.contains("`tallyman errors --flow stock`") && !rate.contains("FLOW"))
        #expect(held.contains("`tallyman approve 4`") && !held.contains("RUN"))
    }

    @Test(arguments: ["shop", "service", "", "; rm -rf ~", "a b"])
    func `a subject that is no flow is put into no command`(_ subject: String) {
        #expect(AlarmKey(.errorRate, subject).fix(in: "no number").contains("--flow FLOW"))
        #expect(AlarmKey(.planHeld, subject).fix(in: "no number").contains("approve RUN"))
    }
}
