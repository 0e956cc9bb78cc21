"""What a refusal's id means, in the reader's language."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from orders import numbers


def sentence(reason: str, args: Mapping[str, str]) -> str:
    """One sentence for the person who clicked; never empty for a reason that is not."""
    by, seconds = args.get("by", ""), args.get("seconds", "")
    match reason:
        case "":
            return ""
        case "over":
            return _("This caller has already rung off.")
        case "taken":
            return _("%(by)s has taken this call.") % {"by": by or _("A colleague")}
        case "own_client":
            return _("It rings at %(by)s, whose client this is. When nobody answers there, it is everybody's.") % {
                "by": by or _("A colleague")
            }
        case "not_waiting":
            return _("This call does not wait in the queue: it rings at one telephone only.")
        case "phone_busy":
            other = args.get("with") or "…"
            other = numbers.national(numbers.e164(other) or other)
            return _("You are talking with %(with)s. End that call first.") % {"with": other}
        case "no_answer":
            return _("Your telephone was not answered. The caller is back at the same place in the queue.")
        case "no_phone":
            return _("Your telephone cannot be reached. The caller is back at the same place in the queue.")
        case "lift":
            return _("Lift the handset of your telephone.")
        case "answer_here":
            return _("Your telephone rings in the browser: answer it there.")
        case "not_done":
            return _("The telephone exchange did not do it. The caller is still waiting.")
        case "no_link":
            return _("There is no connection to the telephone exchange. Answer at the telephone itself.")
        case "no_link_since":
            return _("No connection to the telephone exchange for %(seconds)s s. Answer at the telephone itself.") % {
                "seconds": seconds
            }
        case "no_shift":
            return _("Start your shift first: calls come to the telephone that you chose there.")
        case "late":
            return _("The telephone exchange did not confirm it in time.")
        case "lost":
            return _("The connection to the telephone exchange broke just then. Look whether the caller still waits.")
        case "late_talk":
            return _(
                "The telephone exchange did not confirm it in time. Look at the call: try again, or use the telephone."
            )
        case "lost_talk":
            return _("The connection to the telephone exchange broke just then. When it is back, the call shows it.")
        case "no_link_talk":
            return _("There is no connection to the telephone exchange. Use the telephone itself.")
        case "not_done_talk":
            return _("The telephone exchange did not do it. The call is as the card shows it.")
        case "not_now":
            return _("Nobody of ours talks in this call now.")
        case "not_held":
            return _("The caller is not on hold.")
        case "no_second":
            return _("The other one has not answered yet.")
        case "has_second":
            return _("You are calling somebody for this caller already. Go back to the caller first.")
        case "not_parked":
            return _("This caller is not parked any more.")
        case "lot_full":
            return _("All parking places are taken. The caller comes back to your telephone.")
        case "no_target":
            return _("Nobody can be called at that number. You have the caller again.")
        case "own_off":
            return _("Your own telephone is not switched on.")
        case "target_off":
            return _("That telephone is not switched on: nobody can be called there.")
        case "target_talks":
            return _("That colleague is talking.")
        case "target_dnd":
            return _("That colleague does not want to be disturbed now.")
        case "not_lifted":
            return _("Your telephone was not answered: nobody was called.")
        case "not_dialled":
            return _("The telephone exchange cannot dial that number.")
        case "first_busy":
            return _("The driver's line is busy. The client was not called.")
        case "first_silent":
            return _("The driver does not answer. The client was not called.")
        case "first_declined":
            return _("The driver declined the call. The client was not called.")
        case "first_failed":
            return _("The driver's number cannot be reached. The client was not called.")
        case "first_left":
            return _("The driver rang off before the client answered.")
        case "second_busy":
            return _("The client's line is busy. The driver was told by the busy tone.")
        case "second_silent":
            return _("The client does not answer. The driver was told by the busy tone.")
        case "second_declined":
            return _("The client declined the call. The driver was told by the busy tone.")
        case "second_failed":
            return _("The client's number cannot be reached. The driver was told by the busy tone.")
        case "stopped":
            return _("The call was ended before client and driver were connected.")
        case "unreachable":
            return _("No telephone is switched on there.")
        case "watches":
            return _("You are listening to a conversation. Stop that first.")
        case "nobody_talks":
            return _("That conversation is over, or nobody of ours talks in it now.")
        case "own_call":
            return _("That is your own conversation.")
        case "joined_by":
            return _("%(by)s has joined this conversation already.") % {"by": by or _("A colleague")}
        case "three":
            return _("A third party takes part in this conversation just now.")
        case "not_watching":
            return _("You are not listening to this conversation any more.")
        case "not_lifted_watch":
            return _("Your telephone was not answered. Nothing has changed for those who talk.")
        case "take_over_late":
            return _("The caller was not with your colleague any more.")
        case "under_way":
            return _("What you asked for this call before is still under way.")
        case _:
            return _("That cannot be done now.")
