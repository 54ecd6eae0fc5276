"""The regular work on pages: links checked, departments told what waits for them."""
