package xmlrpc_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

func TestSyntaxErrors(t *testing.T) {
	tests := []struct {
		name  string
		value string
		want  string // in the error
	}{
		{"unknown type", `<value><date>1</date></value>`, "unknown type <date>"},
		{"text after a type", `<value><int>1</int>x</value>`, "want </value>, got text"},
		{"text before a type", `<value>x<int>1</int></value>`, "want </value>, got <int>"},
		{"two types", `<value><int>1</int><int>1</int></value>`, "want </value>, got <int>"},
		{"tags that cross", `<value><int>1</i4></value>`, "want </int>, got </i4>"},
		{"a tag in a string", `<value><string>a<b/></string></value>`, "want </string>, got <b/>"},
		{"no integer", `<value><int>1.5</int></value>`, `"1.5" is not a 64-bit integer`},
		{"no integer, empty", `<value><int/></value>`, `"" is not a 64-bit integer`},
		{"integer too big", `<value><biginteger>9223372036854775808</biginteger></value>`, "is not a 64-bit integer"},
		{"no double", `<value><double>0x1p-2</double></value>`, `"0x1p-2" is not a double`},
		{"double too big", `<value><double>1e999</double></value>`, "is not a double"},
		{"no boolean", `<value><boolean>true</boolean></value>`, `"true" is not a boolean`},
		{"no base64", `<value><base64>A</base64></value>`, "malformed base64"},
		{"text in nil", `<value><nil>x</nil></value>`, "text inside nil"},
		{"array without data", `<value><array/></value>`, "an array without <data>"},
		{"array of a type", `<value><array><data><int>1</int></data></array></value>`, "want <value>, got <int>"},
		{"text in an array", `<value><array><data>x</data></array></value>`, "want <value>, got text"},
		{"member without name", `<value><struct><member><value/></member></struct></value>`, "want <name>, got <value/>"},
		{"member without value", `<value><struct><member><name>a</name></member></struct></value>`, "want <value>, got </member>"},
		{"empty member", `<value><struct><member/></struct></value>`, "a member without name and value"},
		{"struct of values", `<value><struct><value/></struct></value>`, "want <member>, got <value/>"},
		{"unknown entity", `<value>&nbsp;</value>`, "unknown reference &nbsp;"},
		{"bad reference", `<value>&#xZZ;</value>`, "unknown reference &#xZZ;"},
		{"bare ampersand", `<value>a & b</value>`, "& does not begin a reference"},
		{"bare angle bracket", `<value>a < b</value>`, "< does not begin a tag"},
		{"instruction", `<value><?php exit ?></value>`, "a processing instruction is not allowed"},
		{"instruction in text", `<value>a<?php exit ?></value>`, "a processing instruction is not allowed"},
		{"declaration", `<value><!ENTITY a "b"></value>`, "this markup is not allowed"},
		{"double hyphen in a comment", `<value><!-- a -- b --></value>`, "-- inside a comment"},
		{"malformed tag", `<value a></value>`, "malformed tag"},
		{"malformed end tag", `<value></value a="1">`, "malformed tag"},
		{"control characters in a tag", "<value><in\x1bt>1</int></value>", "malformed tag"},
		{"two values", `<value/><value/>`, "want </param>, got <value/>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, into := range []any{nil, new(any), new(xmlrpc.Raw), new([]int)} {
				err := xmlrpc.DecodeResponse(response(tt.value), xmlrpc.Limits{}, into)
				mustBe[*xmlrpc.SyntaxError](t, err)
				if !strings.Contains(err.Error(), tt.want) {
					t.Errorf("into %T: %v; want %s", into, err, tt.want)
				}
			}
		})
	}
}

