"""The sentences for what can go wrong on the way to a service and back."""

from __future__ import annotations

from datetime import UTC, datetime

from comove.core.errors import PayloadError, SourceError, UnavailableError


class Trouble(Exception):  # noqa: N818 - not an error yet: another attempt may mend it
    """A failure that another attempt may mend.

    Attributes
    ----------
    error
        What it becomes when no attempt mends it.
    wish
        Seconds for which the service asked to be left alone; None when it did not say.
    """

    def __init__(self, error: UnavailableError, wish: float | None = None) -> None:
        self.error = error
        self.wish = wish
        super().__init__(error.code)


def timed_out(source: str) -> UnavailableError:
    """Return the error for an answer that took too long."""
    return UnavailableError(
        "source.timeout",
        "{source} did not answer in time.",
        "What is held stays as it is; try later.",
        source=source,
    )


def unreachable(source: str) -> UnavailableError:
    """Return the error for a connection that could not be made."""
    return UnavailableError(
        "source.connection",
        "{source} cannot be reached.",
        "Check the connection; --offline answers from the history that comes with comove.",
        source=source,
    )


def broken_off(source: str) -> UnavailableError:
    """Return the error for an answer that ended before it was complete."""
    return UnavailableError(
        "source.broken",
        "{source} broke off its answer.",
        "What is held stays as it is; try later.",
        source=source,
    )


def failing(source: str, status: int) -> UnavailableError:
    """Return the error for a status that says the service itself is in trouble."""
    return UnavailableError(
        "source.failing",
        "{source} is in trouble itself (status {status}).",
        "What is held stays as it is; try later.",
        source=source,
        status=status,
    )


def busy(source: str) -> UnavailableError:
    """Return the error for a service that has been called too often for its taste."""
    return UnavailableError(
        "source.busy",
        "{source} asks for fewer calls (status 429).",
        "What is held stays as it is; try later.",
        source=source,
    )


def left_alone(source: str, until: float) -> UnavailableError:
    """Return the error for a service that is not called before ``until``, UTC seconds."""
    return UnavailableError(
        "source.left_alone",
        "{source} is left alone until {until}, after failing or asking for it.",
        "What is held stays as it is; comove data doctor tries it at once.",
        source=source,
        until=datetime.fromtimestamp(until, UTC).strftime("%Y-%m-%d %H:%M UTC"),
    )


def too_many(source: str) -> UnavailableError:
    """Return the error for a limit on calls that leaves no turn within the deadline."""
    return UnavailableError(
        "source.limit",
        "The limit on calls to {source} leaves no turn in time.",
        "Try again in a minute.",
        source=source,
    )


def refused(source: str, status: int, said: str) -> SourceError:
    """Return the error for a question that the service does not answer."""
    if status in {401, 403}:
        return SourceError(
            "source.forbidden",
            "{source} refuses access (status {status}){said}.",
            "Check the key if it needs one: comove data doctor.",
            source=source,
            status=status,
            said=said,
        )
    return SourceError(
        "source.refused",
        "{source} refuses the question (status {status}){said}.",
        "Check the code in the catalogue row.",
        source=source,
        status=status,
        said=said,
    )


def elsewhere(source: str, host: str) -> SourceError:
    """Return the error for a redirection that is not followed."""
    return SourceError(
        "source.redirect",
        "{source} points to another place ({host}), which is not followed.",
        "The service may have moved; a newer comove may know where.",
        source=source,
        host=host,
    )


def circling(source: str) -> SourceError:
    """Return the error for redirections without end."""
    return SourceError(
        "source.circling",
        "{source} points from one place to the next without end.",
        "Try later.",
        source=source,
    )


def insecure(source: str) -> SourceError:
    """Return the error for an address that is not plain https."""
    return SourceError("source.insecure", "{source} is to be asked without https.", source=source)


def no_proxy(source: str) -> SourceError:
    """Return the error for a proxy of the environment that cannot be used."""
    return SourceError(
        "source.proxy",
        "{source} cannot be reached through the proxy that the environment names.",
        "HTTPS_PROXY takes an address that begins with http:// or https://.",
        source=source,
    )


def no_data(source: str, found: str) -> PayloadError:
    """Return the error for a type of content that cannot be data."""
    return PayloadError(
        "source.type",
        "{source} sent {found}, which is not the kind of data asked for.",
        "It may be under maintenance; what is held stays as it is.",
        source=source,
        found=found,
    )


def too_large(source: str, limit: int) -> PayloadError:
    """Return the error for a body beyond its limit, before or after decompression."""
    return PayloadError(
        "source.large",
        "{source} sent more than {megabytes} MB, or less that unpacks to more.",
        "Ask for a shorter span.",
        source=source,
        megabytes=f"{limit / 1e6:g}",
    )
