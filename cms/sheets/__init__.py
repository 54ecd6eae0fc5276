"""Tables that leave the house and come back: read, compared row by row with what is there, written as a whole.

Pure modules read and write files (`workbook`, `comma_separated`, `reading`, `writing`, `safe_cells`, `cells`) and say
what a file would change (`columns`, `plan`). `model_sheet` and `page_sheet` know what is stored, `services` looks and
applies. Each app registers its tables (`kinds.register_sheet`).
"""
