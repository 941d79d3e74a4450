"""A one-page PDF 1.4 of a few lines of text, without a library (ISO 32000-1)."""

from __future__ import annotations

TOP, LEFT, LEADING = 770, 56, 22
PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
    b"/Resources << /Font << /F1 5 0 R >> >> >>"
)


def document(lines: list[str]) -> bytes:
    """The file; the first line is set larger."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        PAGE,
        _stream(lines),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    entries = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, entries)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    return body + table + trailer


def _stream(lines: list[str]) -> bytes:
    words = [b"BT /F1 20 Tf %d %d Td %d TL (%b) Tj" % (LEFT, TOP, LEADING, _escaped(lines[0]))]
    words += [b"T* /F1 11 Tf"]
    words += [b"T* (%b) Tj" % _escaped(line) for line in lines[1:]]
    content = b"\n".join([*words, b"ET"])
    return b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content)


def _escaped(text: str) -> bytes:
    # WinAnsi is Windows-1252; what it lacks is shown as a question mark.
    plain = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return plain.encode("cp1252", errors="replace")
