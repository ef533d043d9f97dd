/// What a mail server of the tests does wrong, so many times before it behaves.
package enum MailServerFault: Sendable {
    /// 451 to a recipient.
    case greylists(Int)
    /// 451 to this recipient, as often.
    case doubts(String, Int)
    /// 452 after the mail's text.
    case isFull(Int)
    /// 554 instead of a greeting.
    case turnsAway(Int)
    /// 550 to this recipient, always.
    case knowsNo(String)
}
