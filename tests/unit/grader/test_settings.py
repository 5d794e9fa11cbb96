from __future__ import annotations

from pathlib import Path

import pytest

from grader.settings import SettingError, Settings, read_settings
from worker.settings import read_worker_settings


def test_the_defaults_need_no_environment() -> None:
    settings = read_settings({"PATH": "/bin", "GRADER_SLOTS": ""})
    assert settings == Settings()
    assert settings.effective_slots >= 1
    assert settings.database.endswith("/var/grader.db")


def test_each_setting_is_read_from_the_variable_of_its_name() -> None:
    settings = read_settings(
        {
            "GRADER_DATA_DIR": "/srv/grader",
            "GRADER_DATABASE_URL": "postgresql://g@db/grader",
            "GRADER_BROKER_URL": "redis://queue/0",
            "GRADER_SLOTS": " 3 ",
            "GRADER_ALLOWED_HOSTS": "grader.example.org, g.example.org,",
            "GRADER_PUBLIC_URL": "https://grader.example.org:8443/",
            "GRADER_DEMO": "False",
        }
    )
    assert settings.data_dir == Path("/srv/grader")
    assert settings.database == "postgresql://g@db/grader"
    assert settings.effective_slots == 3
    assert settings.allowed_hosts == ("grader.example.org", "g.example.org")
    assert settings.public_url == "https://grader.example.org:8443/"
    assert settings.demo is False
    assert read_settings({"GRADER_DEMO": " yes "}).demo is True
    assert read_settings({"GRADER_DEMO": ""}).demo is None


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("GRADER_SLOT", "2", "did you mean GRADER_SLOTS"),
        ("GRADER_SLOTS", "two", "takes a whole number, not 'two'"),
        ("GRADER_SLOTS", "-1", "from 0 to 1024"),
        ("GRADER_LEASE_SECONDS", "1", "from 10"),
        ("GRADER_MAX_WAITS", "16", "leave a thread free"),
        ("GRADER_BROKER_URL", "amqp://queue", "redis://"),
        ("GRADER_DATABASE_URL", "mysql://db", "postgresql://"),
        ("GRADER_LOG_LEVEL", "loud", "debug, info"),
        ("GRADER_DEMO", "maybe", "takes true or false, not 'maybe'"),
        ("GRADER_TRUSTED_PROXIES", "11", "from 0 to 10"),
        ("GRADER_PUBLIC_URL", "grader.example", "https://name"),
        ("GRADER_PUBLIC_URL", "https://grader.example/path", "no path"),
        ("GRADER_PUBLIC_URL", "https://me@grader.example", "https://name"),
        ("GRADER_PUBLIC_URL", "javascript:alert(1)", "https://name"),
        ("GRADER_PUBLIC_URL", "https://grader.example:port", "with a port"),
    ],
)
def test_a_setting_that_cannot_be_is_named(variable: str, value: str, said: str) -> None:
    with pytest.raises(SettingError, match=variable) as caught:
        read_settings({variable: value})
    assert said in str(caught.value)


def test_a_folder_of_any_name_makes_a_database_of_that_name(tmp_path: Path) -> None:
    from grader.store.database import migrate, open_database

    folder = tmp_path / "a%41b?c#d e"
    folder.mkdir()
    engine = open_database(Settings(data_dir=folder).database)
    migrate(engine)
    engine.dispose()
    assert (folder / "grader.db").is_file()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://h/d", "nonsense"])
def test_only_a_database_that_keeps_what_it_is_given_is_opened(url: str) -> None:
    from grader.store.database import open_database

    with pytest.raises(ValueError, match=r"sqlite|SQLite|URL"):
        open_database(url)


def test_a_worker_refuses_to_know_the_database() -> None:
    with pytest.raises(SettingError, match="GRADER_DATABASE_URL"):
        read_worker_settings(
            {"GRADER_BROKER_URL": "redis://q", "GRADER_DATABASE_URL": "sqlite:///x"}
        )
    with pytest.raises(SettingError, match="GRADER_BROKER_URL"):
        read_worker_settings({})
    assert read_worker_settings({"GRADER_BROKER_URL": "redis://q"}).effective_slots >= 1
