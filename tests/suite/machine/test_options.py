"""The command line over billproof.toml over the defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from billproof.errors import UsageError
from billproof.verify.options import Options, Settings, complete, parse, read_settings
from billproof.verify.shards import Shard


def settings(folder: Path, text: str) -> Settings:
    """What is read from a billproof.toml with this text."""
    (folder / "billproof.toml").write_text(text)
    return read_settings(folder)


def test_no_file_means_no_settings(tmp_path: Path) -> None:
    """The file is optional."""
    assert read_settings(tmp_path) == Settings()


def test_the_file_gives_defaults(tmp_path: Path) -> None:
    """Whatever the command line does not say."""
    file = settings(
        tmp_path, 'cmd = "node x"\ncapabilities = ["core", "portal"]\nsettle_seconds = 1\nseed = 4'
    )

    options = complete(parse({"seed": 9}), file)

    assert (options.cmd, options.capabilities) == ("node x", ("core", "portal"))
    assert (options.settle, options.seed) == (1.0, 9)


def test_a_target_on_the_command_line_replaces_the_files(tmp_path: Path) -> None:
    """`verify URL` is no conflict with `cmd` in the file; its other settings stay."""
    file = settings(tmp_path, 'cmd = "node x"\nsettle_seconds = 2')
    asked = {"url": "http://h:1", "sandbox": "http://h:2", "env_file": Path("e.env")}

    options = complete(parse(asked), file)

    assert (options.targets(), options.settle) == (["url"], 2.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour = 3", "colour"),
        ("settle_seconds = 5.5", "less than or equal to 5"),
        ("settle_seconds = -1", "greater than or equal to 0"),
        ('capabilities = "core"', "capabilities"),
        ("contract = 1.0", "contract: .* valid string"),
        ('contract = "one"', "contract: "),
        ("cmd = ", "cannot be read"),
    ],
)
def test_what_the_file_may_not_say(text: str, said: str, tmp_path: Path) -> None:
    """A typo is told, not ignored."""
    with pytest.raises(UsageError, match=said):
        settings(tmp_path, text)


def test_an_unknown_key_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    """So that nobody has to look them up."""
    with pytest.raises(
        UsageError, match=r"Known are: app, baseline, capabilities, cmd, contract, database"
    ):
        settings(tmp_path, "colour = 3")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"cmd": "x", "app": "m:f"}, "One target at a time"),
        ({"url": "http://h", "cmd": "x"}, "One target at a time"),
        ({"cmd": "x", "mutant": "m"}, "One target at a time"),
        ({"url": "http://h"}, "A URL needs --sandbox and --env-file"),
        ({"url": "http://h", "sandbox": "http://s"}, "A URL needs --env-file"),
        ({"sandbox": "http://s"}, "belong to a URL"),
    ],
)
def test_targets_that_make_no_sense(asked: dict[str, object], said: str) -> None:
    """One target, with all that it needs."""
    with pytest.raises(UsageError, match=said):
        complete(parse(asked), Settings())


@pytest.mark.parametrize(
    ("options", "seconds"),
    [
        (Options(), 0.0),
        (Options(mutant="m"), 0.0),
        (Options(cmd="x"), 5.0),
        (Options(cmd="x", settle_seconds=0.5), 0.5),
    ],
)
def test_a_foreign_backend_has_five_seconds_to_settle(options: Options, seconds: float) -> None:
    """The bundled one has none, unless something else is said."""
    assert options.settle == seconds


def test_shards_need_a_seed_that_they_share(tmp_path: Path) -> None:
    """On the command line or in the file; without one each would make choices of its own."""
    asked = parse({"shard": Shard(1, 2)})

    with pytest.raises(UsageError, match=r"Add the same --seed N to each"):
        complete(asked, Settings())

    assert complete(asked, settings(tmp_path, "seed = 4")).seed == 4


def test_pages_may_have_words_of_their_own(tmp_path: Path) -> None:
    """The file names a page object; how pages are looked at is of one run alone."""
    file = settings(tmp_path, 'pages = "my_pages:MyPages"')

    options = complete(parse({"view": {"theme": "dark", "device": "Pixel 7"}}), file)

    assert options.pages == "my_pages:MyPages"
    assert (options.view.theme, options.view.device) == ("dark", "Pixel 7")
    with pytest.raises(UsageError, match="view"):
        settings(tmp_path, 'view = "dark"')


def test_a_theme_that_telegram_has_not_is_refused() -> None:
    """With what there is."""
    with pytest.raises(UsageError, match=r"view\.theme: input should be 'light' or 'dark'"):
        parse({"view": {"theme": "blue"}})


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("slow_motion_ms", 300, -5),
        ("locale", "de-DE", "de_DE!"),
        ("locale", "zh-Hant-TW", ""),
        ("time_zone", "Europe/Berlin", "Mars/Phobos"),
        ("time_zone", "UTC", "../UTC"),
    ],
)
def test_a_way_of_looking_that_there_is_not_is_refused(
    name: str, good: object, bad: object
) -> None:
    """Before anything runs: no browser could be opened like that."""
    assert getattr(parse({"view": {name: good}}).view, name) == good

    with pytest.raises(UsageError, match=rf"view\.{name}: "):
        parse({"view": {name: bad}})


@pytest.mark.parametrize("asked", [{}, {"app": "a:b"}, {"mutant": "m"}])
def test_a_database_server_is_for_a_command(asked: dict[str, object], tmp_path: Path) -> None:
    """Elsewhere it would be ignored; in the file it waits for a run that can use it."""
    url = {"database_url": "postgresql://me@host"}
    assert complete(parse({"cmd": "node x", **url}), Settings()).database_url == url["database_url"]
    file = settings(tmp_path, 'cmd = "node x"\ndatabase_url = "postgres://me@host"')
    assert complete(parse({}), file).database_url == "postgres://me@host"
    if asked:
        assert complete(parse(asked), file).database_url is None

    with pytest.raises(UsageError, match="--database-url belongs to --cmd"):
        complete(parse({**asked, **url}), Settings())


def test_a_database_server_is_postgresql() -> None:
    """A file needs no server."""
    with pytest.raises(UsageError, match="database_url"):
        parse({"cmd": "node x", "database_url": "sqlite:/a.db"})
