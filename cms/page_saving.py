"""Two savings in the same moment: a form and its own autosave, or two editors who take the same address.

Wagtail's autosave and the button of its form each ask the server on their own. For a new page both make one: two drafts
where one was meant, or, with the same address, an error that the form had not seen coming.
"""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

CREATE_VIEW = "wagtailadmin_pages:add"


def editor_script() -> SafeString:
    """For the hook `insert_editor_js`: the form of a page waits for its autosave."""
    return format_html('<script type="module" src="{}"></script>', static("js/admin/page-form.js"))


class LostRaceMiddleware:
    """Asks the form of a new page again when its address was taken between its checks and its saving.

    Wagtail answers that with an error of the server. The page of the other saving is there by now, so the form itself
    tells it beside the address, with everything that was typed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """The view's second answer, None (the error stands) for everything else and where it fails again."""
        match = request.resolver_match
        if match is None or match.view_name != CREATE_VIEW:
            return None
        if not isinstance(exception, ValidationError) or "slug" not in getattr(
            exception, "error_dict", {}
        ):
            return None
        try:
            answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        except ValidationError:
            return None
        return answer
