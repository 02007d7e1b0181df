"""The one kind of error a user can cause, told in one sentence."""


class InputError(ValueError):
    """Something given to the kit cannot be used.

    The message is one sentence for people: which file, which field, what is allowed; of a table one for each mistake.
    """

    def _render_traceback_(self) -> list[str]:
        """Give IPython what a notebook shows of it: the sentence, as a traceback would tell people nothing."""
        return [str(self)]
