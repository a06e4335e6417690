package kojirpc_test

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"html"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// TestRecorded replays every recorded answer of a hub, byte for byte, to a client that
// makes the same calls.
func TestRecorded(t *testing.T) {
	answers := map[string][]byte{}
	list := exchanges(t)
	for _, e := range list {
		answers["/"+e.Name] = recorded(t, e.Name)
	}
	ln := listen(t)
	serveRaw(t, ln, func(r *http.Request, _ []byte) []byte { return answers[r.URL.Path] })
	for _, off := range []bool{true, false} {
		t.Run("batching off "+strconv.FormatBool(off), func(t *testing.T) {
			for _, e := range list {
				t.Run(e.Name, func(t *testing.T) {
					c := newClient(t, kojirpc.Options{
						Server:   "http://" + ln.Addr().String() + "/" + e.Name,
						Batching: kojirpc.Batching{Off: off, Window: time.Nanosecond},
						Retry:    kojirpc.Retry{Max: -1},
						Breaker:  kojirpc.Breaker{Off: true},
					})
					replay(t, c, e)
				})
			}
		})
	}
	if len(list) != 211 {
		t.Errorf("%d exchanges", len(list))
	}
}

func replay(t *testing.T, c *kojirpc.Client, e exchange) {
	method := e.Method
	if method == "" {
		method = "getAPIVersion"
	}
	v, err := c.Call(t.Context(), method, callArgs(e)...)
	switch {
	case e.Status != http.StatusOK:
		status, ok := errors.AsType[*kojirpc.HTTPError](err)
		if !ok || status.Status != e.Status {
			t.Fatalf("want HTTP %d, got %v", e.Status, err)
		}
		if e.Status != http.StatusUnauthorized && len(status.Text) < 20 {
			t.Errorf("the page says more than %q", status.Text)
		}
	case e.FaultCode != nil:
		fault, ok := errors.AsType[*kojirpc.Fault](err)
		if !ok || int(fault.Code) != *e.FaultCode || !errors.Is(err, kojirpc.FaultCode(*e.FaultCode)) {
			t.Fatalf("want fault %d, got %v", *e.FaultCode, err)
		}
		if want := html.UnescapeString(*e.FaultString); fault.Text != want {
			t.Errorf("text:\n%q\nwant\n%q", fault.Text, want)
		}
		if strings.ContainsAny(err.Error(), "\n\t\x1b") {
			t.Errorf("not one line: %q", err)
		}
	default:
		if err != nil {
			t.Fatal(err)
		}
		if want := oracle(t, recordedBody(t, e.Name)); !reflect.DeepEqual(v, want) {
			t.Errorf("got  %#v\nwant %#v", v, want)
		}
	}
}

// callArgs returns the arguments of a recorded call as a caller would pass them.
func callArgs(e exchange) []any {
	args := make([]any, len(e.Args))
	for i, a := range e.Args {
		args[i] = plain(a)
		m, ok := args[i].(map[string]any)
		if ok && i == len(args)-1 && e.Method != "listTasks" && e.Method != "multiCall" {
			args[i] = kojirpc.Named(m)
		}
	}
	return args
}

// plain converts JSON's whole numbers to ints.
func plain(v any) any {
	switch v := v.(type) {
	case float64:
		if v == float64(int64(v)) {
			return int64(v)
		}
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = plain(v[k])
		}
	}
	return v
}

// oracle decodes an answer with encoding/xml, independently of the client.
func oracle(t *testing.T, body []byte) any {
	t.Helper()
	if bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		body = gunzip(t, body)
	}
	d := xml.NewDecoder(bytes.NewReader(body))
	d.Strict = true
	for {
		tok, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		if el, ok := tok.(xml.StartElement); ok && el.Name.Local == "value" {
			return oracleValue(t, d)
		}
	}
}

// oracleValue reads to the end of a value.
func oracleValue(t *testing.T, d *xml.Decoder) any {
	text, typ := "", ""
	var v any
	for {
		tok, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		switch tok := tok.(type) {
		case xml.CharData:
			text += string(tok)
		case xml.StartElement:
			typ, text = tok.Name.Local, ""
			switch typ {
			case "array":
				v = oracleArray(t, d)
			case "struct":
				v = oracleStruct(t, d)
			}
		case xml.EndElement:
			if tok.Name.Local == "value" {
				if typ == "" {
					return text
				}
				return v
			}
			switch typ {
			case "array", "struct":
			default:
				v = oracleScalar(t, typ, text)
			}
		}
	}
}

func oracleArray(t *testing.T, d *xml.Decoder) any {
	list := []any{}
	for {
		tok, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if tok.Name.Local == "value" {
				list = append(list, oracleValue(t, d))
			}
		case xml.EndElement:
			if tok.Name.Local == "array" {
				return list
			}
		}
	}
}

func oracleStruct(t *testing.T, d *xml.Decoder) any {
	m := map[string]any{}
	name := ""
	for {
		tok, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			switch tok.Name.Local {
			case "name":
				if err := d.DecodeElement(&name, &tok); err != nil {
					t.Fatal(err)
				}
			case "value":
				m[name] = oracleValue(t, d)
			}
		case xml.EndElement:
			if tok.Name.Local == "struct" {
				return m
			}
		}
	}
}

func oracleScalar(t *testing.T, typ, text string) any {
	var v any
	var err error
	switch typ {
	case "nil":
		return nil
	case "boolean":
		return text == "1"
	case "int", "i4", "i8":
		v, err = strconv.ParseInt(text, 10, 64)
	case "double":
		v, err = strconv.ParseFloat(text, 64)
	case "base64":
		v, err = base64.StdEncoding.DecodeString(strings.ReplaceAll(text, "\n", ""))
	case "dateTime.iso8601":
		v = xmlrpc.DateTime(text)
	case "string":
		v = text
	default:
		t.Fatalf("the oracle does not know %q", typ)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func gunzip(t *testing.T, data []byte) []byte {
	t.Helper()
	return readGzip(t, bytes.NewReader(data))
}
