"""Documents on paper: values in, a PDF/A out, the same bytes for the same values.

``print_pdf(document=Document(layout="statement", title="Statement S-7KQ4", …))`` is about 40 KB in
under 0.1 s. A layout is a Typst file in ``layouts/``; it gets whole texts and computes no amount.
"""

from takings.documents.fonts import printable
from takings.documents.printing import Document, Layout, Value, print_pdf

__all__ = ["Document", "Layout", "Value", "print_pdf", "printable"]
