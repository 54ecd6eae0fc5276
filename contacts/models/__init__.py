"""Departments, their contact points, people and posts, and the pages that show them."""

from contacts.models.departments import ContactPoint, Department, DepartmentPlace
from contacts.models.held_sheet import HeldSheet
from contacts.models.organisations import Organisation
from contacts.models.page_care import PageCare
from contacts.models.pages import ContactIndexPage, DepartmentPage, DirectoryPage
from contacts.models.people import Person, Post

__all__ = [
    "ContactIndexPage",
    "ContactPoint",
    "Department",
    "DepartmentPage",
    "DepartmentPlace",
    "DirectoryPage",
    "HeldSheet",
    "Organisation",
    "PageCare",
    "Person",
    "Post",
]
