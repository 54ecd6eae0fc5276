"""Posting lists: what went by post or courier and is on no list yet, lists that were made, and one to print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from cms.models import SiteIdentity
from registry import audit, lifecycle
from registry.desk.dispatch_views import chosen_letters
from registry.desk.letter_rows import BOOK, ON_THE_WAY, SEND, failed_mails, visible_letters
from registry.desk.listing import HIDDEN
from registry.desk.paging import AFTER, BEFORE, NEWEST_FIRST, slice_of
from registry.desk.screens import Screen
from registry.enums import Action, LetterKind, Mode
from registry.lifecycle import NotPossible
from registry.models import Letter, PostingList
from registry.permissions import may_see_petitioner
from registry.personal_numbers import mask_cnps
from registry.typed_text import clean_line

MOST_ON_A_LIST = 200
LATEST = 50
WAYS = (Mode.POST, Mode.COURIER)
LISTS = ("registry_dispatch:lists", gettext_lazy("Posting lists"))


def on_no_list(user: Any, mode: str) -> Any:
    """The letters that went by `mode` and are on no list, the oldest first."""
    letters = visible_letters(user).filter(mode=mode, posting_list=None, state__in=ON_THE_WAY)
    return letters.order_by("pk")


class ListsScreen(Screen):
    """Choosing letters for a list, and the lists so far."""

    permission = SEND
    title = LISTS[1]
    parent = BOOK
    header_icon = "list-ol"
    template_name = "wagtailadmin/registry/posting_lists.html"

    def _mode(self) -> str:
        asked = self.request.POST.get("mode") or self.request.GET.get("mode")
        return asked if asked in {mode.value for mode in WAYS} else Mode.POST.value

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """What can be put on a list, and the latest lists."""
        return self._listed()

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Make a list of what was chosen; the same once more leads to the list that was made."""
        mode = self._mode()
        letters = chosen_letters(request, visible_letters(request.user).filter(mode=mode))
        numbers = {
            letter.pk: clean_line(request.POST.get(f"proof-{letter.pk}", ""))[:300]
            for letter in letters
        }
        try:
            made = lifecycle.make_posting_list(letters, mode, actor=request.user, proofs=numbers)
        except NotPossible as problem:
            lists = {letter.posting_list_id for letter in letters if letter.posting_list_id}
            if len(lists) == 1:
                return redirect("registry_dispatch:list", pk=lists.pop())
            return self._listed(409, str(problem), set(numbers), numbers)
        messages.success(
            request, _("The posting list %(number)s is made: print it.") % {"number": made}
        )
        return redirect("registry_dispatch:list", pk=made.pk)

    def _listed(
        self,
        status: int = 200,
        problem: str = "",
        ticked: set[int] | None = None,
        numbers: dict[int, str] | None = None,
    ) -> HttpResponseBase:
        mode, sees = self._mode(), may_see_petitioner(self.request.user)
        letters = list(
            on_no_list(self.request.user, mode)
            .select_related("entry", "registered_as")
            .defer("text")[: MOST_ON_A_LIST + 1]
        )
        lists = PostingList.objects.select_related("made_by")
        page = slice_of(lists, NEWEST_FIRST, self.request.GET, LATEST)
        sizes = dict(
            Letter.objects.filter(posting_list__in=page.rows)
            .values_list("posting_list")
            .annotate(Count("pk"))
        )
        return self.shown(
            status=status,
            show="lists",
            failed=failed_mails(self.request.user).count(),
            mode=mode,
            ways=[(way.value, way.label) for way in WAYS],
            problem=problem,
            rows=[
                (
                    letter,
                    mask_cnps(letter.recipient) if sees else HIDDEN,
                    mask_cnps(letter.address) if sees else "",
                    (numbers or {}).get(letter.pk, letter.proof),
                    ticked is None or letter.pk in ticked,
                )
                for letter in letters[:MOST_ON_A_LIST]
            ],
            are_more=len(letters) > MOST_ON_A_LIST,
            page=page,
            lists=[(made, sizes.get(made.pk, 0)) for made in page.rows],
            is_first_page=not {AFTER, BEFORE} & set(self.request.GET),
        )


@dataclass(frozen=True, slots=True)
class ListLine:
    """A line of a printed list."""

    recipient: str
    address: str
    number: str
    proof: str
    what: str


def lines_of(posting_list: PostingList, user: Any) -> list[ListLine]:
    """The lines of a list in their order; what `user` may not see keeps its line, covered."""
    sees = may_see_petitioner(user)
    seen = set(visible_letters(user).filter(posting_list=posting_list).values_list("pk", flat=True))
    letters = posting_list.letters.select_related("entry", "registered_as").order_by("pk")
    return [
        ListLine(
            mask_cnps(letter.recipient) if sees and letter.pk in seen else HIDDEN,
            mask_cnps(letter.address) if sees and letter.pk in seen else HIDDEN,
            (letter.registered_as or letter.entry).number_text,
            letter.proof if letter.pk in seen else HIDDEN,
            _what(letter),
        )
        for letter in letters
    ]


def _what(letter: Letter) -> str:
    return str(LetterKind(letter.kind).label)


class ListScreen(Screen):
    """A list to print, for the post office to sign."""

    permission = SEND
    template_name = "wagtailadmin/registry/posting_list.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The list; that it was printed is told in the trail, for names and addresses leave the house."""
        made = get_object_or_404(PostingList.objects.select_related("made_by"), pk=pk)
        lines = lines_of(made, request.user)
        with transaction.atomic():
            audit.record(
                Action.PRINTED,
                actor=request.user,
                data={"list": str(made), "positions": len(lines)},
            )
        maker = made.made_by
        return self.shown(
            list=made,
            lines=lines,
            identity=SiteIdentity.load(request),
            made_by=(maker.get_full_name() or maker.get_username()) if maker else "",
            back=reverse(LISTS[0]),
        )
