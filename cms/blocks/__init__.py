"""The StreamField blocks of prose pages: each with a template, an icon, a description and a preview."""

from cms.blocks.prose import BodyBlock

__all__ = ["BodyBlock"]
