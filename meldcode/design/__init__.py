"""The living page of the design system: its tokens and its parts, as every page uses them."""
