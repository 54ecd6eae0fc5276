import time, pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page
pytestmark=[pytest.mark.django_db, pytest.mark.usefixtures("demo")]
def test_x(client, caplog):
    for p in Page.objects.filter(depth__gt=1).order_by("url_path"):
        client.get(p.get_url())
        t=time.time()
        with CaptureQueriesContext(connection) as q:
            r=client.get(p.get_url())
        print(r.status_code, len(q), round(time.time()-t,3), p.get_url(), len(r.content))
        Page.objects.filter(pk=p.pk).update(title="x")
def test_y(client):
    assert not Page.objects.filter(title="x").exists()
    for u in ("/ro/nope/", "/sitemap.xml", "/contacts/all.vcf","/contacts/all.csv","/ro/cautare/?q=moti","/ro/contact/telefoane/?q=5001","/ro/despre/","/hu/rolunk/"):
        client.get(u)
        with CaptureQueriesContext(connection) as q:
            r=client.get(u)
        print(r.status_code, len(q), u, dict(r.headers))
        if u in("/ro/despre/","/hu/rolunk/"):
            for x in q: print("   ", x["sql"][:400])
