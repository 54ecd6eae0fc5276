"""A campaign from the officer's draft to its readers: drafted, submitted, published, read in three languages."""

from __future__ import annotations
