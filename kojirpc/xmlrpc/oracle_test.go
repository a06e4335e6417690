package xmlrpc_test

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// The oracle is a second decoder of XML-RPC that is simple enough to be obviously
// correct: it walks a tree built by encoding/xml. It rejects input about which it is not
// sure.

var errOracle = errors.New("the oracle says no")

type node struct {
	name string
	text string
	kids []*node
}

// declaration matches what encoding/xml may find in <?xml …?>; it is lax about it.
var declaration = regexp.MustCompile(`^version=(?:'1\.0'|"1\.0")(?: encoding=(?:'utf-8'|"utf-8"))? *$`)

func tree(data []byte) (*node, error) {
	dec := xml.NewDecoder(bytes.NewReader(data))
	stack := []*node{{}}
	for seen := false; ; seen = true {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		top := stack[len(stack)-1]
		switch tok := tok.(type) {
		case xml.StartElement:
			if len(tok.Attr) > 0 {
				return nil, errOracle
			}
			n := &node{name: tok.Name.Local}
			if tok.Name.Space != "" {
				n.name = tok.Name.Space + ":" + n.name
			}
			top.kids = append(top.kids, n)
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.text += string(tok)
		case xml.Comment:
		case xml.ProcInst:
			if tok.Target != "xml" || !declaration.Match(tok.Inst) || seen {
				return nil, errOracle
			}
		default:
			return nil, errOracle
		}
	}
	root := stack[0]
	if len(root.kids) != 1 || !blank(root) {
		return nil, errOracle
	}
	return root.kids[0], nil
}

func blank(n *node) bool { return cut(n.text) == "" }

func cut(s string) string { return strings.Trim(s, " \t\r\n") }

// are reports whether n contains elements of these names and nothing else.
func (n *node) are(names ...string) bool {
	if !blank(n) || len(n.kids) != len(names) {
		return false
	}
	for i, k := range n.kids {
		if k.name != names[i] {
			return false
		}
	}
	return true
}

