"""Language-neutral addresses of the directory's files."""

from django.urls import path

from contacts import views

app_name = "contacts"

urlpatterns = [
    path("all.vcf", views.cards, name="cards"),
    path("all.csv", views.table, name="table"),
    path("<slug:key>.vcf", views.card, name="card"),
]
