"""JSON: the answer as plain data, described by ``report/schema``."""

from __future__ import annotations

from dataclasses import dataclass

from comove.core.document import Document


@dataclass(frozen=True)
class JsonWriter:
    """Writes the payload: the same bytes in every language.

    Attributes
    ----------
    format
        Name on the command line.
    """

    format: str = "json"

    def write(self, document: Document, language: str) -> bytes:  # noqa: ARG002
        """Return the payload.

        Parameters
        ----------
        document
            Its payload is plain data already.
        language
            Has no influence: sentences are keys with typed values.

        Returns
        -------
        bytes
            UTF-8, sorted keys, two spaces of indentation, a newline at the end; NaN is null.
        """
        import orjson

        options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
        return orjson.dumps(document.payload, option=options)


writer = JsonWriter()
