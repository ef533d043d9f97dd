package import Domain

extension Refusal {
    /// The refusal for people: what the shop said and what to do about it.
    package var diagnostic: Diagnostic {
        if case .workLost(let diagnostic) = reason { return diagnostic }
        let (code, summary, fix) = wording
        let said = message.isEmpty ? "" : ": \(message)"
        let place = call.isEmpty ? "" : " (\(call)\(status == 0 ? "" : ", status \(status)"))"
        return Diagnostic(code, summary + said + place, fix: fix, kind: kind)
    }

    private var wording: (code: String, summary: String, fix: String) {
        switch reason {
        case .workLost(let diagnostic): (diagnostic.code, diagnostic.summary, diagnostic.fix)
        case .unreachable:
            ("SHOP-UNREACHABLE", "The shop could not be reached", "Check the url, the name's DNS entry and the firewall")
        case .certificate:
            (
                "SHOP-TLS", "The shop's certificate was not accepted",
                "Renew the certificate or correct the url's host; checks are never switched off"
            )
        case .noAnswer:
            ("SHOP-NO-ANSWER", "The request left and no usable answer came", "The value is read back before anything is sent again")
        case .maintenance:
            (
                "SHOP-MAINTENANCE", "The shop is in maintenance",
                "Nothing is lost: changes wait and are applied when the shop is back"
            )
        case .throttled:
            ("SHOP-THROTTLED", "The shop asks for a pause", "Lower magento.concurrency, or have the host raise its limit for this address")
        case .redirected:
            (
                "SHOP-REDIRECT", "The shop sends us elsewhere",
                "Set magento.url to the final address; redirects are never followed"
            )
        case .page:
            (
                "SHOP-PAGE", "A web page came instead of data",
                "Something in front of Magento answered: check the web server and its time-outs"
            )
        case .malformed:
            (
                "SHOP-MALFORMED", "The answer is not what Magento sends",
                "Switch display_errors off in PHP and look into the shop's log"
            )
        case .tooLarge:
            (
                "SHOP-TOO-LARGE", "The answer is too large",
                "Lower the page size, or look for a module that adds to the answers"
            )
        case .forbidden:
            ("SHOP-FORBIDDEN", "A firewall in front of the shop refused us", "Have the host allow this machine's address for /rest")
        case .credential:
            (
                "SHOP-CREDENTIAL", "The shop does not accept the credential",
                "Copy the integration's four values anew; nothing is sent until then"
            )
        case .signature:
            (
                "SHOP-SIGNATURE", "The shop finds our signature wrong",
                "Check the secrets, and that the proxy hands Host and https through to PHP; "
                    + "for special characters in paths set magento.signature"
            )
        case .clock:
            (
                "SHOP-CLOCK", "The shop refuses our time stamp",
                "Set this machine's clock (NTP): Magento accepts at most 10 minutes ahead of its own"
            )
        case .permission(let resource):
            (
                "SHOP-PERMISSION", "The credential lacks \(Escaped(resource))",
                "Tick it under System > Integrations > API and save: it counts at once, without a new token; or the token is not known to the shop"
            )
        case .nonceReused:
            ("SHOP-REPLAYED", "A proxy sent our request twice", "Switch request replay (proxy_next_upstream) off for POST")
        case .invalid:
            ("SHOP-REFUSED", "Magento refuses the data", "Correct the value at its source, then retry the record")
        case .couldNotSave:
            (
                "SHOP-NOT-SAVED", "Magento could not save",
                "Often a busy database or an unknown source; it is tried again, and the shop's log says more"
            )
        case .itemLimit(let maximum):
            ("SHOP-ITEM-LIMIT", "The shop takes at most \(maximum) items a call", "The batch size is adapted by itself")
        case .pageLimit(let maximum):
            ("SHOP-PAGE-LIMIT", "The shop gives at most \(maximum) rows a page", "The page size is adapted by itself")
        case .bodyTooLarge:
            (
                "SHOP-BODY-LIMIT", "The web server refuses a body of this size",
                "The batch size is adapted by itself; client_max_body_size may be raised"
            )
        case .notFound:
            ("SHOP-NOT-FOUND", "The shop does not have it", "Check the key in the shop's admin")
        case .noRoute:
            ("SHOP-NO-ROUTE", "The shop does not know this call", "Check that url ends before /rest, and that the module is enabled")
        case .internalError:
            (
                "SHOP-INTERNAL", "Magento failed inside",
                "The shop's log has the report; values are read back before anything is sent again"
            )
        }
    }
}
