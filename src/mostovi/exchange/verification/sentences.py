"""Every sentence a verdict can hold, as msgids for the language catalogues."""


def gettext_noop(message: str) -> str:
    """Marks a message for extraction; whoever shows it translates it."""
    return message


def ngettext_noop(one: str, more: str) -> tuple[str, str]:
    """Marks a message that counts something."""
    return one, more


# Proved
SEALED_BY = gettext_noop("{issuer} made the seal in this file.")
STAMPED_AT = gettext_noop(
    "The seal was made no later than {stamped_at}: a time-stamp authority signed that time."
)
EVERY_BYTE = gettext_noop(
    "Every byte of the file is as it was sealed; nothing was changed, added or removed."
)
VOUCHED_FOR = gettext_noop("The trust root that this check rests on vouches for its certificate.")
NOT_REVOKED = gettext_noop("The certificate was not withdrawn when the document was sealed.")
CODE_SEALED = gettext_noop("The document code {code} is part of what was sealed.")

LOGGED_BY = gettext_noop("{issuer} had entry {log_entry} in its log no later than {logged_before}.")

CODE_CHECKED = gettext_noop("A paper with the code {code} was checked on {at}. The answer was: {answer}.")
FILE_CHECKED = gettext_noop(
    "The file with the SHA-256 digest {sha256} was checked on {at}. The answer was: {answer}."
)

# Unproved
STILL_IN_FORCE = gettext_noop("Whether the document is still in force. Ask with its code at /provjera.")
CONTENT_TRUE = gettext_noop("Whether what the document says is right. That is the word of {issuer}.")
REVOCATION_UNKNOWN = gettext_noop(
    "Whether the certificate had been withdrawn before: the file carries no list of withdrawn certificates."
)
CERTIFICATE_EXPIRED = gettext_noop(
    "Whether the seal was made before its certificate expired on {expired_at}, other than by the time stamp."
)
DEMONSTRATION = gettext_noop(
    "Any legal effect. The trust root belongs to a technical demonstration; its seals are not qualified."
)
ISSUER_UNKNOWN = gettext_noop("Who issued this file.")

# False
BYTES_CHANGED = gettext_noop(
    "The content is not what was sealed: "
    "the digest of bytes 0–{first_end} and {second_start}–{second_end} differs."
)
BYTES_APPENDED = ngettext_noop(
    "{count} byte was added after the document was sealed, at byte {offset}.",
    "{count} bytes were added after the document was sealed, from byte {offset} on.",
)
PAGE_CHANGED = gettext_noop("Page {page}: “{old}” became “{new}”.")
SEAL_CHANGED = gettext_noop(
    "The seal itself was changed: bytes of it are not what the institution and the authority signed."
)
SEAL_DAMAGED = gettext_noop(
    "The seal bears the name of the trust root, but it was changed and can no longer be read."
)
NO_TIME_STAMP = gettext_noop("The seal carries no sound time stamp, so nothing shows when it was made.")
CERTIFICATE_FORGED = gettext_noop(
    "The certificate in the seal names the trust root, but the root did not sign it."
)
CERTIFICATE_OUT_OF_TIME = gettext_noop("A certificate of the seal was not valid at the time of sealing.")
WRONG_PURPOSE = gettext_noop("The seal was made with a certificate that may not seal documents.")
REVOKED = gettext_noop("The certificate had been withdrawn on {revoked_at}, before the document was sealed.")
FROM_THE_FUTURE = gettext_noop(
    "The document was sealed at {stamped_at}, after the time for which it is checked."
)

RECEIPT_MISSPELLED = gettext_noop(
    "This was a receipt, but it is no longer as it was issued: something in the file was changed."
)
RECEIPT_FALSE = gettext_noop("This receipt is not as the institution issued it.")

# Not ours, unusable
NO_SEAL = gettext_noop("This PDF carries no seal.")
OTHER_ROOT = gettext_noop(
    "The file is sealed, but not by an institution that the trust root of this check vouches for."
)
OTHER_ROOT_RECEIPT = gettext_noop(
    "The receipt is signed, but not by an institution that the trust root of this check vouches for."
)
NOT_A_PDF = gettext_noop("This file is neither a PDF nor a receipt.")
CUT_SHORT = gettext_noop("The file is incomplete: its end is missing. Ask for it once more.")
UNREADABLE_SEAL = gettext_noop("The file carries a seal that is damaged or of a kind we do not read.")
BROKEN_PDF = gettext_noop("This PDF is damaged, so nothing can be said about it.")
ENCRYPTED = gettext_noop("This PDF is locked with a password, so nothing can be said about it.")
TOO_LARGE = gettext_noop("The file is larger than 20 MB, so it was not examined.")
RECEIPT_TOO_LARGE = gettext_noop("The file is larger than 1 MB. No receipt is, so it was not examined.")
