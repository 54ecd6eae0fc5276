"""The links of public pages: collected, checked in the background, reported."""
