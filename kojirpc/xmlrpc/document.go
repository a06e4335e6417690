package xmlrpc

import (
	"bytes"
	"strings"
)

// root reads the prolog and the start tag of the document's root element.
func (d *Decoder) root(name string) error {
	if d.err != nil {
		return d.err
	}
	what := "an XML-RPC " + strings.ToLower(strings.TrimPrefix(name, "method"))
	if err := d.prolog(what); err != nil {
		return err
	}
	start := d.pos
	if d.data[start] != '<' || d.has("<![CDATA[") {
		return d.fail(start, "not %s but text", what)
	}
	t, err := d.tag("<" + name + ">")
	if err != nil {
		return err
	}
	switch root := string(t.name); {
	case t.end || root != name && root != "methodCall" && root != "methodResponse":
		return d.fail(start, "not %s: it begins with %s", what, t)
	case root != name:
		d.rpc = true
		return d.fail(start, "not %s but a %s", what, root)
	case t.void:
		return d.fail(start, "an empty %s", name)
	}
	d.rpc = true
	return nil
}

// prolog passes over what may stand before the root element.
func (d *Decoder) prolog(what string) error {
	if d.has("\ufeff") {
		d.pos += len("\ufeff")
	}
	for d.pos < len(d.data) && isSpace(d.data[d.pos]) {
		d.pos++
	}
	const begin = "<?xml"
	if n := len(d.data) - d.pos; n > 1 && n <= len(begin) && d.has(begin[:n]) {
		return d.cut("in the XML declaration")
	}
	if d.has(begin) && isSpace(d.data[d.pos+len(begin)]) {
		if err := d.declaration(); err != nil {
			return err
		}
	}
	if d.has("<!DOCTYPE") || d.has("<!doctype") {
		return d.fail(d.pos, "not %s: it begins with a document type declaration", what)
	}
	if err := d.space(); err != nil {
		return err
	}
	if d.pos >= len(d.data) {
		if len(trim(d.data)) == 0 {
			return d.cut("before it began: want " + what)
		}
		return d.cut("before its root element")
	}
	return nil
}

// declaration passes over <?xml …?>. Only encodings that are UTF-8 will do.
func (d *Decoder) declaration() error {
	start := d.pos
	n := bytes.Index(d.data[start:], []byte("?>"))
	if n < 0 {
		return d.cut("in the XML declaration")
	}
	d.pos = start + n + len("?>")
	_, encoding, found := strings.Cut(string(d.data[start:start+n]), "encoding")
	if !found {
		return nil
	}
	encoding = strings.Trim(encoding, " \t\r\n='\"")
	encoding, _, _ = strings.Cut(strings.ReplaceAll(encoding, `"`, "'"), "'")
	if !strings.EqualFold(encoding, "utf-8") && !strings.EqualFold(encoding, "us-ascii") {
		return d.fail(start, "encoding %s; only UTF-8 is read", quote(encoding))
	}
	return nil
}

// finish sees to it that nothing follows.
func (d *Decoder) finish() error {
	if err := d.space(); err != nil {
		return err
	}
	if d.pos < len(d.data) {
		return d.fail(d.pos, "something follows the end of the document")
	}
	return nil
}
