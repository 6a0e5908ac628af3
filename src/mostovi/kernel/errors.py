"""One family of refusals for the whole house. Each says what happened in a sentence fit for a citizen."""

from typing import Any


class Refusal(Exception):
    """A refusal with a stable ``code``, an HTTP ``status`` and a ``message``.

    ``message`` is an English sentence that is also the key in the language catalogues; ``params``
    fill its ``{placeholders}`` after translation.
    """

    code = "refused"
    status = 400
    message = "This cannot be done."

    def __init__(self, message: str | None = None, *, code: str | None = None, **params: Any) -> None:
        self.message = message or type(self).message
        self.code = code or type(self).code
        self.params = params
        super().__init__(self.sentence())

    def sentence(self, template: str | None = None) -> str:
        """The message with its parameters filled in; pass a translated ``template`` for another language."""
        return (template or self.message).format(**self.params) if self.params else (template or self.message)


class NotAllowed(Refusal):
    code = "not_allowed"
    status = 403
    message = "You may not see or do this."


class NotFound(Refusal):
    code = "not_found"
    status = 404
    message = "We did not find this."


class Conflict(Refusal):
    code = "conflict"
    status = 409
    message = "Something changed in the meantime. Look at the page again."


class Invalid(Refusal):
    code = "invalid"
    status = 422
    message = "Something in what you entered needs another look."


class Unavailable(Refusal):
    code = "unavailable"
    status = 503
    message = "This does not answer at the moment. Nothing is lost; you can go on later."
