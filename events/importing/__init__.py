"""Import of events from partners' calendars and from spreadsheets.

Pure modules read and compare: ``fetch`` brings a calendar from another server, ``reader`` and ``spreadsheet`` turn
bytes into candidates, ``plan`` says what an import would do. ``services`` writes it.
"""
