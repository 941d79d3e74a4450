"""The command line over billproof.toml over the defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from billproof.errors import UsageError
from billproof.shard import Shard
from billproof.verify.options import Options, Settings, complete, parse, read_settings


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
        ("colour = 3", "colour is not known"),
        ("settle_seconds = 5.5", "settle_seconds is at most 5"),
        ("settle_seconds = -1", "settle_seconds is at least 0"),
        ("deadline_seconds = 0", "deadline_seconds is more than 0"),
        ('capabilities = "core"', r'capabilities is a list, e.g. \["core", "checkout"\]'),
        ('workers = "two"', "workers is a whole number"),
        ("workers = 1.5", "workers is a whole number"),
        ("cmd = 7", "cmd is text, in quotes"),
        ("baseline = 7", "baseline is text, in quotes"),
        ('cmd = " "', "cmd: it is blank"),
        ("contract = 1.0", "contract is text, in quotes"),
        ('contract = "one"', "contract looks like 1.0"),
        ('database_url = "mysql://u:hidden@h"', r"database_url begins with postgresql://\."),
        ("cmd = ", "cannot be read"),
    ],
)
def test_what_the_file_may_not_say(text: str, said: str, tmp_path: Path) -> None:
    """A typo is told, not ignored."""
    with pytest.raises(UsageError, match=said):
        settings(tmp_path, text)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"deadline_seconds": 0.0}, "--deadline is more than 0"),
        ({"workers": 0}, "-n is at least 1"),
        ({"repeat": 0}, "--repeat is at least 1"),
        ({"database_url": "sqlite://"}, "--database-url begins with postgresql://"),
        ({"app": "x"}, "--app: 'x' is no module:factory"),
    ],
)
def test_what_the_command_line_may_not_say(asked: dict[str, object], said: str) -> None:
    """By the name of the flag, which is what the reader has written."""
    with pytest.raises(UsageError) as told:
        parse(asked)

    assert str(told.value).startswith(said)


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


@pytest.mark.parametrize(
    ("name", "good", "bad", "said"),
    [
        ("slow_motion_ms", 300, -5, "--slowmo is at least 0"),
        ("theme", "dark", "blue", "--theme is 'light' or 'dark'"),
        ("locale", "de-DE", "de_DE!", "--locale looks like en-GB"),
        ("locale", "zh-Hant-TW", "", "--locale looks like en-GB"),
        ("time_zone", "Europe/Berlin", "Mars/Phobos", "--time-zone: 'Mars/Phobos' is none"),
        ("time_zone", "UTC", "../UTC", "--time-zone: '../UTC' is none"),
    ],
)
def test_a_way_of_looking_that_there_is_not_is_refused(
    name: str, good: object, bad: object, said: str
) -> None:
    """Before anything runs: no browser could be opened like that."""
    assert getattr(parse({"view": {name: good}}).view, name) == good

    with pytest.raises(UsageError, match=said):
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