func (n *node) value() (any, error) {
	if n.name != "value" {
		return nil, errOracle
	}
	if len(n.kids) == 0 {
		return n.text, nil
	}
	if len(n.kids) > 1 || !blank(n) {
		return nil, errOracle
	}
	t := n.kids[0]
	switch t.name {
	case "array":
		if !t.are("data") || !blank(t.kids[0]) {
			return nil, errOracle
		}
		out := []any{}
		for _, k := range t.kids[0].kids {
			v, err := k.value()
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		return out, nil
	case "struct":
		if !blank(t) {
			return nil, errOracle
		}
		out := map[string]any{}
		for _, m := range t.kids {
			if m.name != "member" || !m.are("name", "value") || len(m.kids[0].kids) > 0 {
				return nil, errOracle
			}
			v, err := m.kids[1].value()
			if err != nil {
				return nil, err
			}
			out[m.kids[0].text] = v
		}
		return out, nil
	}
	if len(t.kids) > 0 {
		return nil, errOracle
	}
	return scalar(t.name, t.text)
}

var decimal = regexp.MustCompile(`^[-+.0-9eE]+$`)

func scalar(name, text string) (any, error) {
	switch name {
	case "string":
		return text, nil
	case "dateTime.iso8601":
		return xmlrpc.DateTime(cut(text)), nil
	case "base64":
		b, err := base64.StdEncoding.DecodeString(strings.Map(func(r rune) rune {
			if strings.ContainsRune(" \t\r\n", r) {
				return -1
			}
			return r
		}, text))
		return b, err
	}
	text = cut(text)
	switch name {
	case "nil", "ex:nil":
		if text == "" {
			return nil, nil
		}
	case "boolean":
		if text == "0" || text == "1" {
			return text == "1", nil
		}
	case "int", "i1", "i2", "i4", "i8", "biginteger":
		return strconv.ParseInt(text, 10, 64)
	case "double", "float":
		switch text {
		case "inf", "+inf":
			return math.Inf(1), nil
		case "-inf":
			return math.Inf(-1), nil
		case "nan":
			return math.NaN(), nil
		}
		if decimal.MatchString(text) {
			return strconv.ParseFloat(text, 64)
		}
	}
	return nil, errOracle
}

// oracleResponse is DecodeResponse into any.
func oracleResponse(data []byte) (any, error) {
	root, err := tree(data)
	if err != nil {
		return nil, err
	}
	if root.name != "methodResponse" || !blank(root) || len(root.kids) != 1 {
		return nil, errOracle
	}
	switch body := root.kids[0]; {
	case body.name == "params" && body.are("param") && body.kids[0].are("value"):
		return body.kids[0].kids[0].value()
	case body.name == "fault" && body.are("value"):
		v, err := body.kids[0].value()
		if err != nil {
			return nil, err
		}
		m, _ := v.(map[string]any)
		code, ok1 := m["faultCode"].(int64)
		text, ok2 := m["faultString"].(string)
		if !ok1 || !ok2 {
			return nil, errOracle
		}
		return nil, &xmlrpc.Fault{Code: int(code), String: text}
	}
	return nil, errOracle
}

// oracleCall is DecodeCall.
func oracleCall(data []byte) (string, []any, error) {
	root, err := tree(data)
	if err != nil {
		return "", nil, err
	}
	if root.name != "methodCall" || !root.are("methodName") && !root.are("methodName", "params") {
		return "", nil, errOracle
	}
	name := root.kids[0]
	if name.text == "" || len(name.kids) > 0 {
		return "", nil, errOracle
	}
	params := []any{}
	if len(root.kids) == 2 {
		if !blank(root.kids[1]) {
			return "", nil, errOracle
		}
		for _, p := range root.kids[1].kids {
			if p.name != "param" || !p.are("value") {
				return "", nil, errOracle
			}
			v, err := p.kids[0].value()
			if err != nil {
				return "", nil, err
			}
			params = append(params, v)
		}
	}
	return name.text, params, nil
}

// same is reflect.DeepEqual, except that NaN equals itself.
func same(a, b any) bool {
	switch a := a.(type) {
	case float64:
		b, ok := b.(float64)
		return ok && (a == b || math.IsNaN(a) && math.IsNaN(b))
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !same(a[i], b[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for k := range a {
			v, ok := b[k]
			if !ok || !same(a[k], v) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(a, b)
}

// differ compares both decoders on a document; it returns "" if they agree.
func differ(data []byte) string {
	want, wantErr := oracleResponse(data)
	var got any
	gotErr := xmlrpc.DecodeResponse(data, xmlrpc.Limits{}, &got)
	if msg := verdict("response", data, got, gotErr, want, wantErr); msg != "" {
		return msg
	}
	method, params, gotErr := xmlrpc.DecodeCall(data, xmlrpc.Limits{})
	wantMethod, wantParams, wantErr := oracleCall(data)
	if gotErr == nil && wantErr == nil && method != wantMethod {
		return fmt.Sprintf("method %q, oracle %q", method, wantMethod)
	}
	return verdict("call", data, params, gotErr, wantParams, wantErr)
}

func verdict(what string, data []byte, got any, gotErr error, want any, wantErr error) string {
	var limit *xmlrpc.LimitError
	var gotFault, wantFault *xmlrpc.Fault
	errors.As(gotErr, &gotFault)
	errors.As(wantErr, &wantFault)
	switch {
	case errors.As(gotErr, &limit):
	case wantErr == nil && gotErr != nil && strings.Contains(gotErr.Error(), "xmlrpc: want ") &&
		(bytes.Contains(data, []byte("<![CDATA[")) || bytes.Contains(data, []byte("&#"))):
		// Between tags, encoding/xml does not distinguish white space from
		// character references for white space. The decoder does.
	case wantFault != nil && (gotFault == nil || *gotFault != *wantFault):
		return fmt.Sprintf("%s: got %v, oracle %v", what, gotErr, wantErr)
	case wantErr == nil && gotErr != nil:
		return fmt.Sprintf("%s: got %v, oracle %#v", what, gotErr, want)
	case wantErr == nil && !same(got, want):
		return fmt.Sprintf("%s: got %#v, oracle %#v", what, got, want)
	case gotErr == nil && wantErr != nil && !tolerated(data):
		return fmt.Sprintf("%s: got %#v, oracle %v", what, got, wantErr)
	}
	return ""
}

// tolerated reports whether a document contains something that encoding/xml or the
// oracle rejects and the decoder accepts on purpose: characters that XML forbids, and
// syntax that it does not check fully, such as attributes.
func tolerated(data []byte) bool {
	rest := bytes.TrimPrefix(data, []byte("<?xml version='1.0'?>"))
	return !bytes.Equal(bytes.ToValidUTF8(rest, nil), rest) ||
		bytes.ContainsFunc(rest, func(r rune) bool {
			return r < ' ' && !strings.ContainsRune("\t\r\n", r) || r == '\ufeff' || r == '\ufffe' || r == '\uffff'
		}) ||
		bytes.Contains(rest, []byte("]]>")) || bytes.Contains(rest, []byte("&#")) ||
		bytes.Contains(rest, []byte("=")) || bytes.Contains(rest, []byte("<?"))
}
