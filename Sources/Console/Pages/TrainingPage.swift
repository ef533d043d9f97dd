import Domain
import StateStore

/// What somebody tries who learns the console, in a shop that is theirs. Each task is ticked off by the books: what was clicked counts only when it
/// is there. It counts whoever did it, because with four eyes a task needs a second name.
enum TrainingPage {
    struct Task: Sendable {
        typealias Check = @Sendable (_ entries: [AuditEntry], _ orders: [Instruction]) -> Bool

        var title: String
        var steps: String
        /// Where it begins, behind the shop's address.
        var page: String
        /// Whether it was done, by the entries of the audit and the orders.
        var isDone: Check

        static func decided(_ actions: String...) -> Check {
            { entries, _ in actions.allSatisfy { action in entries.contains { $0.action == action } } }
        }

        static func ended(_ action: Instruction.Action) -> Check {
            { _, orders in orders.contains { $0.action == action && $0.state == .done } }
        }
    }

    static let tasks = [
        Task(
            title: "Correct a record and send it again",
            steps: "Open a cause, open one of its records, put the marked cell right, and choose “Save and retry”.", page: "/errors"
        ) { entries, orders in Task.decided("edit")(entries, orders) && Task.ended(.retry)(entries, orders) },
        Task(
            title: "Discard a plan that would do harm",
            steps: "Look at why the plan is held and at its worst rows, choose “discard”, and give a reason.", page: "/plans",
            isDone: Task.ended(.discard)),
        Task(
            title: "Bring a file by hand", steps: "Choose a file, say why it comes by hand, and look at its plan: it is held, whatever it says.",
            page: "/schedule", isDone: Task.ended(.upload)),
        Task(
            title: "Approve a plan that somebody else brought", steps: "Sign in as a second person, look at the plan, approve it with a reason.",
            page: "/plans", isDone: Task.ended(.approve)),
        Task(
            title: "Take a run back", steps: "Open a run that has changed values, read the three numbers, type the run’s number, give a reason.",
            page: "/runs?state=finished", isDone: Task.ended(.rollback)),
        Task(
            title: "Hold a flow back, and let it go again", steps: "Choose a time and a reason; then resume the flow.", page: "/schedule",
            isDone: Task.decided("pause", "resume")),
        Task(
            title: "Send one value again", steps: "Find a product by its code, choose “Send the value again”, give a reason.", page: "/search",
            isDone: Task.ended(.resync)),
    ]

    static func show(_ visit: Visit) throws -> ConsoleResponse {
        guard try visit.shop.isTraining else { throw Visit.notFound }
        let path = try visit.path()
        // What was done on the machine before anybody came to learn does not count.
        let (entries, orders) = try visit.read { reader in
            (
                try reader.audit(before: .max, who: nil, action: nil, limit: 1000).filter { $0.who.contains(" (console, ") },
                try reader.instructions(limit: 1000)
            )
        }
        let done = tasks.map { $0.isDone(entries, orders) }
        let count = done.count { $0 }
        let heading = count == tasks.count ? "All \(count) tasks are done" : "\(count) of \(tasks.count) tasks are done"
        let items: [HTML] = zip(tasks, done).map { task, isDone in
            """
            <li><h2>\(isDone ? Parts.tag(.green, "done") : Parts.tag(.grey, "to do")) \(task.title)</h2>
            <p>\(task.steps) <a href="\(path + task.page)">Begin here: \(task.title.lowercased())</a></p></li>

            """
        }
        let body: HTML = """
            <div id="training" data-live="5">
            <h1 data-state="1">\(heading)</h1>
            <p>This is a shop to learn with: what you do here reaches the sandbox on this machine and nothing else. Each task is ticked off when the books say that it was done.</p>
            <ol class="steps">\(items)</ol>
            </div>
            <p class="hidden" aria-live="polite" data-said="1">\(heading)</p>
            """
        return Frame.response(visit, Page("Training: \(heading)", section: "training", body))
    }
}
