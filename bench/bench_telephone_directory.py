"""The telephone directory with 2,000 posts more than the demonstration has: pages that search it, and the downloads."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

from bench.bench_pages import DIRECTORY, site
from bench.measure import Call, benchmark
from bench.wsgi_calls import get, page_call

POSTS = 2_000
SYLLABLES = "ba ce di fo gu la me ni po ru să te vi zo șa țe mu ra".split()
FUNCTIONS = ("referent", "inspector", "consilier", "șef serviciu", "registrator", "arhivar")


def made_up_name(chance: random.Random) -> str:
    """A name that nobody has."""
    return "".join(chance.choices(SYLLABLES, k=3)).capitalize()


@contextmanager
def many_posts() -> Iterator[str]:
    """2,000 posts, the same at each run, held by people who do not exist; yields the family name of one of them."""
    from contacts.models import Department, Person, Post

    chance = random.Random(20261122)
    people = Person.objects.bulk_create(
        Person(given_name=made_up_name(chance), family_name=f"{made_up_name(chance)}escu")
        for _ in range(POSTS)
    )
    departments = list(Department.objects.all())
    posts = Post.objects.bulk_create(
        Post(
            department=chance.choice(departments),
            title={"ro": chance.choice(FUNCTIONS), "en": "officer", "hu": "ügyintéző"},
            person=person,
            person_public=True,
            phone=f"+40264596030;ext={6000 + number}",
            rooms=str(1 + number % 90),
        )
        for number, person in enumerate(people)
    )
    try:
        yield people[0].family_name
    finally:
        Post.objects.filter(pk__in=[post.pk for post in posts]).delete()
        Person.objects.filter(pk__in=[person.pk for person in people]).delete()


def searching(query: str) -> Iterator[Call]:
    """A call that searches the directory; {name} stands for the family name of one of the people."""
    with many_posts() as name:
        address = f"{DIRECTORY}?q={query.format(name=name, typo=name[:-3] + 'xcu')}"
        _, body = get(site(), address)
        if name not in body.decode() and "{" in query:
            raise RuntimeError(f"{address} does not find {name}.")
        yield page_call(site(), address)


@benchmark("directory of 2,000: a name", limit_ms=100)
def by_name() -> Iterator[Call]:
    yield from searching("{name}")


@benchmark("directory of 2,000: a slip", limit_ms=100)
def by_misspelt_name() -> Iterator[Call]:
    yield from searching("{typo}")


@benchmark("directory of 2,000: an extension", limit_ms=100)
def by_extension() -> Iterator[Call]:
    yield from searching("6000")


@benchmark("directory of 2,000: broad word", limit_ms=100)
def by_function() -> Iterator[Call]:
    yield from searching("inspector")


@benchmark("directory of 2,000: as CSV", rounds=10)
def as_csv() -> Iterator[Call]:
    with many_posts():
        yield page_call(site(), "/contacts/all.csv")
