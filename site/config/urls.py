"""The site's addresses. Language-neutral ones first, then Wagtail's pages under /ro/, /en/, /hu/."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.staticfiles.urls import staticfiles_urlpatterns
from django.urls import include, path, re_path
from django.views.static import serve as serve_file
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.contrib.sitemaps.views import sitemap
from wagtail.documents import urls as wagtaildocs_urls

from campaigns import plan_urls
from campaigns import urls as campaigns_urls
from cms import views
from cms.preview_views import draft_by_token
from cms.sitemaps import PublicPages
from contacts import urls as contacts_urls
from contacts.views import security_txt
from events import urls as events_urls
from locations import urls as locations_urls
from registry import urls as registry_urls

urlpatterns = [
    path("", views.choose_language, name="choose_language"),
    path("health/live", views.live, name="health_live"),
    path("health/ready", views.ready, name="health_ready"),
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path("sitemap.xml", sitemap, {"sitemaps": {"pages": PublicPages}}, name="sitemap"),
    path("preview/<str:token>/", draft_by_token, name="draft_by_token"),
    path("preview/<str:token>", draft_by_token),
    path("contacts/", include(contacts_urls)),
    path("calendar/", include(locations_urls)),
    path("calendar/", include(events_urls)),
    path("campaigns/", include(plan_urls)),
    path("registru/", include(registry_urls)),
    path("", include(campaigns_urls)),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
]

if settings.DEBUG:
    from django.conf.urls.static import static

    urlpatterns += [path("django-admin/", admin.site.urls)]
    urlpatterns += staticfiles_urlpatterns()
    urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)

urlpatterns += i18n_patterns(
    *events_urls.page_urlpatterns,
    # Wagtail's own first (the password of a private page, log-in), but for the page view, which is ours.
    *(pattern for pattern in wagtail_urls.urlpatterns if pattern.name != "wagtail_serve"),
    re_path(wagtail_urls.serve_pattern, views.serve_page),
    path("", include(wagtail_urls)),
)

handler404 = "cms.views.page_not_found"

if settings.AGORA_DEMO:
    # Where no web server stands in front. Images alone: documents and uploads have views that ask who may have them.
    urlpatterns.insert(
        0,
        re_path(
            r"^media/(?P<path>images/[^/]+)$", serve_file, {"document_root": settings.MEDIA_ROOT}
        ),
    )
