"""The settings: one TOML file, every key also as `MIXD_SECTION__KEY` in the environment."""

import json
import os
import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict
from slixmpp.jid import JID, InvalidJID
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from mix.service.complaints import Complaints
from mix.service.failures import ConfigError
from mix.shell.engines import DRIVERS

PREFIX = "MIXD_"


def _domain(text: str) -> str:
    try:
        jid = JID(text)
    except InvalidJID:
        jid = JID()
    if not jid.domain or jid.local or jid.resource:
        raise ValueError(f"must be a domain such as mix.example.org, not {text!r}")
    return str(jid.domain)


def _bare_jid(text: str) -> str:
    try:
        jid = JID(text)
    except InvalidJID:
        jid = JID()
    if not jid.local or jid.resource:
        raise ValueError(f"must be an address such as romeo@example.org, not {text!r}")
    return str(jid.bare)


def _contact(text: str) -> str:
    scheme, _, rest = text.partition(":")
    if scheme not in ("xmpp", "mailto", "http", "https") or not rest or any(c.isspace() for c in text):
        raise ValueError(f"must be an address such as xmpp:admin@example.org or mailto:admin@example.org, not {text!r}")
    return text


def _database_url(text: str) -> str:
    try:
        url = make_url(text)
    except ArgumentError:
        url = None
    if url is None or (url.drivername not in DRIVERS and url.drivername not in DRIVERS.values()):
        raise ValueError("must begin with sqlite:/// and a path, or with postgresql:// and a host")
    if url.drivername.startswith("sqlite") and not url.database:
        raise ValueError("needs the path of a file after sqlite:///")
    return text


def _no_bool(value: object) -> object:
    """`port = true` is a mistake, not port 1."""
    return str(value).lower() if isinstance(value, bool) else value


def _split(value: object) -> object:
    """Lists in the environment: `a@x, b@x` is as good as JSON."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Domain = Annotated[str, AfterValidator(_domain)]
Contact = Annotated[str, AfterValidator(_contact)]
BareJid = Annotated[str, AfterValidator(_bare_jid)]
ModuleName = Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$")]
Whole = Annotated[int, BeforeValidator(_no_bool)]


class Section(BaseModel):
    """Part of the settings: cannot be changed, and knows its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Component(Section):
    """`[component]`: how mixd logs in to its XMPP server (XEP-0114)."""

    jid: Domain
    secret: SecretStr = SecretStr("")
    secret_file: Path | None = None
    host: str = "127.0.0.1"
    port: Annotated[Whole, Field(ge=1, le=65535)] = 5347


class Database(Section):
    """`[database]`: where everything is kept."""

    # not in repr(): a URL may hold a password
    url: Annotated[str, AfterValidator(_database_url), Field(repr=False)] = "sqlite:////var/lib/mixd/mixd.db"

    @property
    def driven_url(self) -> URL:
        """The URL with the driver it needs."""
        url = make_url(self.url)
        return url.set(drivername=DRIVERS.get(url.drivername, url.drivername))

    @property
    def file(self) -> Path | None:
        """The file of an SQLite database, None for a database server."""
        url = make_url(self.url)
        is_file = url.drivername.startswith("sqlite") and url.database and url.database != ":memory:"
        return Path(str(url.database)) if is_file else None


class Service(Section):
    """`[service]`: who may do what, and what a new channel is like."""

    name: str = "Channels"
    contact: Annotated[tuple[Contact, ...], BeforeValidator(_split)] = ()
    admins: Annotated[tuple[BareJid, ...], BeforeValidator(_split)] = ()
    local_domains: Annotated[tuple[Domain, ...], BeforeValidator(_split)] = ()
    creators: Literal["local", "anyone", "admins"] = "local"
    default_visibility: Literal["hidden", "maybe", "visible"] = "hidden"
    default_access: Literal["open", "private"] = "open"
    searchable: bool = True
    registered_nicks: bool = True
    tombstones: Annotated[Whole, Field(ge=0, le=36_500)] = 0
    relay: Literal["everybody", "speakers", "nobody"] = "everybody"
    faces: Annotated[tuple[ModuleName, ...], BeforeValidator(_split), Field(min_length=1)] = (
        "mix.face",
        "muccompat",
    )


class Muc(Section):
    """`[muc]`: the channels as rooms (XEP-0045)."""

    domain: Domain | None = None
    history: Annotated[Whole, Field(ge=0, le=1000)] = 50
    registration: Literal["open", "approval", "off"] = "open"


