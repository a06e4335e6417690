package hubtest_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// TestArgumentErrors checks that errors for invalid arguments are those of Python 3.11 and
// of a hub.
func TestArgumentErrors(t *testing.T) {
	named := func(a map[string]any) any { return xmlrpc.Named(a) }
	tests := []struct {
		method string
		params []any
		code   int
		text   string
	}{
		{"createBuildTarget", []any{}, 1019, "create_build_target() missing 3 required positional arguments: 'name', 'build_tag', and 'dest_tag'"},
		{"CGInitBuild", nil, 1019, "cg_init_build() missing 2 required positional arguments: 'cg' and 'data'"},
		{"getAPIVersion", []any{1}, 1019, "RootExports.getAPIVersion() takes 1 positional argument but 2 were given"},
		{"getTag", []any{1, named(m{"tagInfo": 2})}, 1019, "get_tag() got multiple values for argument 'tagInfo'"},
		{"getTaskInfo", []any{nil}, 1019, "Invalid type, expected type <class 'int'>"},
		{"getTag", []any{[]any{}}, 1019, "Invalid name or id value: []"},
		{"getUser", []any{1.5}, 1000, "Invalid type for userInfo: <class 'float'>"},
		{"getUser", nil, 1000, "No user provided"},
		{"getBuild", []any{m{"name": "x"}}, 1000, "did not provide name, version, and release"},
		{"getPackage", []any{"none", named(m{"strict": true})}, 1000, "No such entry in table package: none"},
		{"getBuildTarget", []any{"none", named(m{"strict": true})}, 1000, "No such build target: none"},
		{"getHost", []any{"none", named(m{"strict": true})}, 1000, "Invalid hostInfo: none"},
		{"getChannel", []any{"none", named(m{"strict": true})}, 1000, "query returned no rows"},
		{"getRPM", []any{99, true}, 1000, "No such rpm: 99"},
		{"listTagged", []any{"none"}, 1000, "No such tagInfo: 'none'"},
		{"listTags", []any{"none-1-1"}, 1000, "No such build: none-1-1"},
		{"listHosts", []any{[]any{}}, 1000, "arches option cannot be empty"},
		{"hasPerm", []any{"none", true}, 1000, "No such permission none defined"},
		{"getBuildConfig", []any{"x"}, 1, "<class 'NotImplementedError'>: hubtest does not model the call getBuildConfig"},
		{"multiCall", nil, 1019, "ModXMLRPCRequestHandler.multiCall() missing 1 required positional argument: 'calls'"},
		{"multiCall", []any{5}, 1, "<class 'TypeError'>: 'int' object is not iterable"},
		{"makeTask", nil, 1004, "admin permission required (user not logged in)"},
		{"login", []any{"alice", "secret"}, 1002, "invalid username or password"},
	}
	c := newClient(t, hubtest.Start(t).URL)
	for _, test := range tests {
		t.Run(test.method, func(t *testing.T) {
			c.wantFault(t, xmlrpc.Fault{Code: test.code, String: test.text}, test.method, test.params...)
		})
	}
}

func TestNestedMultiCall(t *testing.T) {
	s := hubtest.Start(t)
	inner := []xmlrpc.Call{{Method: "hello"}, {Method: "error"}}
	out, _ := newClient(t, s.URL).ask(t, "multiCall", []xmlrpc.Call{{Method: "system.multicall", Params: []any{inner}}}).([]any)
	one, _ := out[0].([]any)
	if len(one) != 1 {
		t.Fatalf("got %v", out)
	}
	nested, _ := one[0].([]any)
	fault, _ := nested[1].(m)
	if len(nested) != 2 || fault["faultString"] != "test error" {
		t.Errorf("got %v", nested)
	}
}

func TestChanges(t *testing.T) {
	s := hubtest.Start(t)
	admin := loggedIn(t, s, "koji-admin")
	id := admin.ask(t, "makeTask", "sleep", []any{5})
	task, _ := admin.ask(t, "getTaskInfo", id, true).(m)
	if task["method"] != "sleep" || task["create_ts"] == nil {
		t.Errorf("task %v", task)
	}
	admin.wantFault(t, xmlrpc.Fault{Code: 1, String: "<class 'TypeError'>: make_task() missing required positional arguments"}, "makeTask", "sleep")
	tag := admin.ask(t, "createTag", "new", xmlrpc.Named{"arches": "x86_64"})
	if got := admin.ask(t, "getTagID", "new"); got != tag {
		t.Errorf("tag %v, want %v", got, tag)
	}
	admin.wantFault(t, xmlrpc.Fault{Code: 1000, String: "A tag with the name 'new' already exists"}, "createTag", "new")
	alice := loggedIn(t, s, "alice")
	alice.wantFault(t, xmlrpc.Fault{Code: 1004, String: "only admins may create high-priority tasks"}, "build", "git://x", "t", nil, -5)
	low, _ := alice.ask(t, "getTaskInfo", alice.ask(t, "build", "git://x", "t", nil, 5, "image")).(m)
	if low["priority"] != int64(25) {
		t.Errorf("task %v", low)
	}
}

func TestLongRequest(t *testing.T) {
	s := hubtest.Start(t, hubtest.Options{MaxRequest: 500})
	_, err := newClient(t, s.URL).try(t.Context(), "echo", strings.Repeat("x", 500))
	if e, ok := errors.AsType[*statusError](err); !ok || e.status != http.StatusBadRequest || e.body != "Invalid request: Request too long\n" {
		t.Errorf("got %v", err)
	}
}

// FuzzRequest sends arbitrary requests to the hub.
func FuzzRequest(f *testing.F) {
	requests, err := filepath.Glob(filepath.Join(exchanges, "*.request"))
	if err != nil || len(requests) == 0 {
		f.Fatal("no recorded requests", err)
	}
	for _, path := range requests {
		raw, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		_, doc, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
		f.Add(doc, "")
	}
	f.Add([]byte("<methodCall><methodName>hello</methodName></methodCall>"), "session-id=1&session-key=x&callnum=y")
	h, err := hubtest.New(hubtest.Options{Data: hubtest.Recorded()})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(h.Close)
	f.Fuzz(func(t *testing.T, doc []byte, query string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, hubtest.Path, bytes.NewReader(doc))
		r.URL.RawQuery = query
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK && w.Code != http.StatusBadRequest {
			t.Errorf("status %d", w.Code)
		}
		if err := xmlrpc.DecodeResponse(w.Body.Bytes(), xmlrpc.Limits{}, nil); w.Code == http.StatusOK {
			if _, ok := errors.AsType[*xmlrpc.Fault](err); err != nil && !ok {
				t.Errorf("%v", err)
			}
		}
	})
}
