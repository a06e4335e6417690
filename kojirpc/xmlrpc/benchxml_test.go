package xmlrpc_test

import (
	"bytes"
	"encoding/xml"
)

// pullXML decodes a response with encoding/xml in the fastest way: by tokens, without
// checks.
func pullXML(doc []byte) (any, error) {
	dec := xml.NewDecoder(bytes.NewReader(doc))
	for {
		tok, err := dec.RawToken()
		if err != nil {
			return nil, err
		}
		if start, ok := tok.(xml.StartElement); ok && start.Name.Local == "value" {
			return pullValue(dec)
		}
	}
}

// pullValue reads to the value's end tag.
func pullValue(dec *xml.Decoder) (any, error) {
	var v any
	var typ string
	var text []byte
	for {
		tok, err := dec.RawToken()
		if err != nil {
			return nil, err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			switch typ, text = tok.Name.Local, text[:0]; typ {
			case "array":
				v, err = pullArray(dec)
			case "struct":
				v, err = pullStruct(dec)
			}
		case xml.CharData:
			text = append(text, tok...)
		case xml.EndElement:
			switch tok.Name.Local {
			case "value":
				return v, nil
			case "array", "struct":
			default:
				v, err = scalar(typ, string(text))
			}
		}
		if err != nil {
			return nil, err
		}
	}
}

func pullArray(dec *xml.Decoder) (any, error) {
	list := []any{}
	for {
		tok, err := dec.RawToken()
		if err != nil {
			return nil, err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if tok.Name.Local == "value" {
				v, err := pullValue(dec)
				if err != nil {
					return nil, err
				}
				list = append(list, v)
			}
		case xml.EndElement:
			if tok.Name.Local == "array" {
				return list, nil
			}
		}
	}
}

func pullStruct(dec *xml.Decoder) (any, error) {
	m := map[string]any{}
	var name string
	inName := false
	for {
		tok, err := dec.RawToken()
		if err != nil {
			return nil, err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			switch tok.Name.Local {
			case "name":
				name, inName = "", true
			case "value":
				if m[name], err = pullValue(dec); err != nil {
					return nil, err
				}
			}
		case xml.CharData:
			if inName {
				name += string(tok)
			}
		case xml.EndElement:
			inName = false
			if tok.Name.Local == "struct" {
				return m, nil
			}
		}
	}
}