func TestNotXMLRPC(t *testing.T) {
	for name, tt := range map[string]struct{ doc, want string }{
		"HTML": {
			"<!DOCTYPE html>\n<html><head><title>503 Service\tUnavailable</title></head>" + strings.Repeat("<p>", 100),
			`xmlrpc: not an XML-RPC response: it begins with a document type declaration (byte 0 of 373; the document begins "<!DOCTYPE html> <html><head><title>503 Service Unavailable</title></head>`,
		},
		"HTML without declaration": {
			"<html>\x1b[31m</html>",
			`xmlrpc: not an XML-RPC response: it begins with <html> (byte 0 of 18; the document begins "<html>�[31m</html>")`,
		},
		"text":           {"server error\n", `xmlrpc: not an XML-RPC response but text (byte 0 of 13; the document begins "server error")`},
		"nothing":        {" \n", `xmlrpc: cut short before it began: want an XML-RPC response (byte 2 of 2)`},
		"a call":         {"<methodCall><methodName>a</methodName></methodCall>", `not an XML-RPC response but a methodCall`},
		"UTF-16":         {`<?xml version="1.0" encoding="UTF-16"?><methodResponse/>`, `encoding "UTF-16" is not supported; only UTF-8 is`},
		"void":           {`<methodResponse/>`, `an empty methodResponse`},
		"no value":       {`<methodResponse><params><param/></params></methodResponse>`, `a response without a value`},
		"no param":       {`<methodResponse><params></params></methodResponse>`, `want <param>, got </params>`},
		"no body":        {`<methodResponse></methodResponse>`, `want <params> or <fault>, got </methodResponse>`},
		"more":           {string(response("<value/>")) + "x", `unexpected content after the end of the document`},
		"two params":     {string(response("<value/></param><param><value/>")), `want </params>, got <param>`},
		"void fault":     {`<methodResponse><fault/></methodResponse>`, `want <params> or <fault>, got <fault/>`},
		"no declaration": {`<?xml!?><methodResponse/>`, `a processing instruction is not allowed`},
		"two of them":    {`<?xml version='1.0'?><?xml version='1.0'?><methodResponse/>`, `a processing instruction is not allowed`},
		"end tag only":   {`</methodResponse>`, `it begins with </methodResponse>`},
	} {
		t.Run(name, func(t *testing.T) {
			err := xmlrpc.DecodeResponse([]byte(tt.doc), xmlrpc.Limits{}, nil)
			mustBe[*xmlrpc.SyntaxError](t, err)
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

// TestCutShort cuts recorded documents at every byte.
func TestCutShort(t *testing.T) {
	docs := [][]byte{
		byName(t, "multiCall-bad").response,
		byName(t, "fault-GenericError").response,
		byName(t, "echo-types").response,
		[]byte(`<methodResponse ><!-- c --><params a='b'><param><value><![CDATA[x]]>&amp;&#65;</value></param></params></methodResponse>`),
	}
	for _, doc := range docs {
		whole := strings.TrimRight(string(doc), "\n")
		for n := range len(whole) {
			err := xmlrpc.DecodeResponse([]byte(whole[:n]), xmlrpc.Limits{}, nil)
			if !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("cut after %q: %v", whole[:n], err)
			}
		}
	}
	call := strings.TrimRight(string(byName(t, "echo-types").request), "\n")
	for n := range len(call) {
		if _, _, err := xmlrpc.DecodeCall([]byte(call[:n]), xmlrpc.Limits{}); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("cut after %q: %v", call[:n], err)
		}
	}
}

func TestErrorsDoNotQuoteValues(t *testing.T) {
	for _, value := range []string{
		`<value><struct><member><name>session-key</name><value><string>5-secret</string></value></member>`,
		`<value>secret`,
		`<value><![CDATA[secret]]></value></value>`,
	} {
		doc := []byte(`<methodResponse><params><param>` + value)
		err := xmlrpc.DecodeResponse(doc, xmlrpc.Limits{}, nil)
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%v", err)
		}
		if begin := as[*xmlrpc.SyntaxError](t, err).Begin; !strings.HasPrefix(begin, "<methodResponse><params><param><value>") {
			t.Errorf("begins %q", begin)
		}
		err = xmlrpc.Raw(value).Decode(xmlrpc.Limits{}, nil)
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%v", err)
		}
	}
}

func TestLimits(t *testing.T) {
	head := bytes.Index(response("|"), []byte("|"))
	nested := strings.Repeat("<value><array><data>", 101) + strings.Repeat("</data></array></value>", 101)
	for name, tt := range map[string]struct {
		doc  string
		lim  xmlrpc.Limits
		want xmlrpc.LimitError
	}{
		"bytes":         {"<value/>", xmlrpc.Limits{Bytes: 20}, xmlrpc.LimitError{What: "bytes", Limit: 20, Offset: 20}},
		"depth":         {nested, xmlrpc.Limits{}, xmlrpc.LimitError{What: "levels of nesting", Limit: 100, Offset: head + 100*20}},
		"depth, less":   {nested, xmlrpc.Limits{Depth: 1}, xmlrpc.LimitError{What: "levels of nesting", Limit: 1, Offset: head + 20}},
		"depth, at all": {strings.Repeat("<value><array><data>", 20000), xmlrpc.Limits{Depth: 1 << 40}, xmlrpc.LimitError{What: "levels of nesting", Limit: 10000, Offset: head + 10000*20}},
		"elements": {"<value><array><data><value/><value/></data></array></value>", xmlrpc.Limits{Elements: 2},
			xmlrpc.LimitError{What: "values", Limit: 2, Offset: head + 20 + 8}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, into := range []any{nil, new(any), new(xmlrpc.Raw)} {
				err := xmlrpc.DecodeResponse(response(tt.doc), tt.lim, into)
				if got := as[*xmlrpc.LimitError](t, err); *got != tt.want {
					t.Errorf("into %T: got %+v, want %+v", into, *got, tt.want)
				}
			}
		})
	}
	within := xmlrpc.Limits{Bytes: len(response(nested)), Depth: 101, Elements: 101}
	if err := xmlrpc.DecodeResponse(response(nested), within, nil); err != nil {
		t.Error(err)
	}
}

func TestDefaultElements(t *testing.T) {
	doc := response("<value><array><data>" + strings.Repeat("<value/>", xmlrpc.DefaultElements) + "</data></array></value>")
	err := xmlrpc.DecodeResponse(doc, xmlrpc.Limits{}, nil)
	if got := as[*xmlrpc.LimitError](t, err); got.Limit != xmlrpc.DefaultElements {
		t.Error(err)
	}
}
