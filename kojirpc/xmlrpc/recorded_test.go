package xmlrpc_test

import (
	"bytes"
	"errors"
	"html"
	"reflect"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// notCalls are the recorded requests that are not XML-RPC, sent to see the hub's
// reaction.
var notCalls = map[string]bool{
	"http-get": true, "http-empty": true, "http-notxml": true, "http-truncated": true, "http-404": true,
}

func TestRecordedRequests(t *testing.T) {
	for _, e := range exchanges(t) {
		t.Run(e.Name, func(t *testing.T) {
			method, params, err := xmlrpc.DecodeCall(e.request, xmlrpc.Limits{})
			if notCalls[e.Name] {
				if err == nil {
					t.Fatal("decoded")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if method != e.Method {
				t.Errorf("method %s, want %s", method, e.Method)
			}
			checkArgs(t, e, params)
		})
	}
}

// checkArgs compares parameters with the index, which does not distinguish named
// arguments from a last struct.
func checkArgs(t *testing.T, e exchange, params []any) {
	t.Helper()
	if e.Args == nil {
		return
	}
	positional, named := xmlrpc.SplitNamed(params)
	got := append([]any{}, positional...)
	if named != nil {
		got = append(got, named)
	}
	want := e.Args
	switch e.Name {
	case "echo-bytes": // JSON has no bytes; the index has Python's repr
		want = []any{[]byte("\x00\x01\xff")}
	case "sslLogin-cert", "sslLogin-cert-location", "fault-AuthError-blocked", "fault-AuthError-proxy":
		// Koji's client sends the positional arguments of its own method by name
		want = []any{map[string]any{"proxyuser": e.Args[0]}}
	case "sslLogin-renew": // and adds their defaults.
		want = []any{map[string]any{"proxyuser": nil, "exclusive": false, "renew": true}}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("params\n %#v, want\n %#v", got, want)
	}
}

func TestRecordedResponses(t *testing.T) {
	for _, e := range exchanges(t) {
		t.Run(e.Name, func(t *testing.T) {
			var got any
			err := xmlrpc.DecodeResponse(e.response, xmlrpc.Limits{}, &got)
			var fault *xmlrpc.Fault
			switch {
			case !strings.HasPrefix(e.contentType, "text/xml"):
				mustBe[*xmlrpc.SyntaxError](t, err)
			case e.FaultCode != 0:
				if !errors.As(err, &fault) {
					t.Fatalf("want fault %d, got %v", e.FaultCode, err)
				}
				want := xmlrpc.Fault{Code: e.FaultCode, String: html.UnescapeString(e.FaultString)}
				if *fault != want {
					t.Errorf("got %#v, want %#v", *fault, want)
				}
			case err != nil:
				t.Fatal(err)
			}
		})
	}
}

// TestRecordedWriting encodes decoded documents and compares them with the recorded
// bytes. Only the order of members may differ: Python uses the order of insertion.
func TestRecordedWriting(t *testing.T) {
	compared := 0
	for _, e := range exchanges(t) {
		if !bytes.HasPrefix(e.request, []byte("<?xml version='1.0'?>\n")) {
			continue // not from Koji's own client
		}
		compared++
		t.Run(e.Name, func(t *testing.T) {
			method, params, err := xmlrpc.DecodeCall(e.request, xmlrpc.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if positional, named := xmlrpc.SplitNamed(params); named != nil {
				params = append(append([]any{}, positional...), xmlrpc.Named(named))
			}
			got, err := xmlrpc.AppendCall(nil, method, params...)
			if err != nil {
				t.Fatal(err)
			}
			sameLines(t, got, e.request)
			if !strings.HasPrefix(e.contentType, "text/xml") {
				return
			}
			sameLines(t, answerAgain(t, e.response), e.response)
		})
	}
	if compared < 180 {
		t.Errorf("only %d exchanges compared", compared)
	}
}

func answerAgain(t *testing.T, response []byte) []byte {
	t.Helper()
	var v any
	err := xmlrpc.DecodeResponse(response, xmlrpc.Limits{}, &v)
	var fault *xmlrpc.Fault
	var again []byte
	switch {
	case errors.As(err, &fault):
		again, err = xmlrpc.AppendFault(nil, fault)
		if !bytes.Equal(again, response) { // two members, in a known order
			t.Errorf("wrote\n%s\nwant\n%s", again, response)
		}
	case err == nil:
		again, err = xmlrpc.AppendResponse(nil, v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// sameLines compares two documents, ignoring the order of their lines.
func sameLines(t *testing.T, got, want []byte) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("wrote %d bytes, want %d", len(got), len(want))
	}
	count := map[string]int{}
	for line := range bytes.Lines(want) {
		count[string(line)]++
	}
	for line := range bytes.Lines(got) {
		count[string(line)]--
	}
	for line, n := range count {
		if n != 0 {
			t.Errorf("line %q: %+d times", line, -n)
		}
	}
}

// TestRecordedTaskRequests decodes the requests that listTasks returns as text, as stored
// in the database.
func TestRecordedTaskRequests(t *testing.T) {
	for _, name := range []string{"listTasks-nodecode", "listTasks-raw"} {
		var tasks []struct {
			Method  string `xmlrpc:"method"`
			Request string `xmlrpc:"request"`
		}
		if err := xmlrpc.DecodeResponse(byName(t, name).response, xmlrpc.Limits{}, &tasks); err != nil {
			t.Fatal(err)
		}
		if len(tasks) == 0 {
			t.Errorf("%s: no tasks", name)
		}
		for _, task := range tasks {
			method, params, err := xmlrpc.DecodeRequest(task.Request, xmlrpc.Limits{}, nil)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if method != task.Method || len(params) == 0 {
				t.Errorf("%s: method %s with %d parameters, want %s", name, method, len(params), task.Method)
			}
		}
	}
}
