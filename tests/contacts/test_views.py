"""One edit in the admin changes every page, card and table in all languages; internal details stay inside."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
import vobject
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from contacts.models import ContactPoint, Department, DepartmentPage, Person, Post
from contacts.phones import parse_phone
from tests.admin_forms import AdminForm, add, edit, parse
from tests.factories import (
    ContactPointFactory,
    DepartmentFactory,
    PersonFactory,
    PostFactory,
    make_user,
    text,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

DIRECTORY = ["/ro/contact/telefoane/", "/en/contact/phones/", "/hu/kapcsolat/telefonok/"]
EVERYWHERE = [
    "/ro/",
    "/en/",
    "/hu/",
    "/ro/contact/",
    "/en/contact/",
    "/hu/kapcsolat/",
    "/ro/contact/directia/",
    "/en/contact/directorate/",
    "/hu/kapcsolat/igazgatosag/",
    *DIRECTORY,
    "/ro/locatii/",
    "/ro/locatii/city-hall-motilor-3/",
    "/en/places/city-hall-motilor-3/",
    "/hu/helyszinek/city-hall-motilor-3/",
    "/ro/accesibilitate/",
    "/en/privacy/",
    "/hu/kereses/?q=igazgatosag",
    "/ro/nu-exista/",
]
FILES = [
    f"{path}{mark}{extra}"
    for path in ("/contacts/directorate.vcf", "/contacts/all.vcf", "/contacts/all.csv")
    for mark, extra in (
        ("?", "lang=ro"),
        ("?", "lang=en"),
        ("?", "lang=hu"),
        ("?", "version=3.0&lang=hu"),
    )
]


@pytest.fixture
def admin(db: None) -> Client:
    client = Client()
    client.force_login(make_user("administrator", superuser=True))
    return client


def compact(response: Any) -> str:
    """The body without folds, spaces, dots and hyphens: a number is one run of digits."""
    body = response.content.decode().replace("\r\n ", "")
    body = re.sub("<svg.*?</svg>", "", body, flags=re.DOTALL)
    return re.sub(r"[\s.\-]", "", body)


def entries(client: Client, query: str, address: str = DIRECTORY[0]) -> list[str]:
    """The names of the search results."""
    soup = parse(client.get(address, {"q": query}).content)
    return [li.find(["h3", "h4"]).get_text(strip=True) for li in soup.select("li.entry[data-hit]")]


# -- one edit ----------------------------------------------------------------------------------------------------


def test_changed_phone_is_everywhere_on_the_next_request(client: Client, admin: Client) -> None:
    for address in EVERYWHERE + FILES:
        assert "596030" in compact(client.get(address)), address
    form = edit(admin, Department.objects.get(key="directorate"))
    number = next(
        n
        for n, v in form.data.items()
        if re.fullmatch(r"contact_points-\d+-phone", n) and "596" in v
    )
    form.save(**{number: "0264 592 301 / 6123"})
    for address in EVERYWHERE + FILES:
        body = compact(client.get(address))
        assert "592301" in body, address
        assert "264596030" not in body, address
        assert "5001" not in body, address
    for address in DIRECTORY:
        assert entries(client, "6123", address)
        assert not entries(client, "5001", address)
    ro, en, hu = (client.get(a).content.decode() for a in DIRECTORY)
    for html in (ro, en, hu):
        assert "tel:+40264592301,6123" in html


def test_changed_email_and_room_are_everywhere(client: Client, admin: Client) -> None:
    form = edit(admin, Department.objects.get(key="directorate"))
    form.save(
        **{
            "contact_points-0-email": "altceva@example.org",
            "contact_points-0-rooms": "77",
            "contact_points-1-rooms": "",
        }
    )
    for address in [*DIRECTORY, "/en/contact/directorate/", *FILES]:
        body = client.get(address).content.decode().replace("\r\n ", "")
        assert "altceva@example.org" in body, address
        assert "imaginatiecivica" not in body, address
    for address in DIRECTORY:
        assert entries(client, "77", address)


def test_changed_name_of_a_department_is_everywhere(client: Client, admin: Client) -> None:
    form = edit(admin, Department.objects.get(key="cabinet"))
    form.save(name_ro="Cabinetul Nou", name_en="The New Cabinet", name_hu="Új Kabinet")
    for address, name in [
        ("/ro/contact/", "Cabinetul Nou"),
        ("/en/contact/", "The New Cabinet"),
        ("/hu/kapcsolat/", "Új Kabinet"),
        ("/en/contact/phones/", "The New Cabinet"),
        ("/contacts/cabinet.vcf?lang=en", "The New Cabinet"),
        ("/contacts/all.csv?lang=hu", "Új Kabinet"),
    ]:
        assert name in client.get(address).content.decode(), address


def test_new_contact_of_a_department_stands_in_all_languages(client: Client, admin: Client) -> None:
    form = edit(admin, Department.objects.get(key="cabinet"))
    form.add_row(
        "contact_points",
        phone="0264/596.030 int 4321",
        phone_kind="phone",
        email="",
        rooms="12",
        label_ro="Secretariat",
        label_en="",
        label_hu="",
        phone_public="on",
        email_public="on",
        rooms_public="on",
    )
    form.save()
    point = ContactPoint.objects.get(department__key="cabinet")
    assert point.phone == parse_phone("0264 596 030 / 4321")
    page = DepartmentPage.objects.get(department__key="cabinet", locale__language_code="hu")
    assert "tel:+40264596030,4321" in client.get(page.get_url()).content.decode()


# -- files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["4.0", "3.0"])
def test_card_can_be_read_by_an_address_book(client: Client, version: str) -> None:
    response = client.get("/contacts/directorate.vcf", {"version": version})
    assert response.status_code == 200
    assert response["Content-Type"] == "text/vcard; charset=utf-8"
    assert 'filename="directorate.vcf"' in response["Content-Disposition"]
    card = response.content.decode()
    assert f"VERSION:{version}" in card
    assert "\r\n" in card
    parsed = vobject.readOne(card) if version == "3.0" else None
    assert parsed is None or parsed.fn.value == "Direcția Evenimente publice și informare cetățeni"
    assert "5001" in card.replace("\r\n ", "").replace("\\", "")


def test_cards_of_all_are_one_for_each(client: Client) -> None:
    PostFactory(department=Department.objects.get(key="cabinet"))
    cards = list(
        vobject.readComponents(client.get("/contacts/all.vcf?version=3.0").content.decode())
    )
    assert len(cards) == Department.objects.count() + 1
    uids = [card.uid.value for card in cards]
    assert len(set(uids)) == len(uids)


@pytest.mark.parametrize(
    "address",
    [
        "/contacts/nimeni.vcf",
        "/contacts/post-0.vcf",
        "/contacts/post-999999.vcf",
        "/contacts/post-99999999999999999999.vcf",
        "/contacts/post-x.vcf",
        "/contacts/post-.vcf",
    ],
)
def test_card_of_nobody_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_version_and_language_that_nobody_knows_fall_back(client: Client) -> None:
    assert "VERSION:3.0" in client.get("/contacts/directorate.vcf?version=9").content.decode()
    assert client.get("/contacts/all.vcf?lang=xx").status_code == 200


def test_directory_links_to_the_files_that_it_names(client: Client) -> None:
    soup = parse(client.get(DIRECTORY[0]).content)
    links = {a.get_text(strip=True): a["href"] for a in soup.select("a[href^='/contacts/all.']")}
    assert "VERSION:4.0" in client.get(links["vCard 4.0"]).content.decode()
    assert "VERSION:3.0" in client.get(links["vCard 3.0"]).content.decode()
    assert client.get(links["CSV"])["Content-Type"].startswith("text/csv")


def test_file_has_the_same_bytes_twice_and_an_etag(client: Client) -> None:
    for address in FILES:
        first, second = client.get(address), client.get(address)
        assert first.content == second.content
        assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_table_holds_one_row_for_each_entry(client: Client) -> None:
    response = client.get("/contacts/all.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert len(rows) == 1 + Department.objects.count()
    directorate = next(row for row in rows if row[0].startswith("Direcția Evenimente"))
    assert "0264 596 030" in directorate[3]
    assert directorate[4] == "49, 50"
    assert directorate[5] == "imaginatiecivica@primariaclujnapoca.ro"
    services = [row for row in rows if row[2] == directorate[0]]
    assert len(services) == 4


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " ="])
def test_cells_of_the_table_are_harmless(client: Client, start: str) -> None:
    cabinet = Department.objects.get(key="cabinet")
    PostFactory(
        department=cabinet,
        title=text(f"{start}cmd|' /C calc'!A0"),
        rooms="=1+1",
        person=PersonFactory(given_name="=HYPERLINK()", family_name="@x"),
        person_public=True,
        email="-a@example.org",
        email_public=True,
    )
    rows = csv.reader(io.StringIO(client.get("/contacts/all.csv").content.decode("utf-8-sig")))
    for row in rows:
        for cell in row:
            assert not re.match(r"[\s]*[=+\-@]", cell), cell


# -- the directory -----------------------------------------------------------------------------------------------


@pytest.fixture
def staff() -> None:
    service = Department.objects.get(key="public-events")
    PostFactory(
        department=service,
        title=text("consilier superior", "senior adviser", "főtanácsos"),
        person=PersonFactory(given_name="Ștefania", family_name="Țăndărică"),
        person_public=True,
        phone=parse_phone("0264 596 030 / 6111"),
        rooms="61",
        email="stefania@example.org",
        email_public=True,
    )


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize(
    "query",
    [
        "Țăndărică",
        "Ţăndărică",
        "tandarica",
        "TANDARICA",
        "Stefania Tandarica",
        "tandarica stefania",
        "Ştefania",
        "S\u0327tefania",
        "tandrica",
        "tandaricaa",
        "6111",
        "0264 596 030 6111",
        "0264596030/6111",
        "stefania@example.org",
        "consilier superior",
        "evenimente publice stefania",
        "tanda",
    ],
)
def test_person_is_found(client: Client, query: str) -> None:
    assert "Ștefania Țăndărică" in entries(client, query)


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize(
    ("query", "address"),
    [("senior adviser", DIRECTORY[1]), ("főtanácsos", DIRECTORY[2]), ("fotanacsos", DIRECTORY[2])],
)
def test_person_is_found_by_function_in_the_reader_s_language(
    client: Client, query: str, address: str
) -> None:
    assert "Ștefania Țăndărică" in entries(client, query, address)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("5001", "Direcția Evenimente publice și informare cetățeni"),
        ("49", "Direcția Evenimente publice și informare cetățeni"),
        ("imaginatiecivica", "Direcția Evenimente publice și informare cetățeni"),
        ("0264 430 011", "Direcția Evenimente publice și informare cetățeni"),
        ("0040264430011", "Direcția Evenimente publice și informare cetățeni"),
        ("cabinet", "Cabinetul Primarului"),
        ("cabnet", "Cabinetul Primarului"),
        ("primarului", "Cabinetul Primarului"),
        ("mayor", "Cabinetul Primarului"),
        ("Polgármesteri", "Cabinetul Primarului"),
        ("baza sportiva", "Serviciul Administrare Baza Sportivă Gheorgheni"),
    ],
)
def test_department_is_found(client: Client, query: str, name: str) -> None:
    assert entries(client, query)[0] == name


def test_nobody_is_found_and_the_page_says_so(client: Client) -> None:
    response = client.get(DIRECTORY[0], {"q": "zzzzzzqq"})
    assert response.status_code == 200
    assert not entries(client, "zzzzzzqq")
    assert "zzzzzzqq" in response.content.decode()


def test_query_stays_in_the_field_and_results_stay_out_of_search_engines(client: Client) -> None:
    html = client.get(DIRECTORY[0], {"q": 'a"<b>'}).content.decode()
    soup = parse(html)
    assert 'a"<b>' in [field.get("value") for field in soup.select("input[name=q]")]
    assert soup.find("meta", {"name": "robots", "content": "noindex"})


@pytest.mark.usefixtures("staff")
def test_directory_without_a_query_is_in_the_order_of_the_alphabet(client: Client) -> None:
    soup = parse(client.get(DIRECTORY[0]).content)
    letters = [h3.get_text(strip=True) for h3 in soup.select("section.letter > h3")]
    assert "Ț" in letters
    assert letters.index("S") < letters.index("Ț")
    names = [li.find("h4").get_text(strip=True) for li in soup.select("li.entry")]
    assert len(names) == Department.objects.count() + Post.objects.count()
    assert "Ștefania Țăndărică" in names


def test_site_search_finds_departments_places_and_pages(client: Client) -> None:
    for address, query, link in [
        ("/ro/cautare/", "mănăștur", "/ro/locatii/manastur/"),
        ("/ro/cautare/", "MANASTUR", "/ro/locatii/manastur/"),
        ("/ro/cautare/", "5001", "/ro/contact/directia/"),
        ("/ro/cautare/", "confidentialitate", "/ro/confidentialitate/"),
        ("/en/search/", "Meșter", "/en/places/manastur/"),
        ("/en/search/", "cabinet", "/en/contact/mayors-cabinet/"),
        ("/hu/kereses/", "Iktatoi ugyfelablak", "/hu/helyszinek/registry-counter-unirii/"),
    ]:
        html = client.get(address, {"q": query}).content.decode()
        main = html[html.index("<main") : html.index("</main>")]
        assert f'href="{link}"' in main, (address, query)


# -- internal details --------------------------------------------------------------------------------------------


@pytest.fixture
def internal() -> Post:
    directorate = Department.objects.get(key="directorate")
    ContactPointFactory(
        department=directorate,
        label=text("Uz intern"),
        phone=parse_phone("0722 333 444"),
        phone_public=False,
        email="intern@example.org",
        email_public=False,
        rooms="987",
        rooms_public=False,
    )
    post = PostFactory(
        department=directorate,
        title=text("referent", "clerk", "ügyintéző"),
        person=PersonFactory(given_name="Persoană", family_name="Intern-Nume"),
        person_public=False,
        phone=parse_phone("0264 411 222"),
        phone_public=False,
        email="ascuns@example.org",
        email_public=False,
        rooms="Camera-Ascunsa",
        rooms_public=False,
    )
    assert isinstance(post, Post)
    return post


def leaks(body: str) -> list[str]:
    plain = body.replace("\r\n ", "")
    return [
        s
        for s in (
            "722333444",
            "0722 333 444",
            "intern@example.org",
            "Intern-Nume",
            "Camera-Ascunsa",
            ">987<",
            "rm. 987",
            ";987",
            "room 987",
            "264411222",
            "0264 411 222",
            "ascuns@example.org",
        )
        if s in plain or s in plain.replace(" ", "")
    ]


def test_internal_details_are_on_no_public_address(client: Client, internal: Post) -> None:
    addresses = [
        *EVERYWHERE,
        *FILES,
        f"/contacts/post-{internal.pk}.vcf",
        f"/contacts/post-{internal.pk}.vcf?version=3.0",
    ]
    for address in addresses:
        response = client.get(address)
        assert leaks(response.content.decode()) == [], address
    table = client.get("/contacts/all.csv").content.decode()
    assert "987" not in table


@pytest.mark.parametrize(
    "query",
    [
        "Intern-Nume",
        "0722333444",
        "722 333 444",
        "intern@example.org",
        "987",
        "Camera-Ascunsa",
        "ascuns",
        "0264411222",
    ],
)
@pytest.mark.parametrize("address", [*DIRECTORY, "/ro/cautare/"])
@pytest.mark.usefixtures("internal")
def test_internal_details_are_not_searchable(client: Client, query: str, address: str) -> None:
    html = client.get(address, {"q": query}).content.decode()
    soup = parse(html).find("main")
    assert soup is not None
    shown = [li.get_text(" ", strip=True) for li in soup.select("li.entry, ol.hits li")]
    # The post itself is public by its function: a query for what is internal must not lead to it.
    assert not any("referent" in line for line in shown)
    assert query not in " ".join(shown)


def test_internal_details_are_not_in_the_admin_of_who_may_not_see_them(internal: Post) -> None:
    from django.contrib.auth.models import Permission

    user = make_user("redactor-contacte")
    user.user_permissions.add(
        *Permission.objects.filter(
            codename__in=[
                "access_admin",
                *(
                    f"{verb}_{m}"
                    for verb in ("add", "change", "delete", "view")
                    for m in ("department", "post", "person", "contactpoint")
                ),
            ]
        )
    )
    client = Client()
    client.force_login(user)
    department = edit(client, internal.department)
    assert leaks(department.html) == []
    post = edit(client, internal)
    assert leaks(post.html) == []
    assert {"phone", "email", "rooms", "person"}.isdisjoint(post.names())
    for view in ("list", "list_results"):
        for model in ("post", "department"):
            listing = client.get(reverse(f"wagtailsnippets_contacts_{model}:{view}"))
            assert leaks(listing.content.decode()) == [], (model, view)
    # What they may not see survives what they save.
    department.save(code="305")
    post.save(title_ro="referent de specialitate")
    internal.refresh_from_db()
    assert internal.title["ro"] == "referent de specialitate"
    assert internal.phone == parse_phone("0264 411 222")
    assert internal.email == "ascuns@example.org"
    assert internal.rooms == "Camera-Ascunsa"
    assert internal.person is not None
    point = ContactPoint.objects.get(email="intern@example.org")
    assert point.phone == parse_phone("0722 333 444")
    assert not point.phone_public
    assert client.get(reverse("internal_directory")).status_code in {302, 403}


def test_flags_are_for_those_who_may_change_them(internal: Post) -> None:
    from django.contrib.auth.models import Permission

    user = make_user("redactor-contacte")
    user.user_permissions.add(
        *Permission.objects.filter(
            codename__in=["access_admin", "view_internal", "change_department", "change_post"]
        )
    )
    client = Client()
    client.force_login(user)
    form = edit(client, internal)
    assert not {n for n in form.names() if n and n.endswith("_public")}
    form.save(phone_public="on", person_public="on")
    internal.refresh_from_db()
    assert not internal.phone_public
    assert not internal.person_public
    department = edit(client, internal.department)
    assert not {n for n in department.names() if n and n.endswith("_public")}
    flags = ("pk", "phone_public", "email_public", "rooms_public")
    before = list(ContactPoint.objects.order_by("pk").values_list(*flags))
    department.save()
    assert list(ContactPoint.objects.order_by("pk").values_list(*flags)) == before
    rows = ContactPoint.objects.filter(department=internal.department).count()
    edit(client, internal.department).save(
        **{f"contact_points-{n}-{name}": "on" for n in range(rows) for name in flags[1:]}
    )
    assert list(ContactPoint.objects.order_by("pk").values_list(*flags)) == before


def test_flag_makes_a_detail_public_and_internal_again(
    client: Client, admin: Client, internal: Post
) -> None:
    edit(admin, internal).save(phone_public="on", person_public="on")
    html = client.get(DIRECTORY[0]).content.decode()
    assert "Intern-Nume" in html
    assert "tel:+40264411222" in html
    edit(admin, internal).save(phone_public=None, person_public=None)
    assert leaks(client.get(DIRECTORY[0]).content.decode()) == []


def test_internal_directory_is_for_those_who_may_see_it(internal: Post) -> None:
    address = reverse("internal_directory")
    assert Client().get(address).status_code == 302
    call_command("load_demo", verbosity=0)
    for name, group, status in (
        ("m", "Marketing", {302, 403}),
        ("c", "Mayor's Cabinet", {200}),
    ):
        client = Client()
        client.force_login(make_user(name, group))
        assert client.get(address).status_code in status, group
    response = client.get(address, {"q": "Intern-Nume"})
    assert "Intern-Nume" in response.content.decode()
    assert "0722 333 444" not in response.content.decode()
    assert "0722 333 444" in client.get(address).content.decode()
    assert "no-store" in response["Cache-Control"]
    for query in ("\x00", "a" * 5000, '"'):
        assert client.get(address, {"q": query}).status_code == 200


def test_internal_directory_is_in_the_menu_of_those_who_may_see_it(admin: Client) -> None:
    assert "/admin/internal-directory/" in admin.get("/admin/").content.decode()
    client = Client()
    client.force_login(make_user("m", "Marketing"))
    assert "internal-directory" not in client.get("/admin/").content.decode()


def test_person_without_a_public_post_is_nowhere(client: Client) -> None:
    PersonFactory(family_name="Nicăieri")
    assert Person.objects.exists()
    for address in [*DIRECTORY, *FILES]:
        assert "Nicăieri" not in client.get(address).content.decode()


def test_new_department_appears_in_the_directory_and_under_its_parent(
    client: Client, admin: Client
) -> None:
    form = add(admin, Department)
    parent = Department.objects.get(key="directorate")
    form.save(
        key="voluntariat",
        name_ro="Compartimentul Voluntariat",
        name_en="",
        name_hu="",
        parent=str(parent.pk),
    )
    for address in [*DIRECTORY, "/ro/contact/", "/hu/kapcsolat/"]:
        assert "Compartimentul Voluntariat" in client.get(address).content.decode()
    html = client.get("/hu/kapcsolat/").content.decode()
    assert '<span lang="ro">Compartimentul Voluntariat</span>' in html
    assert AdminForm(admin, form.address)


def test_deep_tree_of_departments_is_rendered(client: Client) -> None:
    parent = Department.objects.get(key="cabinet")
    for n in range(40):
        parent = DepartmentFactory(key=f"adanc-{n}", parent=parent)
    response = client.get("/ro/contact/")
    assert response.status_code == 200
    assert str(parent.name) in response.content.decode()


def test_security_txt_names_the_public_address(client: Client) -> None:
    response = client.get("/.well-known/security.txt")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain")
    assert b"Contact: mailto:imaginatiecivica@primariaclujnapoca.ro" in response.content
