"""A document to LaTeX through a Jinja2 template: `render("key.tex.j2", document)`.

Templates stand in `templates/`; a course puts its own, or changed copies, into a folder searched before it.
A further paper (a variant sheet, slides) is one more template; what it may use is the `Document` it is given
and the filters of `_environment`.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Sequence

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from derive.errors import FileError, InputError, Place, nearest
from derive.render import prose
from derive.render.blocks import blocks
from derive.render.document import (
    Block,
    ChainRow,
    Code,
    Display,
    Document,
    Figure,
    Math,
    PartView,
    Prose,
    Sheet,
    Table,
)

__all__ = [
    "Block",
    "ChainRow",
    "Code",
    "Display",
    "Document",
    "Figure",
    "Math",
    "PartView",
    "Prose",
    "Sheet",
    "Table",
    "packaged_templates",
    "render",
]


def render(template: str, document: Document | Sheet, *, templates: Path | None = None) -> str:
    """The LaTeX of `document`, or of a sheet of several. `templates` is searched before the packaged ones.

    A fault of the template is an InputError at its file and line, one of the document at its YAML.
    """
    folders = [folder for folder in (templates, packaged_templates()) if folder]
    if templates and not templates.is_dir():
        raise FileError(f"there is no folder of templates '{templates}'")
    environment = _environment(folders)
    try:
        sheet = document if isinstance(document, Sheet) else None
        first = document.documents[0] if isinstance(document, Sheet) else document
        return environment.get_template(template).render(document=first, sheet=sheet)
    except TemplateNotFound as error:
        hint = nearest(str(error.name), environment.list_templates())
        raise InputError(f"there is no template '{error.name}'", hint=hint) from None
    except TemplateSyntaxError as error:
        place = Place(error.filename or error.name or template, error.lineno, 1)
        raise InputError(f"template: {error.message}", place) from None
    except TemplateError as error:
        raise InputError(
            f"template: {error.message}", _template_place(error.__traceback__, folders)
        ) from None
    except (TypeError, AttributeError, ValueError, ZeroDivisionError) as error:
        fault = _template_place(error.__traceback__, folders, innermost=True)
        if fault is None:
            raise
        raise InputError(f"template: {error}", fault) from None


def packaged_templates() -> Path:
    """`derive/templates` in an installed wheel, `templates/` of the checkout otherwise."""
    package = Path(__file__).resolve().parent.parent
    return package / "templates" if (package / "templates").is_dir() else package.parent / "templates"


def _environment(folders: Sequence[Path]) -> ImmutableSandboxedEnvironment:
    loaders: list[BaseLoader] = [FileSystemLoader(folder) for folder in folders]
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader(loaders),
        block_start_string="((*",
        block_end_string="*))",
        variable_start_string="(((",
        variable_end_string=")))",
        comment_start_string="((=",
        comment_end_string="=))",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
        undefined=StrictUndefined,
    )
    environment.filters |= {"text": prose.text, "blocks": blocks, "marker": prose.marker, "points": _points}
    return environment


def _points(points: str | None) -> str:
    r"""What follows `\part`: exam's own argument for whole and half points, words for any other."""
    if not points or not points.strip():
        return ""
    whole, _, fraction = points.strip().partition(".")
    if whole.isdecimal() and fraction in {"", "0", "5"}:
        return "[{}]".format((whole.lstrip("0") + r"\half") if fraction == "5" else whole)
    return f" ({prose.text(points)} points)"


def _template_place(
    trace: TracebackType | None, folders: Sequence[Path], *, innermost: bool = False
) -> Place | None:
    """The last template in a traceback; with `innermost`, only where the template itself is at fault."""
    place = None
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if any(Path(name).is_relative_to(folder) for folder in folders):
            place = Place(name, trace.tb_lineno, 1)
        elif innermost:
            place = None
        trace = trace.tb_next
    return place
