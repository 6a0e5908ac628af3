"""What a case can be refused with, each in a sentence that a person can act on."""

from mostovi.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal


class WrongState(Conflict):
    code = "wrong_state"
    message = "This application has moved on in the meantime. Look at the page again to see where it stands."


class CaseNotFound(NotFound):
    code = "case_not_found"
    message = "We did not find this application among yours. Check the code on your receipt."


class TrackingUnknown(NotFound):
    code = "tracking_unknown"
    message = (
        "No application that was sent has this code. Compare it with your receipt, character by character."
    )


class OwnCase(NotAllowed):
    code = "own_case"
    message = "Nobody decides their own case. A colleague has to take it."


class TakenByColleague(Conflict):
    code = "taken_by_colleague"
    message = "A colleague works on this case. Ask them, or take it over first."


class NotTaken(Conflict):
    code = "not_taken"
    message = "Take the case first, so that your colleagues see who works on it."


class ReasonsMissing(Invalid):
    code = "reasons_missing"
    message = (
        "Write the reasons in your own words, in at least {least} characters, so that the person understands "
        "the decision. Yours have {count}."
    )


class OutcomeMissing(Invalid):
    code = "outcome_missing"
    message = "Choose what you decide, or that you ask the applicant. What you saved before is kept."


class DecisionNotPrepared(Conflict):
    code = "decision_not_prepared"
    message = "No decision has been prepared. Go back to the case and choose one."


class DecisionAltered(Conflict):
    code = "decision_altered"
    message = "The decision is no longer the one you read. Read it again, then sign in once more for it."


class ReauthenticationMissing(Conflict):
    code = "reauthentication_missing"
    message = "Sign in once more for this decision, then seal it."


class ReauthenticationTooOld(Conflict):
    code = "reauthentication_too_old"
    message = (
        "More than five minutes have passed since you signed in for this decision. "
        "Nothing was decided; sign in once more."
    )


class ReauthenticationUsed(Conflict):
    code = "reauthentication_used"
    message = "This sign-in has served once already. Look at the case to see where it stands."


class AnotherPersonSignedIn(NotAllowed):
    code = "another_person_signed_in"
    message = (
        "Somebody else signed in, so nothing was decided. Your decision is kept; sign in as yourself "
        "to seal it."
    )


class NotSignedInAnew(NotAllowed):
    code = "not_signed_in_anew"
    message = (
        "The identity provider did not ask you to sign in once more, so nothing was decided. "
        "Your decision is kept; try again."
    )


class NotSeenYet(Conflict):
    code = "not_seen_yet"
    message = (
        "A register answered after the application was sent, and the applicant has not seen it yet. "
        "You can decide once they have, or when the time for it is over; the case says when."
    )


class ReasonsTooShort(Invalid):
    code = "reasons_too_short"
    message = (
        "Write the reason in at least {least} characters, so that the person understands it; "
        "yours has {count}."
    )


class SealedElsewhere(NotAllowed):
    code = "sealed_elsewhere"
    message = "Another institution sealed this document. Only that one can withdraw it."


class AnotherSubmission(Conflict):
    code = "another_submission"
    message = "This page is older than your application. Open the application again and send it from there."


class RestoreTooLate(Conflict):
    code = "restore_too_late"
    message = (
        "An application can be taken up again for one day after it was withdrawn. Please start a new one."
    )


class QuestionsOpen(Conflict):
    code = "questions_open"
    message = "Some questions are not answered yet. Answer them, then send the application."


class AlreadyOpen(Invalid):
    code = "already_open"
    message = (
        "You already have an open application or a valid decision for this. "
        "Say that you want to send another one."
    )


class RegisterDenies(Conflict):
    code = "register_denies"
    message = "A register denies what this application rests on. Say that its answer is wrong, or stop here."


class NoEntry(Conflict):
    code = "no_entry"
    message = "This register has no entry for you. Choose another place, or ask at its counter."


class AmountUnknown(Invalid):
    code = "amount_unknown"
    message = "By these facts the rules give no amount. Ask the applicant, or refuse with reasons."


class IdentityNotSeen(Invalid):
    code = "identity_not_seen"
    message = "Ask for an identity document, look at it, and choose which one the person showed you."


class NameMissing(Invalid):
    code = "name_missing"
    message = "Type the given name and the family name as the document says them."


class OtherPerson(NotAllowed):
    code = "other_person"
    message = (
        "This could not be confirmed: name, personal number and register do not go together. "
        "Nothing was shown. Compare them with the document before you. "
        "The attempt is written down, and the person whose number it is sees it."
    )


class TooManyTries(Refusal):
    code = "too_many_tries"
    status = 429
    message = (
        "This number was typed at your counter five times within an hour with a name or a register that does "
        "not go with it. Nothing more can be tried here for an hour; the person can apply from home "
        "meanwhile. This attempt is written down, too, and the person whose number it is sees it."
    )


class IdentityNotConfirmed(Conflict):
    code = "identity_not_confirmed"
    message = (
        "The register has not confirmed yet that the name and the number belong together. "
        "Until it does, nothing about the person is shown at a counter."
    )


class FactNotNamed(Invalid):
    code = "fact_not_named"
    message = "Choose which of these is wrong."


class TextMissing(Invalid):
    code = "text_missing"
    message = "Write a sentence or two, so that the other side knows what is meant."


class TooLong(Invalid):
    code = "too_long"
    message = "At most {most} characters; yours has {count}."
