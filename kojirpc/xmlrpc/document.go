package xmlrpc

import (
	"bytes"
	"strings"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc/internal/scan"
)

// root reads the prolog and the start tag of the document's root element.
func (d *Decoder) root(name string) error {
	if d.scan.Err != nil {
		return d.scan.Err
	}
	if err := d.prolog(name); err != nil {
		return err
	}
	start := d.scan.Pos
	if d.scan.Data[start] != '<' || d.scan.Has("<![CDATA[") {
		return d.scan.Fail(start, "not %s but text", aDocument(name))
	}
	t, err := d.scan.Tag("the root element")
	if err != nil {
		return err
	}
	switch {
	case t.End || string(t.Name) != name && string(t.Name) != "methodCall" && string(t.Name) != "methodResponse":
		return d.scan.Fail(start, "not %s: it begins with %s", aDocument(name), t)
	case string(t.Name) != name:
		d.scan.XMLRPC = true
		return d.scan.Fail(start, "not %s but a %s", aDocument(name), t.Name)
	case t.Void:
		return d.scan.Fail(start, "an empty %s", name)
	}
	d.scan.XMLRPC = true
	return nil
}

// aDocument says what a document with the root element is.
func aDocument(root string) string {
	return "an XML-RPC " + strings.ToLower(strings.TrimPrefix(root, "method"))
}

// prolog passes over what may stand before the root element.
func (d *Decoder) prolog(root string) error {
	if d.scan.Has("\ufeff") {
		d.scan.Pos += len("\ufeff")
	}
	for d.scan.Pos < len(d.scan.Data) && scan.IsSpace(d.scan.Data[d.scan.Pos]) {
		d.scan.Pos++
	}
	const begin = "<?xml"
	if n := len(d.scan.Data) - d.scan.Pos; n > 1 && n <= len(begin) && d.scan.Has(begin[:n]) {
		return d.scan.Cut("in the XML declaration")
	}
	if d.scan.Has(begin) && scan.IsSpace(d.scan.Data[d.scan.Pos+len(begin)]) {
		if err := d.declaration(); err != nil {
			return err
		}
	}
	if d.scan.Has("<!DOCTYPE") || d.scan.Has("<!doctype") {
		return d.scan.Fail(d.scan.Pos, "not %s: it begins with a document type declaration", aDocument(root))
	}
	if err := d.scan.Space(); err != nil {
		return err
	}
	if d.scan.Pos >= len(d.scan.Data) {
		if len(trim(d.scan.Data)) == 0 {
			return d.scan.Cut("before it began: want " + aDocument(root))
		}
		return d.scan.Cut("before its root element")
	}
	return nil
}

// declaration skips <?xml …?>. The only supported encodings are UTF-8 and ASCII.
func (d *Decoder) declaration() error {
	start := d.scan.Pos
	n := bytes.Index(d.scan.Data[start:], []byte("?>"))
	if n < 0 {
		return d.scan.Cut("in the XML declaration")
	}
	d.scan.Pos = start + n + len("?>")
	_, encoding, found := strings.Cut(string(d.scan.Data[start:start+n]), "encoding")
	if !found {
		return nil
	}
	encoding = strings.Trim(encoding, " \t\r\n='\"")
	encoding, _, _ = strings.Cut(strings.ReplaceAll(encoding, `"`, "'"), "'")
	if !strings.EqualFold(encoding, "utf-8") && !strings.EqualFold(encoding, "us-ascii") {
		return d.scan.Fail(start, "encoding %s is not supported; only UTF-8 is", scan.Quote(encoding))
	}
	return nil
}

// finish checks that nothing follows.
func (d *Decoder) finish() error {
	if err := d.scan.Space(); err != nil {
		return err
	}
	if d.scan.Pos < len(d.scan.Data) {
		return d.scan.Fail(d.scan.Pos, "unexpected content after the end of the document")
	}
	return nil
}