class Limits(Section):
    """`[limits]`: what one person or one channel may cost."""

    # Prosody closes the stream of a component that sends more than 512 KiB in a stanza
    max_stanza_bytes: Annotated[Whole, Field(ge=10_000, le=500_000)] = 262_144
    max_nick: Annotated[Whole, Field(ge=1, le=1023)] = 64
    # In base64, with what else is in the stanza, it has to fit the host's 512 KiB.
    avatar_bytes: Annotated[Whole, Field(ge=1_000, le=300_000)] = 65_536
    mailbox: Annotated[Whole, Field(ge=10)] = 1000
    rate: Annotated[Whole, Field(ge=0)] = 20
    burst: Annotated[Whole, Field(ge=1)] = 200
    participants: Annotated[Whole, Field(ge=1)] = 10_000
    channels: Annotated[Whole, Field(ge=0)] = 100
    registrations: Annotated[Whole, Field(ge=0)] = 1000
    archive: Annotated[Whole, Field(ge=0)] = 0
    archive_days: Annotated[Whole, Field(ge=0, le=36_500)] = 0
    retraction_hours: Annotated[Whole, Field(ge=0, le=876_000)] = 0
    empty_days: Annotated[Whole, Field(ge=0, le=36_500)] = 0


class Log(Section):
    """`[log]`: how much mixd says, and in which form."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class Metrics(Section):
    """`[metrics]`: numbers for Prometheus, on loopback."""

    port: Annotated[Whole, Field(ge=0, le=65535)] = 0


class Settings(BaseSettings):
    """Everything an operator decides; read once by `load` and passed in."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, env_prefix=PREFIX, env_nested_delimiter="__"
    )

    component: Component
    database: Database = Database()
    service: Service = Service()
    muc: Muc = Muc()
    limits: Limits = Limits()
    log: Log = Log()
    metrics: Metrics = Metrics()

    @cached_property
    def local_domains(self) -> frozenset[str]:
        """Domains whose people are local."""
        above = self.component.jid.partition(".")[2]
        return frozenset(self.service.local_domains or ([above] if above else []))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file; nothing else is read."""
        return _Environment(settings_cls), init_settings


class _Environment(EnvSettingsSource):
    """pydantic's own, but a list that is not JSON stays text, for `_split`."""

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        try:
            return json.loads(value)
        except ValueError:
            return value


def load(path: Path | None) -> Settings:
    """Read the settings from a TOML file and the environment, or raise a ConfigError that says what to do."""
    text = _read(path) if path else ""
    complaints = Complaints(path, text, _sections(), os.environ)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(complaints.syntax(error), 'Text needs quotes: jid = "mix.example.org"') from None
    if sentences := complaints.variables():
        raise ConfigError("\n".join(sentences))
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise ConfigError("\n".join(complaints.values(error.errors()))) from None
    if settings.muc.domain == settings.component.jid:
        raise ConfigError(
            complaints.at(("muc", "domain"), "domain in [muc] must not be the jid in [component]"),
            "It is for a second domain. Leave it out to have channels and rooms on one domain.",
        )
    return settings.model_copy(update={"component": _with_secret(settings.component, path, complaints)})


def _sections() -> Mapping[str, tuple[str, ...]]:
    classes: dict[str, object] = {name: field.annotation for name, field in Settings.model_fields.items()}
    return {
        name: tuple(section.model_fields)
        for name, section in classes.items()
        if isinstance(section, type) and issubclass(section, Section)
    }


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text (byte {error.start})", "Save it as UTF-8.") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}", "Name another file with --config.") from None


def _with_secret(component: Component, path: Path | None, complaints: Complaints) -> Component:
    given, file = bool(component.secret.get_secret_value()), component.secret_file
    key = ("component", "secret_file")
    if given and file:
        raise ConfigError(complaints.at(key, "[component] has both secret and secret_file"), "Keep one of them.")
    if given:
        return component
    if file is None:
        raise ConfigError(
            complaints.at(("component", "secret"), "[component] needs secret, or secret_file"),
            "It is the secret that the XMPP server has for this component.",
        )
    place = (path.parent if path else Path()) / file
    try:
        secret = place.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ConfigError(
            complaints.at(key, f"secret_file {place} cannot be read: {why}"),
            "It has to exist, and the user who runs mixd has to be allowed to read it.",
        ) from None
    if not secret:
        raise ConfigError(complaints.at(key, f"secret_file {place} is empty"))
    return component.model_copy(update={"secret": SecretStr(secret)})
