"""Keys to services: from the environment or a file of the user's, and into requests only."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from comove.core.errors import MissingKeyError, QuestionError
from comove.core.source import Source

if TYPE_CHECKING:
    from pydantic import SecretStr

FILE = "keys.toml"
PREFIX = "COMOVE_"


class Keys:
    """What is set of the keys that sources need; its repr names them and shows none.

    Parameters
    ----------
    held
        Name to key, for those that are set.

    Examples
    --------
    >>> Keys({})
    Keys(none set)
    """

    def __init__(self, held: Mapping[str, SecretStr]) -> None:
        self._held = dict(held)

    @classmethod
    def load(cls, names: tuple[str, ...], folder: Path) -> Keys:
        """Read keys from the environment, and from ``keys.toml`` for those that are not there.

        Parameters
        ----------
        names
            Of the keys, e.g. ``("fred_api_key",)``: ``COMOVE_FRED_API_KEY`` in the environment,
            ``fred_api_key`` in the file.
        folder
            Where the file is looked for; it need not exist.

        Returns
        -------
        Keys
            Blank ones count as not set.

        Raises
        ------
        QuestionError
            When the file is no TOML of such names, or a key holds what no key can hold.
        """
        from pydantic import SecretStr, ValidationError, create_model
        from pydantic_settings import (
            BaseSettings,
            PydanticBaseSettingsSource,
            SettingsConfigDict,
            TomlConfigSettingsSource,
        )

        class Base(BaseSettings):
            model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore")

            @classmethod
            def settings_customise_sources(
                cls,
                settings_cls: type[BaseSettings],
                init_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - named by the library
                env_settings: PydanticBaseSettingsSource,
                dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - likewise
                file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - likewise
            ) -> tuple[PydanticBaseSettingsSource, ...]:
                return env_settings, TomlConfigSettingsSource(settings_cls, folder / FILE)

        fields = {name: (SecretStr, SecretStr("")) for name in names}
        try:
            settings = create_model("Settings", __base__=Base, **fields)()  # type: ignore[call-overload]
        except (ValidationError, ValueError, OSError):
            raise _unusable(str(folder / FILE)) from None  # the cause quotes what it read
        found = {name: getattr(settings, name).get_secret_value().strip() for name in names}
        for name, key in found.items():
            if not (key.isascii() and key.isprintable()):
                raise _unusable(PREFIX + name.upper())
        return cls({name: SecretStr(key) for name, key in found.items() if key})

    def __repr__(self) -> str:
        """Name the keys that are set."""
        return f"Keys({', '.join(sorted(self._held)) or 'none set'})"

    def revealed(self) -> dict[str, str]:
        """Return every key that is set, by name, for ``ask`` and nothing else."""
        return {name: key.get_secret_value() for name, key in self._held.items()}

    def missing(self, source: Source) -> tuple[str, ...]:
        """Return the names of the keys a source needs and that are not set."""
        return tuple(name for name in source.keys if name not in self._held)

    def of(self, source: Source) -> dict[str, str]:
        """Return the keys a source needs.

        Parameters
        ----------
        source
            Who needs them.

        Returns
        -------
        dict
            Name to key, for :meth:`~comove.core.source.Source.ask` and nothing else.

        Raises
        ------
        MissingKeyError
            When one is not set; it says where to get it.
        """
        if missing := self.missing(source):
            raise MissingKeyError(
                "source.key",
                "{source} needs a key, and {variable} is not set.",
                "Get one at {page}; set {variable}, or {name} in keys.toml.",
                source=source.name,
                variable=PREFIX + missing[0].upper(),
                name=missing[0],
                page=source.page,
            )
        return {name: self._held[name].get_secret_value() for name in source.keys}


def _unusable(where: str) -> QuestionError:
    return QuestionError(
        "source.keys_unusable",
        "{where} holds no usable keys.",
        'Write one line per key, name = "key", or set the environment variable.',
        where=where,
    )
