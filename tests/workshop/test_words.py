from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext

from tests.workshop.conftest import text_of
from workshop.management.commands.words import each, gather, sentences

IN_FRENCH = settings.BASE_DIR / "locale" / "fr" / "LC_MESSAGES" / "django.po"


def test_the_words_are_gathered_and_translated():
    call_command("words", check=True)


@pytest.fixture
def elsewhere(tmp_path, settings):
    """A project of one template and no translations."""
    settings.BASE_DIR = tmp_path
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    (tmp_path / "workshop").mkdir()
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "page.html").write_text(
        '{% load i18n %}\n    {% translate "Good evening" %}\n'
        "{% blocktranslate count n=n %}one of {{ name }}{% plural %}{{ n }} of {{ name }}"
        "{% endblocktranslate %}"
    )
    return tmp_path


def test_templates_and_python_are_both_read(elsewhere):
    (elsewhere / "workshop" / "forms.py").write_text(
        'from x import gettext_lazy as _, pgettext\n_("Hello")\npgettext("time", "G:i")\n'
    )

    found = {(message.context, *each(message.id)) for message in sentences(gather(elsewhere))}

    assert found == {
        (None, "Good evening"),
        (None, "one of %(name)s", "%(n)s of %(name)s"),
        (None, "Hello"),
        ("time", "G:i"),
    }


def test_a_missing_sentence_is_told(elsewhere):
    with pytest.raises(CommandError, match="fr: missing: 'Good evening'"):
        call_command("words")


def translated(elsewhere: Path, text: str, plural: str) -> Path:
    """The French of the one template."""
    with pytest.raises(CommandError):
        call_command("words")
    path = elsewhere / "locale" / "fr" / "LC_MESSAGES" / "django.po"
    full = path.read_text().replace(
        'msgid "Good evening"\nmsgstr ""', f'msgid "Good evening"\nmsgstr "{text}"'
    )
    full = full.replace('msgstr[0] ""', f'msgstr[0] "{plural}"')
    path.write_text(full.replace('msgstr[1] ""', f'msgstr[1] "{plural}"'))
    return path


def test_what_is_translated_is_compiled_and_stays(elsewhere):
    translated(elsewhere, "Bonsoir", "%(n)s de %(name)s")

    call_command("words")
    call_command("words", check=True)


def test_translations_that_are_not_compiled_are_told(elsewhere):
    path = translated(elsewhere, "Bonsoir", "%(n)s de %(name)s")
    call_command("words")
    path.write_text(path.read_text().replace("Bonsoir", "Bonne nuit"))

    with pytest.raises(CommandError, match=r"fr: django\.mo is stale"):
        call_command("words", check=True)


def test_a_sentence_that_is_new_is_told_even_if_nobody_gathered_it(elsewhere):
    translated(elsewhere, "Bonsoir", "%(n)s de %(name)s")
    call_command("words")
    (elsewhere / "templates" / "new.html").write_text('{% load i18n %}{% translate "New" %}')

    with pytest.raises(CommandError, match="fr: missing: 'New'"):
        call_command("words", check=True)


def test_a_lost_placeholder_is_told(elsewhere):
    translated(elsewhere, "Bonsoir", "%(n)s de quelqu’un")

    with pytest.raises(CommandError, match="fr: other placeholders"):
        call_command("words")


def test_a_doubtful_translation_is_told(elsewhere):
    path = translated(elsewhere, "Bonsoir", "%(n)s de %(name)s")
    path.write_text(
        path.read_text().replace('msgid "Good evening"', '#, fuzzy\nmsgid "Good evening"')
    )

    with pytest.raises(CommandError, match="fr: fuzzy: 'Good evening'"):
        call_command("words", check=True)


def test_the_french_has_its_spaces_and_apostrophes():
    with IN_FRENCH.open("rb") as file:
        catalog = read_po(file)
    texts = [text for message in sentences(catalog) for text in each(message.string)]
    assert len(texts) > 100

    spaceless = re.compile(r"[^\s\d/]:(?!\w|//)|(?<![\u00a0\u202f])[;!?»]|«(?!\u00a0)|'")
    entity = re.compile(r"&\w+;|<[^>]*>|%\(\w+\)s|mailto:")
    assert [text for text in texts if spaceless.search(entity.sub("", text))] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "Entrer dans la salle"), ("en", "Enter the room"), ("co", "Entre in sala")],
)
def test_a_reader_chooses_their_language_and_keeps_their_place(client, session, language, words):
    place = reverse("join_with_code", args=[session.code])

    response = client.post(reverse("set_language"), {"language": language, "next": place})

    assert response.url == place
    page = text_of(client.get(place))
    assert f'<html lang="{language}">' in page
    assert words in page


@pytest.mark.django_db
def test_the_browser_s_language_holds_until_then(client):
    page = text_of(client.get(reverse("join"), headers={"accept-language": "en-GB"}))

    assert '<html lang="en">' in page


@pytest.mark.django_db
def test_a_language_nobody_speaks_here_is_answered_in_french(client):
    page = text_of(client.get(reverse("join"), headers={"accept-language": "tlh"}))

    assert '<html lang="fr">' in page


def test_what_corsican_lacks_is_said_in_french():
    ours = "No account, no tracking: a name or a pseudonym is enough."
    djangos = "Enter a valid date/time."
    for sentence in (ours, djangos):
        with translation.override("fr"):
            in_french = gettext(sentence)
        assert in_french != sentence, "it must be translated, for this to mean anything"
        with translation.override("co"):
            assert gettext(sentence) == in_french


def test_plurals_that_corsican_lacks_are_french_too():
    with translation.override("co"):
        assert ngettext("%(number)s session", "%(number)s sessions", 2) == "%(number)s séances"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "when"),
    [
        ("fr", "mercredi 23 septembre 2026 à 9\u00a0h\u00a000"),
        ("en", "Wednesday 23 September 2026 at 9:00"),
        ("co", "mercuri 23 sittembre 2026 à 9\u00a0h\u00a000"),
    ],
)
def test_dates_and_times_are_written_as_the_language_does(client, session, language, when):
    client.cookies["django_language"] = language

    page = client.get(reverse("join_with_code", args=[session.code])).content.decode()

    assert when in page
