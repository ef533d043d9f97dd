/// Examples at the end of each command's help and of its part of the man page. A test runs each of them through the program's own reading
/// of its command line.
enum Examples {
    /// What each line says after `tallyman`, and what it does. By the command's name.
    static let all: [String: [(call: String, does: String)]] = [
        "lint": [("lint --settings /etc/tallyman/acme.yaml", "check one shop's settings")],
        "doctor": [
            ("doctor", "check settings, secrets, folders, servers and shop"), ("doctor --json", "the same for a program"),
            ("doctor --idle 5m", "see also whether the servers cut a silent connection within five minutes"),
        ],
        "hostkey": [
            ("hostkey show", "the keys that are pinned, those that the servers show, and who confirmed them"),
            (
                "hostkey add erp SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA --because \"Ann of Acme IT, by telephone\"",
                "pin the new key beside the old one"
            ),
            ("hostkey rotate erp --dry-run", "which pins would end"), ("hostkey rotate erp", "end the old pin"),
        ],
        "init": [
            ("init --example quickstart", "a complete example in a folder of its own"),
            ("init --from STOCK_1.csv --out acme", "settings for a file of the ERP"),
        ],
        "inspect": [("inspect STOCK_1.csv", "encoding, separator, columns and troubles of a file")],
        "check": [("check STOCK_1.csv --profile sage50/stock", "what would be rejected, and why")],
        "convert": [("convert STOCK_1.csv --profile sage50/stock --output clean.csv", "the good records as clean CSV")],
        "plan": [
            ("plan stock", "what the newest file would change; nothing is moved or sent"),
            ("plan stock --file STOCK_1.csv", "what this file would change"),
        ],
        "run": [
            ("run stock", "one flow, once"), ("run --quiet", "every flow, for cron: prints what needs attention only"),
            ("run stock --file corrected.csv", "a corrected reject file"),
        ],
        "approve": [("approve 12 --because \"the north warehouse was cleared\"", "apply a held plan")],
        "discard": [("discard 12", "nothing more of the run is ever applied")],
        "rollback": [
            ("rollback 12 --dry-run", "what would be put back"), ("rollback 12 --entity prices", "put back the prices of a run"),
        ],
        "groups": [("groups trade-prices", "which customer groups the flow's prices hang on")],
        "serve": [("serve --settings /etc/tallyman/acme.yaml", "what the unit tallyman@acme runs")],
        "status": [
            ("status", "how things stand"), ("status --check", "for monitoring: exit code 1 for red, 3 for amber"),
        ],
        "alarms": [("alarms", "what is wrong and what to do"), ("alarms --history", "what was reported")],
        "runs": [("runs --flow stock --limit 5", "the last runs of one flow")],
        "show": [("show 12", "the books of a run; for a held plan old and new values, and what holds it")],
        "errors": [
            ("errors", "the records that wait"), ("errors show 3", "one of them with its line, and what became of it"),
            ("errors edit 3 --line 'AB/1000,Anchor bolt,LDS,12,0,1.19,21/11/2026'", "correct its line"),
            ("errors retry 3", "send it through again"),
            ("errors dismiss 3 --because \"discontinued\"", "take it out of the queue"),
        ],
        "doubles": [("doubles", "documents that are in the shop more than once")],
        "why": [("why AB/1000", "file, line and sum behind a figure"), ("why 000000101", "where an order is")],
        "consignments": [("consignments --overdue", "files without the ERP's answer")],
        "resend": [("resend 000000101 --because \"the ERP lost the file\"", "send an order once more")],
        "pause": [("pause prices --for 2h --because \"wrong list\"", "no run of prices for two hours")],
        "resume": [("resume prices", "end the pause")],
        "resync": [("resync stock AB/1000 --because \"the shop shows another figure\"", "send a product's stock to the shop once more")],
        "reconcile": [
            ("reconcile stock --sample 500", "compare a sample with the shop"), ("reconcile orders --days 3", "compare orders of three trading days"),
        ],
        "report": [("report --date 2026-11-21", "what one day came to"), ("report --weekly --send", "mail last week's report")],
        "watch": [("watch --hours 72", "watch the first three days closely")],
        "mail": [("mail", "the mails that wait"), ("mail test ops@acme.example", "prove that mails arrive")],
        "console": [("console --settings /etc/tallyman/console.yaml", "what the unit tallyman-console runs")],
        "user": [
            ("user add ann --admin --role approver --settings /etc/tallyman/console.yaml", "the first person, with a link that is good once"),
            ("user grant ben --role operator --shop acme", "another role in a shop"), ("user lock ben", "end a person's sessions at once"),
        ],
        "act": [("act", "carry out what was ordered in the console, where nothing serves")],
        "audit": [("audit", "the decisions of people"), ("audit --verify", "prove that none was changed")],
        "backup": [("backup /var/backups/tallyman/acme.db", "a copy of the ledger, while runs continue")],
        "restore": [
            ("restore --check /var/backups/tallyman/acme.db", "prove a backup; nothing is changed"),
            ("restore /var/backups/tallyman/acme.db", "put it in the ledger's place"),
        ],
        "erase": [("erase --email anna@example.com", "what is known of a person"), ("erase --email anna@example.com --yes", "remove it")],
        "confirm": [("confirm", "the shop or the server moved on purpose")],
        "scenarios": [("scenarios --out sign-off", "play the go-live scenarios"), ("scenarios --list", "their names")],
    ]

    /// The end of a command's help.
    static func of(_ command: String) -> String {
        let lines = all[command] ?? []
        let width = lines.map { $0.call.count }.max() ?? 0
        let texts = lines.map { line in
            let call = "  tallyman \(line.call)"
            return width > 60 ? "\(call)\n      \(line.does)" : call + String(repeating: " ", count: width - line.call.count + 3) + line.does
        }
        return "EXAMPLES:\n" + texts.joined(separator: "\n")
    }
}
