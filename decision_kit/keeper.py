"""The file of one decision, kept so that nothing another hand wrote into it is overwritten unseen."""

from pathlib import Path

from decision_kit import files
from decision_kit.decision import Decision
from decision_kit.errors import InputError

ENDING = ".decision.json"
"""Ends the name of a decision's file."""


class ChangedError(InputError):
    """The file of a decision is not any more what it was when it was last read or written here.

    Attributes
    ----------
    text : str or None
        What it holds now; ``None`` if it is gone or cannot be read as a decision.
    decision : Decision or None
        That text as a decision.
    """

    def __init__(self, told: str, text: str | None = None, decision: Decision | None = None) -> None:
        super().__init__(told)
        self.text, self.decision = text, decision


class Keeper:
    """Reads and writes the file of one decision, and knows what it held then.

    Attributes
    ----------
    path : pathlib.Path or None
        The file; ``None`` before a new decision is first saved.
    decision : Decision or None
        What the file held when it was last read or written here.
    """

    def __init__(self) -> None:
        self.path: Path | None = None
        self.decision: Decision | None = None
        self._text = ""

    def open(self, path: Path) -> Decision:
        """Open a decision's file.

        Raises
        ------
        InputError
            If it cannot be read as a decision; what was open stays so.
        """
        text = files.read_text(path)
        decision = _decision(path, text)
        self.path, self.decision, self._text = path, decision, text
        return decision

    def look(self) -> None:
        """Look whether the file still holds what is known of it.

        Raises
        ------
        ChangedError
            If it says something else by now, cannot be read, or is gone.
        """
        if self.path is None:
            return
        try:
            text = files.read_if_there(self.path)
            now = None if text is None else _decision(self.path, text)
        except InputError as error:
            raise ChangedError(f"{error} It was changed elsewhere.") from None
        if text is None:
            raise ChangedError(f"{self.path} is gone: it was removed or renamed elsewhere.")
        if now != self.decision:
            raise ChangedError(f"{self.path} was changed elsewhere.", text, now)
        self._text = text  # written another way, it says the same

    def accept(self, found: ChangedError) -> None:
        """Take what the file was found to hold for known, once a person was told of it."""
        if found.text is not None:
            self.decision, self._text = found.decision, found.text

    def forget(self, known: Decision) -> None:
        """Take what the file held earlier for known again, so that what was written into it since is told anew."""
        self.decision, self._text = known, known.to_json()

    def save(self, decision: Decision) -> None:
        """Save the decision in the file that is open, unless it is there already.

        Raises
        ------
        ChangedError
            If the file says something else than is known of it; it stays so.
        InputError
            If it cannot be written; what was there is untouched.
        """
        if self.path is None or decision == self.decision:
            self.look()
            return
        text = decision.to_json()
        try:
            while not files.replace_if(self.path, self._text, text):
                self.look()
        except ChangedError as found:
            if found.decision != decision:
                raise
            self.accept(found)
        else:
            self.decision, self._text = decision, text

    def save_new(self, decision: Decision, folder: Path, stem: str) -> None:
        """Save the decision in a new file, the first of that name that is free.

        Parameters
        ----------
        decision : Decision
        folder : pathlib.Path
            Made if it is missing.
        stem : str
            The beginning of its name; a number follows where the name is taken.

        Raises
        ------
        InputError
            If it cannot be written.
        """
        text = decision.to_json()
        while not files.replace_if(path := _free(folder, stem), None, text):
            pass  # somebody took the name in this very moment
        self.path, self.decision, self._text = path, decision, text

    def move(self, decision: Decision, stem: str) -> None:
        """Give the file that is open another name, the first that is free, and save the decision in it.

        Raises
        ------
        ChangedError, InputError
            As :meth:`save`.
        """
        self.look()
        if self.path is not None:
            while not files.rename_if(self.path, self._text, new := _free(self.path.parent, stem)):
                self.look()
            self.path = new
        self.save(decision)


def _free(folder: Path, stem: str) -> Path:
    """Find the first name of a decision's file in a folder that is free: ``stem``, then ``stem-2`` and so on."""
    return folder / f"{next(files.free(folder, stem, ENDING))}{ENDING}"


def _decision(path: Path, text: str) -> Decision:
    try:
        return Decision.from_json(text)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
