"""The figures of the body map: our own drawing, as SVG. Calm, schematic, of no sex and no age.

Each region is a path, drawn once on the left of the picture and mirrored for the other side. Its
colour is ``currentColor``, in attributes that a page's stylesheet overrides and a printer keeps.
Whoever hears the page hears the list beside it: that says the same.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from signals.body import BY_CODE, LEFT, REGIONS, RIGHT, VIEWS, Region, View

WIDTH = 200
# What of it is shown: from the left, from the top, its width and its height.
SHOWN: dict[View, str] = {
    View.FRONT: "12 2 176 422",
    View.BACK: "12 2 176 422",
    View.FACE: "8 6 184 208",
}

# Both figures have the same limbs.
_SHOULDER = "M84 101 C74 104 62 104 55 111 C49 117 47 124 46 131 L65 134 C67 123 71 115 85 111Z"
_UPPER_ARM = "M45.5 134 L64.5 137 C64 149 62 161 59 172 L39 168 C41 156 43 145 45.5 134Z"
_HAND = (
    "M30 219 L45 222 C47 232 48 244 45 254 C43 262 31 262 30 253 L30 240 L27 244 "
    "C24 248 19 246 21 241 C25 233 28 228 30 219Z"
)
_THIGH = "M65 228 L98 243 C98 264 97 285 95 303 L70 303 C65 279 62 252 65 228Z"
_FOOT = (
    "M76 396 L92 396 C93 402 94 406 93 411 C92 417 86 417 79 417 L64 417 "
    "C58 417 58 411 63 408 C69 405 74 402 76 396Z"
)

# fmt: off
# Of each region: its outline on the left of the picture or in its middle, and where its number
# stands.
SHAPES: dict[str, tuple[str, tuple[int, int]]] = {
    "head":           ("M100 8 C124 8 133 26 131 47 C129 66 116 82 100 82 C84 82 71 66 69 47 "
                       "C67 26 76 8 100 8Z", (100, 46)),
    "throat":         ("M87 80 C95 86 105 86 113 80 L114 98 C106 103 94 103 86 98Z", (100, 92)),
    "shoulder":       (_SHOULDER, (62, 117)),
    "chest":          ("M88 102 C96 106 104 106 112 102 L115 112 C127 115 132 122 133 134 "
                       "L131 166 C111 170 89 170 69 166 L67 134 C68 122 73 115 85 112Z",
                       (100, 136)),
    "belly":          ("M69 170 C89 174 111 174 131 170 C130 182 132 193 134 204 "
                       "C112 208 88 208 66 204 C68 193 70 182 69 170Z", (100, 188)),
    "groin":          ("M66 208 C88 212 112 212 134 208 L135 224 L104 238 C101 240 99 240 96 238 "
                       "L65 224Z", (100, 224)),
    "upper_arm":      (_UPPER_ARM, (53, 152)),
    "forearm":        ("M38.5 172 L58.5 176 C56 192 51 206 45 219 L30 215 "
                       "C32 200 35 186 38.5 172Z", (45, 195)),
    "hand":           (_HAND, (38, 241)),
    "thigh":          (_THIGH, (82, 268)),
    "knee":           ("M70.5 307 L95 307 C96 315 96 324 94 332 L73 332 C71 324 70 315 70.5 307Z",
                       (83, 320)),
    "shin":           ("M73 336 L94 336 C96 356 94 375 92 392 L77 392 C72 374 70 355 73 336Z",
                       (83, 362)),
    "foot":           (_FOOT, (80, 408)),
    "back_head":      ("M100 8 C124 8 133 26 131 47 C130 58 126 67 120 73 C108 78 92 78 80 73 "
                       "C74 67 70 58 69 47 C67 26 76 8 100 8Z", (100, 42)),
    "nape":           ("M83 77 C94 82 106 82 117 77 C114 82 113 90 114 98 C106 103 94 103 86 98 "
                       "C87 90 86 82 83 77Z", (100, 90)),
    "back_shoulder":  (_SHOULDER, (62, 117)),
    "upper_back":     ("M88 102 C96 106 104 106 112 102 L115 112 C127 115 132 122 133 134 "
                       "L131 162 C111 166 89 166 69 162 L67 134 C68 122 73 115 85 112Z",
                       (100, 136)),
    "lower_back":     ("M69 166 C89 170 111 170 131 166 C130 178 131 186 133 196 "
                       "C112 200 88 200 67 196 C69 186 70 178 69 166Z", (100, 183)),
    "buttocks":       ("M66.5 200 C88 204 112 204 133.5 200 C137 212 137 222 135 230 "
                       "C124 241 108 242 100 234 C92 242 76 241 65 230 C63 222 63 212 66.5 200Z",
                       (100, 219)),
    "back_upper_arm": (_UPPER_ARM, (53, 152)),
    "elbow":          ("M38.5 172 L58.5 176 C58 182 56 188 54 193 L34 188 "
                       "C35 183 37 177 38.5 172Z", (46, 182)),
    "back_forearm":   ("M33.5 192 L53 197 C51 205 48 212 45 219 L30 215 C31 207 32 200 33.5 192Z",
                       (41, 206)),
    "back_hand":      (_HAND, (38, 241)),
    "back_thigh":     ("M65 234 C76 244 91 246 98 239 C98 262 97 283 95 303 L70 303 "
                       "C65 280 63 256 65 234Z", (82, 272)),
    "calf":           ("M70.5 307 L95 307 C98 334 95 362 91 390 L78 390 C70 362 68 334 70.5 307Z",
                       (83, 344)),
    "heel":           ("M78 394 L91 394 C93 402 95 408 92 414 C88 418 78 418 74 414 "
                       "C71 409 76 402 78 394Z", (83, 406)),
    "scalp":          ("M35 100 C30 46 60 12 100 12 C140 12 170 46 165 100 C160 84 152 72 141 63 "
                       "C114 70 86 70 59 63 C48 72 40 84 35 100Z", (100, 40)),
    "forehead":       ("M61 70 C86 76 114 76 139 70 C147 77 152 85 155 94 C138 88 62 88 45 94 "
                       "C48 85 53 77 61 70Z", (100, 82)),
    "eye":            ("M50 115 C58 101 82 101 90 115 C82 128 58 128 50 115Z", (70, 115)),
    "ear":            ("M34 106 C23 98 14 109 18 124 C21 139 31 147 39 142 C36 130 35 118 34 106Z",
                       (26, 122)),
    "nose":           ("M95 113 C97 110 103 110 105 113 L109 132 C114 142 109 149 100 149 "
                       "C91 149 86 142 91 132Z", (100, 137)),
    "cheek":          ("M42 136 C54 130 76 131 83 139 C86 151 82 165 72 173 C58 173 45 158 42 136Z",
                       (63, 151)),
    "mouth":          ("M79 166 C88 160 96 160 100 163 C104 160 112 160 121 166 "
                       "C113 179 87 179 79 166Z", (100, 168)),
    "chin":           ("M75 183 C90 189 110 189 125 183 L131 187 C123 199 113 204 100 204 "
                       "C87 204 77 199 69 187Z", (100, 194)),
}
# fmt: on

# What shows from where one looks, and is no region: lines under the regions, and dots upon them.
_LINE = 'fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"'
_DOT = 'fill="currentColor" fill-opacity=".7"'
UNDER: dict[View, str] = {
    View.FRONT: "",
    View.BACK: "",
    View.FACE: (
        '<path d="M100 20 C142 20 166 62 164 114 C162 166 136 207 100 207 C64 207 38 166 36 114 '
        'C34 62 58 20 100 20Z" fill="currentColor" fill-opacity=".05" stroke="currentColor" '
        'stroke-width="1.2"/>'
    ),
}
UPON: dict[View, str] = {
    View.FRONT: (
        f'<g {_DOT}><circle cx="89" cy="47" r="2.2"/><circle cx="111" cy="47" r="2.2"/></g>'
        f'<path d="M93 64 L107 64" {_LINE}/>'
    ),
    View.BACK: f'<path d="M100 120 L100 156" {_LINE} stroke-opacity=".35"/>',
    View.FACE: (
        f'<g {_DOT}><circle cx="70" cy="115" r="5"/><circle cx="130" cy="115" r="5"/></g>'
        f'<path d="M80 166.5 C93 169 107 169 120 166.5" {_LINE} stroke-opacity=".5"/>'
    ),
}


class Numbered(Protocol):
    """A mark, as far as the figures know it."""

    number: int
    region: str


def figure(view: View, marks: Iterable[Numbered] = (), alt: str = "") -> SafeString:
    """Return one figure with marks as numbers. ``alt``: what it says to whoever does not see it;
    empty where the list beside it says all, and then it is hidden from a screen reader.
    """
    here = [mark for mark in marks if BY_CODE[mark.region].view is view]
    said = format_html('role="img" aria-label="{}"', alt) if alt else 'aria-hidden="true"'
    return format_html(
        '<svg class="body-figure body-{}" xmlns="http://www.w3.org/2000/svg"'
        ' viewBox="{}" focusable="false" color="#22302f" {}>{}{}{}</svg>',
        view.value,
        SHOWN[view],
        mark_safe(said),  # noqa: S308 - escaped above
        format_html("<title>{}</title>", alt) if alt else "",
        _outline(view, frozenset(mark.region for mark in here)),
        mark_safe("".join(_numbers(here))),  # noqa: S308 - numbers
    )


def figures(marks: Iterable[Numbered]) -> list[SafeString]:
    """Return the figures on which something was marked, each with its text."""
    marks = list(marks)
    shown = [view for view in View if any(BY_CODE[mark.region].view is view for mark in marks)]
    said = _("Drawn figure: %(view)s. The numbers stand in the list beside it.")
    return [figure(view, marks, said % {"view": VIEWS[view]}) for view in shown]


@lru_cache(maxsize=256)
def _outline(view: View, marked: frozenset[str]) -> SafeString:
    drawn = (_path(region, region.code in marked) for region in REGIONS if region.view is view)
    upon = f'<g class="body-upon">{UPON[view]}</g>'
    return mark_safe(f"{UNDER[view]}{''.join(drawn)}{upon}")  # noqa: S308 - our own tables


def _path(region: Region, marked: bool) -> str:
    outline, __ = SHAPES[region.code.removesuffix(f"_{region.side}")]
    over = f' transform="matrix(-1 0 0 1 {WIDTH} 0)"' if _on_the_right(region) else ""
    opacity, width, style = (".38", "2", " is-marked") if marked else (".1", "1.2", "")
    return (
        f'<path class="body-part{style}" data-region="{region.code}" d="{outline}"{over}'
        f' fill="currentColor" fill-opacity="{opacity}" stroke="currentColor"'
        f' stroke-width="{width}" stroke-linejoin="round"/>'
    )


def _on_the_right(region: Region) -> bool:
    """Tell whether it stands on the right of the picture: who faces us has their left there."""
    return bool(region.side) and region.side == (RIGHT if region.view is View.BACK else LEFT)


def _numbers(marks: Iterable[Numbered]) -> Iterable[str]:
    """Yield the numbers; those of one region stand beside each other."""
    by_region: dict[str, list[int]] = {}
    for mark in marks:
        by_region.setdefault(mark.region, []).append(mark.number)
    for code, numbers in by_region.items():
        x, y = _place(BY_CODE[code])
        for place, number in enumerate(numbers):
            yield _number(x + 24 * place - 12 * (len(numbers) - 1), y, number)


def _number(x: float, y: float, number: int) -> str:
    return (
        f'<g class="body-number"><circle cx="{x:g}" cy="{y:g}" r="12.5" fill="#083f40"'
        f' stroke="#ffffff" stroke-width="1.5"/><text x="{x:g}" y="{y + 5.5:g}" fill="#ffffff"'
        f' font-size="15" font-weight="700" font-family="Noto Sans, sans-serif"'
        f' text-anchor="middle">{number}</text></g>'
    )


def _place(region: Region) -> tuple[int, int]:
    x, y = SHAPES[region.code.removesuffix(f"_{region.side}")][1]
    return (WIDTH - x if _on_the_right(region) else x), y
