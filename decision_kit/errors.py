"""The one kind of error a user can cause, told in one sentence."""


class InputError(ValueError):
    """Something given to the kit cannot be used.

    The message is one sentence for people: which file, which field, what is allowed.
    """
