extension AlarmCode {
    /// The catalogue. A new alarm is a case of `AlarmCode`, its entry here and a line in `AlarmJudge`.
    package var definition: AlarmDefinition {
        switch self {
        case .serviceSilent:
            AlarmDefinition(
                "`tallyman serve` has not given a sign of life for minutes, and it was not stopped in order.",
                "Look at `systemctl status tallyman` and the journal, start it again. Nothing is lost: slots that passed meanwhile are made up for or recorded as missed.",
                levels: "red at once")
        case .settingsKept:
            AlarmDefinition(
                "The settings file was changed, the change has mistakes, and `serve` goes on with the settings it had.",
                "Run `tallyman lint`, correct what it names, then `systemctl reload tallyman`.",
                levels: "amber at once")
        case .clockBack:
            AlarmDefinition(
                "The machine's clock was put back. Slots that had run already are not run again.",
                "Check NTP. The alarm ends when the clock has passed the point where it was put back, after a day at the latest.",
                levels: "amber at once; red above an hour")
        case .diskLow:
            AlarmDefinition(
                "The disk of the state folder is filling up. When it is full nothing more is sent.",
                "Free space or enlarge it; `retention` says how long files are kept.",
                levels: "amber below `alarms.disk`, red below a third of it")
        case .noticeStuck:
            AlarmDefinition(
                "Mails or notices could not be handed over for an hour: the people who should know do not.",
                "Check the mail settings and the mail server; `tallyman mail` and `tallyman alarms --history` show what was to be told.",
                levels: "red at once")
        case .calendarEnds:
            AlarmDefinition(
                "The list of bank holidays ends soon. After that every weekday counts as a trading day.",
                "Install a newer version, or add the days under `calendars`.",
                levels: "amber 60 days before, red when it has ended")
        case .credentialExpires:
            AlarmDefinition(
                "A credential or certificate that the settings date runs out.",
                "Renew it, put the new value in its place and the new day under `credentials`.",
                levels: "amber within `alarms.expiry`, red in the last week and after")
        case .credentialRefused:
            AlarmDefinition(
                "The server or the shop refuses our credential. It is tried rarely now, so that no account is locked.",
                "Ask its owner what was changed: key, password, integration, permission. `tallyman doctor` shows the answer.",
                levels: "red at once")
        case .hostKeyChanged:
            AlarmDefinition(
                "The SFTP server shows another key than the pinned one. No credential was sent to it.",
                "Ask its owner by telephone for the new fingerprint; only then change `host_keys`.",
                levels: "red at once")
        case .endpointAway:
            AlarmDefinition(
                "The server of the files cannot be reached, or breaks off.",
                "Check network, name and firewall with `tallyman doctor`. Nothing to do here once it is back: the flows go on alone.",
                levels: "amber after 10 minutes, red after an hour", dependsOn: [.credentialRefused, .hostKeyChanged],
                visibleAfter: .seconds(600))
        case .endpointClock:
            AlarmDefinition(
                "Files at the server bear times ahead of our clock.",
                "Have NTP set up on both machines. Which file is newest is told by these times where the file does not say.",
                levels: "amber above `alarms.clock`, red above five times that")
        case .shopAway:
            AlarmDefinition(
                "The shop does not answer as a shop: down, in maintenance, throttling, or a page from something before it.",
                "Look at the shop. What is planned waits and goes out alone when it is back.",
                levels: "amber after 10 minutes, red after an hour", dependsOn: [.credentialRefused], visibleAfter: .seconds(600))
        case .shopErrors:
            AlarmDefinition(
                "The shop answers with server errors (HTTP 5xx) again and again.",
                "Give the shop's log of these minutes to its developers. Nothing is sent twice: doubtful answers are read back.",
                levels: "amber above `alarms.server_errors` in 10 minutes, red above ten times that", dependsOn: [.shopAway])
        case .shopClock:
            AlarmDefinition(
                "The shop's clock and ours differ. Above ten minutes Magento refuses every signed call.",
                "Have NTP set up on both machines.",
                levels: "amber above `alarms.clock`, red above five times that")
        case .consumersStopped:
            AlarmDefinition(
                "The shop took work for its queue and does not do it: its consumers or its cron stand still.",
                "On the shop's machine: `bin/magento queue:consumers:list`, `bin/magento cron:run`, and its process manager.",
                levels: "amber after 10 minutes, red after an hour", dependsOn: [.shopAway], visibleAfter: .seconds(600))
        case .runOverdue:
            AlarmDefinition(
                "The flow's slots pass and no run of it comes to its end.",
                "`tallyman status` shows what holds it; `tallyman run FLOW` shows it at work. With system cron: check that cron calls it.",
                levels: "amber after two slots, red after six",
                dependsOn: [.serviceSilent, .credentialRefused, .hostKeyChanged, .endpointAway, .shopAway])
        case .runFailed:
            AlarmDefinition(
                "The last file of the flow could not be used at all. Nothing of it was applied.",
                "`tallyman show RUN` names the place. Let the ERP write the file again.",
                levels: "red at once")
        case .runWaiting:
            AlarmDefinition(
                "Changes have been waiting for their answer for long.",
                "`tallyman show RUN` says what they wait for. If the shop is well, `tallyman run FLOW` goes on with them.",
                levels: "amber after an hour, red after four",
                dependsOn: [.credentialRefused, .shopAway, .shopErrors], visibleAfter: .seconds(3600))
        case .fileMissing:
            AlarmDefinition(
                "The expected file has not come.",
                "Ask whoever runs the ERP whether its export ran. `expect` in the flow's settings says when a file is due.",
                levels: "amber at the deadline, red when it has passed by as much again",
                dependsOn: [.serviceSilent, .credentialRefused, .hostKeyChanged, .endpointAway, .runFailed, .fileStuck])
        case .fileStuck:
            AlarmDefinition(
                "A file is there and never complete: it keeps growing, its done file is missing, or its manifest or another file of its set.",
                "Ask the ERP's side to write it anew, or to send what is missing. `tallyman run FLOW` says what it waits for.",
                levels: "amber after `alarms.stuck`, for files of sets after `pull.manifest.deadline`, red after four times that")
        case .fileGap:
            AlarmDefinition(
                "Numbers of the sender's files are missing, or one came twice with other content, and `gates.sequence: alarm` applies files all the same.",
                "Ask the ERP's side for the files with these numbers. The alarm ends when they come, or after 30 days; until then acknowledge it.",
                levels: "amber at once, red after a day")
        case .dataOld:
            AlarmDefinition(
                "What the shop shows of a warehouse is older than agreed, by the time inside the file. The file may be on time and the warehouse not in it.",
                "Ask the ERP's side whether that warehouse still exports. Until then set a higher buffer.",
                levels: "amber at `expect.age`, red at twice that",
                dependsOn: [
                    .serviceSilent, .credentialRefused, .hostKeyChanged, .endpointAway, .fileMissing, .fileStuck, .runFailed, .planHeld,
                    .runWaiting, .shopAway,
                ])
        case .planHeld:
            AlarmDefinition(
                "A plan broke a limit and waits for a person.",
                "`tallyman show RUN`, then `tallyman approve RUN` or `tallyman discard RUN`.",
                levels: "amber at once, red after `alarms.held`")
        case .errorRate:
            AlarmDefinition(
                "Too many records of the last day were rejected.",
                "`tallyman errors --flow FLOW` lists them with the fix; the reject file can go back to the ERP's side.",
                levels: "amber above `alarms.error_rate`, red above five times that", dependsOn: [.runFailed])
        case .backlogHigh:
            AlarmDefinition(
                "Far more is waiting in the flow than usual: rejected records, unsettled changes, files.",
                "`tallyman status`, then `tallyman errors --flow FLOW`.",
                levels: "amber above `alarms.backlog` of the usual, red above four times the usual",
                dependsOn: [.shopAway, .planHeld], visibleAfter: .seconds(900))
        case .ordersLate:
            AlarmDefinition(
                "Orders wait in the shop and have not left for the ERP.",
                "`tallyman status` names the oldest. `tallyman errors --flow FLOW` shows orders that cannot be exported.",
                levels: "amber after the agreed trading time, red after twice that",
                dependsOn: [.serviceSilent, .credentialRefused, .hostKeyChanged, .endpointAway, .shopAway])
        case .acknowledgementLate:
            AlarmDefinition(
                "The ERP has not confirmed a file of orders.",
                "Look whether the file still lies in the ERP's inbox and ask its owner. Nothing is exported again by itself.",
                levels: "amber at the deadline, red after twice the time", dependsOn: [.endpointAway])
        case .guestSees:
            AlarmDefinition(
                "A guest can see a price in the shop that is below the public one, or a test account one that is not its group's.",
                "Look at the product without logging in, or as that account. If it is true: `tallyman rollback RUN`, or correct it in the shop; then find out who changed what.",
                levels: "red at once")
        case .errorRecurs:
            AlarmDefinition(
                "The same small trouble comes back day after day. Each day's is too little for `ERROR-RATE`, and nobody has ended its cause.",
                "`tallyman errors --flow FLOW` shows the records with the fix. Have the cause mended in the ERP or in the settings, not each record.",
                levels: "amber on the day that `alarms.recurring` names, red after twice as many", dependsOn: [.errorRate])
        case .shopDrifted:
            AlarmDefinition(
                "A comparison found values in the shop that are not what they should be. Somebody or something else changes them.",
                "`tallyman reconcile FLOW` lists them and says which way they lean; `--adopt` has the next file put them right. Then find out who changed them.",
                levels: "amber at once", dependsOn: [.shopAway])
        case .notOnSale:
            AlarmDefinition(
                "Products stand at their sources, no orders hold them, and nobody can buy them: the shop's index has lost them, or leftovers of old orders hold them.",
                "`tallyman reconcile FLOW --mend` has the shop index them anew. For what is left, on the shop's machine: `bin/magento inventory:reservation:list-inconsistencies`, then `bin/magento indexer:reindex inventory`; look whether the indexers and the queue's consumers run.",
                levels: "amber where they were put back on sale, red where they were not", dependsOn: [.shopAway, .consumersStopped])
        case .workUndone:
            AlarmDefinition(
                "Something of the flow has been undone for longer than its deadline: a file unread, a run without an end, an order that has not left, an event without its effect, a rejected record that nobody has looked at. It is found by what the ledger says is undone, whatever the reason.",
                "The alarm names the oldest. `tallyman run FLOW` says what files, runs and orders wait for; `tallyman show RUN` tells how a run stands, and `tallyman discard RUN` ends one that is not to go on; `tallyman errors --flow FLOW` lists rejected records with the fix. A flow that the settings no longer have: put it back until it is done.",
                levels:
                    "amber at the deadline of `expect` or `push.late`, else after `alarms.undone`; rejected records of figures after `alarms.errors`, if that is set; red after four times that",
                dependsOn: [.serviceSilent, .credentialRefused, .hostKeyChanged, .endpointAway, .shopAway])
        case .erasureOpen:
            AlarmDefinition(
                "A person was erased, and the ledger's file still holds the bytes, because another process reads in it.",
                "Close what has the ledger open (a backup tool, a database browser). Every run tries again to clean the file; `tallyman erase` does at once.",
                levels: "amber at once, red after a day")
        case .backupOverdue:
            AlarmDefinition(
                "The settings ask for a backup of the ledger every day, and none has succeeded for more than a day.",
                "The alarm says what failed. Check that `backup.folder` exists, belongs to the service's user and has room; `tallyman backup` writes one at once.",
                levels: "amber after 26 hours, red after three days", dependsOn: [.serviceSilent])
        case .ordersDiffer:
            AlarmDefinition(
                "A comparison found orders that one side has and the other has not, or has otherwise.",
                "`tallyman reconcile FLOW` lists them by number with what is wrong. Nothing is sent again by itself: `tallyman resend` does it on your order.",
                levels: "amber at once, red after a day", dependsOn: [.shopAway])
        case .documentDoubled:
            AlarmDefinition(
                "One despatch, invoice or credit note of the ERP has two documents in the shop: a call without an answer was sent again and took effect after all.",
                "Look at both documents, correct the shop by hand (goods, money, letter), then `tallyman doubles --dealt NUMBER`. If `magento.resend_after` is shorter than the shop works on a request, raise it.",
                levels: "red at once")
        }
    }
}
